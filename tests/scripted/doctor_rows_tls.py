"""Servers whose certificate or whose TLS is not as it should be."""

import os
import ssl

from scripted.doctor_certificates import (
    AUTHORITY, Made, NAMES, NOW, SERVER, leaf, lives, make_list, rsa)
from scripted.doctor_row import Row, serve
from scripted.doctor_server import OFFER, ehlo

GATEWAY = Made("gateway", AUTHORITY % "Corporate Web Gateway CA", "self")
MIDDLE = Made("middle", AUTHORITY % "Scripted Middle")
STALE = Made("stale", 'cn = "Stale Middle"\nca\ncert_signing_key\n'
             + lives(-360, 5))
WEAK = Made("weak-root", AUTHORITY % "Weak Root", "self", kind=rsa(1024))
OLD = 'cn = "Old"\nactivation_date = "2020-01-01 00:00:00"\n' \
    'expiration_date = "2020-02-01 00:00:00"\n'


def tls(certificate, **how):
    return serve(tls=certificate, is_implicit=True, **how)


def versions(oldest, newest, ciphers="ALL:@SECLEVEL=0"):
    def change(context):
        context.set_ciphers(ciphers)
        context.minimum_version = oldest
        context.maximum_version = newest
    return change


def asking(certs):
    return certs.context("good", asking=True)


def client(name, dates):
    """Makes the client's certificate."""
    made = Made(name, 'cn = "user"\ntls_www_client\nsigning_key\n' + dates)

    def prepare(certs):
        with certs.lock:
            made.need(certs)
            os.chmod(certs.path(name + ".key"), 0o600)
    return prepare


def lists(name, days, revoked=None):
    def prepare(certs):
        if revoked:
            revoked.chain(certs)
        else:
            certs.authority()
        make_list(certs, name, days, revoked and revoked.path(certs))
    return prepare


SOON = leaf("soon", lives(-85, 5))
GOOD = tls("good")
REVOKED = leaf("revoked")
V = ssl.TLSVersion
IPV4 = "ip = 4\n"
CLIENT = "tls-cert = CERTS/%s.pem\ntls-key = CERTS/%s.key\n"


def failure(check):
    return ("tls." + check, "failure")


def warning(check):
    return ("tls." + check, "warning")


def bad(name, certificate, check, says, **how):
    """A server that a submission refuses for its certificate or its TLS."""
    return Row(name, tls(certificate), failure(check), says=says, status=76,
               logins=0, **how)


ROWS = [
    # Dates.
    Row("5 of 90 days left", tls(SOON), warning("expiry"),
        says="the certificate of 127.0.0.1 expires on ", status=0),
    Row("5 of 90 days left, STARTTLS", serve(tls=SOON), warning("expiry"),
        url="smtp://{0}", says=", in 4 days", status=0),
    Row("3 of 6 days left", tls(leaf("week", lives(-3, 3))), status=0),
    Row("1 of 6 days left", tls(leaf("short", lives(-5, 1))),
        warning("expiry"), says=", in 23 hours", status=0),
    Row("9 of 47 days left", tls(leaf("weeks", lives(-38, 9))),
        warning("expiry"), status=0),
    Row("10 of 47 days left", tls(leaf("month", lives(-37, 10))), status=0),
    Row("30 days left, 40 are wanted", GOOD, warning("expiry"),
        options=("--warn-days", "40"), status=0),
    Row("5 of 90 days left, 3 are wanted", tls(SOON),
        options=("--warn-days", "3"), status=0),
    Row("an issuer expires soon",
        tls(leaf("under-stale", lives(-1, 60), signer=STALE, send=[STALE])),
        warning("expiry"),
        says="CN=Stale Middle, an issuer of 127.0.0.1, expires on ",
        status=0),
    bad("expired", "expired", "expiry", "expired on 2020-02-01, "),
    bad("not valid yet", "not-yet-valid", "expiry",
        "is valid from 2039-01-01 on, which is in "),
    Row("the first of two servers has expired", [tls("expired"), GOOD],
        warning("expiry"), url="smtps://{0}, smtps://{1}",
        says="expired on 2020-02-01", status=0),
    Row("both servers have expired", [tls("expired"), tls("expired")],
        failure("expiry"), url="smtps://{0}, smtps://localhost:{1.port}",
        config=IPV4,
        says="the certificate of 127.0.0.1, localhost expired", status=76,
        logins=0),

    # Names.
    bad("another name", "wrong-name", "name",
        "the certificate is for other.example, not for 127.0.0.1"),
    bad("an address that is called a host",
        Made("called", 'cn = "x"\ndns_name = "127.0.0.1"\n' + SERVER + NOW),
        "name", "has 127.0.0.1 as the name of a host, not as an address"),
    bad("a common name only", "common-name-only", "name",
        "names no server, so it is not for 127.0.0.1"),
    bad("many names", Made("many", 'cn = "x"\n' + "".join(
        "dns_name = n%d.example\n" % i for i in range(100)) + SERVER + NOW),
        "name", "n0.example, n1.example, n2.example, n3.example and 96 more"),
    bad("terminal codes in the subject",
        Made("codes", 'cn = "\x1b[31mred\u202e"\n' + SERVER + NOW), "name",
        "CN=\\x1b[31mred"),
    bad("another name, and expired",
        Made("other-old", OLD + "dns_name = other.example\n" + SERVER), "name",
        "is for other.example"),

    # Trust.
    bad("self-signed", "self-signed", "trust", "has a self-signed certificate",
        write=("tls-trust", "FILE")),
    bad("the key is offered last", "self-signed", "trust",
        "; if another network shows the same key, tls-trust = pin and "
        "tls-pin = sha256:"),
    bad("an unknown issuer", "unknown-ca", "trust",
        "is unknown: CN=Scripted other-ca", write=("tls-trust", "FILE")),
    bad("an unknown root, which is sent",
        leaf("rooted", signer="other-ca", send=["other-ca"]), "trust",
        "the root of the certificate of 127.0.0.1 is not trusted: "
        "CN=Scripted other-ca"),
    bad("an incomplete chain",
        leaf("incomplete", NOW + "ca_issuers_uri = http://ca.test/ca.crt\n",
             signer=MIDDLE), "trust",
        "does not send the certificate of its issuer CN=Scripted Middle: its "
        "chain is incomplete"),
    Row("a complete chain of three",
        tls(leaf("complete", signer=MIDDLE, send=[MIDDLE, "ca"])), status=0),
    bad("a certificate for clients",
        Made("wrong-use", 'cn = "x"\n' + NAMES
             + "tls_www_client\nsigning_key\n" + NOW), "trust",
        "not meant for servers"),
    bad("signed by a server",
        leaf("under-leaf", signer=SOON, send=[SOON]), "trust",
        "not allowed to issue"),
    bad("self-signed, expired, and for another name",
        Made("all", OLD + "dns_name = other.example\n" + SERVER, "self"),
        "trust", "has a self-signed certificate"),
    Row("a bundle with other roots", GOOD, failure("trust"),
        config="tls-trust = CERTS/other-ca.pem\n",
        prepare=lambda certs: certs.context("unknown-ca"), status=76,
        logins=0),

    # Interception.
    bad("a gateway on the way",
        leaf("evil", signer=GATEWAY, send=[GATEWAY]), "intercept",
        'TLS to 127.0.0.1 is opened on the way by "Corporate Web Gateway CA" '
        "(issuer of its certificate)"),
    bad("a gateway that does not send its own",
        leaf("evil-short", signer=GATEWAY), "intercept", "do not pin its key"),
    bad("a gateway with an old certificate for another name",
        Made("evil-old", OLD + "dns_name = other.example\n" + SERVER,
             GATEWAY), "intercept", "is opened on the way"),
    Row("a gateway that is trusted",
        tls(leaf("evil-trusted", signer=GATEWAY)), warning("intercept"),
        config="tls-trust = CERTS/gateway.pem\n",
        prepare=leaf("evil-trusted", signer=GATEWAY).chain, status=0),
    Row("a gateway before two servers",
        [tls(leaf("evil-one", signer=GATEWAY)),
         tls(leaf("evil-two", signer=GATEWAY))], failure("intercept"),
        url="smtps://{0}, smtps://localhost:{1.port}", config=IPV4,
        says="TLS to 127.0.0.1, localhost is opened", status=76, logins=0),

    # What counts for a known service, and what does not without a login.
    Row("self-signed, for a known service", tls("self-signed"),
        failure("trust"), config="provider = gmail\nuser = me@gmail.com\n",
        says="\nsomething may stand between you and 127.0.0.1", status=76,
        logins=0),
    Row("self-signed, and TLS is opportunistic", serve(tls="self-signed"),
        ("tls.trust", "note"), url="smtp://{0}", password=None, status=0,
        config="tls = opportunistic\n", logins=0),
    Row("expired, TLS is opportunistic, and there is a login",
        serve(tls="expired"), failure("expiry"), url="smtp://{0}",
        config="tls = opportunistic\n", status=77, logins=0),
    Row("a gateway, and TLS is opportunistic",
        serve(tls=leaf("evil-lenient", signer=GATEWAY)), warning("intercept"),
        url="smtp://{0}", password=None, config="tls = opportunistic\n",
        status=0, logins=0),
    bad("a chain of 61", leaf("long", send=["ca"] * 60), "trust",
        "the certificate cannot be checked"),

    # Versions and strength.
    bad("TLS 1.0 only",
        leaf("v10", kind=rsa(2048), context=versions(V.TLSv1, V.TLSv1)),
        "version", "127.0.0.1 speaks TLS 1.0 at most"),
    bad("TLS 1.1 at most",
        leaf("v11", kind=rsa(2048), context=versions(V.TLSv1, V.TLSv1_1)),
        "version", "127.0.0.1 speaks TLS 1.1 at most"),
    Row("TLS 1.0 only, STARTTLS",
        serve(tls=leaf("v10", kind=rsa(2048),
                       context=versions(V.TLSv1, V.TLSv1))),
        failure("version"), url="smtp://{0}", status=76, logins=0,
        says="127.0.0.1 speaks TLS 1.0 at most"),
    bad("TLS 1.2 where 1.3 is wanted",
        leaf("v12", context=versions(V.TLSv1_2, V.TLSv1_2)), "version",
        "speaks TLS 1.2 at most", config="tls-min = 1.3\n",
        write=("tls-min", "1.2")),
    bad("no forward secrecy",
        leaf("rsa", NOW + "encryption_key\n", kind=rsa(2048), context=versions(
            V.TLSv1_2, V.TLSv1_2, "AES128-GCM-SHA256")), "version",
        "no key exchange with forward secrecy"),
    bad("a key of 1024 bits", leaf("weak", kind=rsa(1024)), "version",
        "the key of 127.0.0.1 has 1024 bits (RSA 1024)"),
    bad("a root of 1024 bits",
        leaf("under-weak", signer=WEAK), "version",
        "the key of CN=Weak Root, its issuer, has 1024 bits",
        config="tls-trust = CERTS/weak-root.pem\n",
        prepare=leaf("under-weak", signer=WEAK).chain),
    bad("a signature with SHA-1", leaf("sha1", digest="SHA1"), "version",
        "the certificate of 127.0.0.1 is signed by ECDSA-SHA1"),
    Row("RSA of 2048 bits", tls(leaf("rsa2048", kind=rsa(2048))), status=0),

    # Revocation.
    Row("a new list", GOOD, config="tls-crl = CERTS/new.crl\n",
        prepare=lists("new.crl", 10), status=0),
    Row("a list that was to be renewed", GOOD, warning("crl"),
        config="tls-crl = CERTS/old.crl\n", prepare=lists("old.crl", -10),
        says="old.crl was to be renewed on ", status=0),
    Row("a list that is none", GOOD, failure("crl"),
        config="tls-crl = CERTS/ca.pem\n", says="holds no revocation list",
        status=76, logins=0),
    bad("revoked by a list", REVOKED, "crl", "has been revoked, by ",
        config="tls-crl = CERTS/revoked.crl\n",
        prepare=lists("revoked.crl", 10, REVOKED)),
    bad("no OCSP status, and the certificate asks for one",
        leaf("staple", NOW + "tls_feature = 5\n"), "staple",
        "requires a stapled OCSP status"),

    # The client's own certificate.
    Row("a client certificate", tls(asking), config=CLIENT % ("user", "user"),
        prepare=client("user", lives(-10, 80)), status=0),
    Row("a client certificate expires soon", tls(asking), warning("client"),
        config=CLIENT % ("user-soon", "user-soon"),
        prepare=client("user-soon", lives(-85, 5)), says="expires on ",
        status=0),
    Row("nobody asks for a client certificate", GOOD, ("tls.client", "note"),
        config=CLIENT % ("user", "user"),
        prepare=client("user", lives(-10, 80)), status=0),
    Row("a client certificate is required", tls(asking),
        ("greeting", "failure"),
        says="\nit asks for a client certificate: set tls-cert", status=75,
        logins=0),
    Row("a client certificate that has expired", tls(asking),
        ("greeting", "failure"), config=CLIENT % ("user-old", "user-old"),
        prepare=client("user-old", lives(-85, -5)),
        says="it asks for a client certificate, and may refuse", status=75,
        logins=0),
    Row("EXTERNAL, and nobody asks",
        tls("good", EHLO_tls=ehlo(*OFFER, "AUTH PLAIN")), failure("client"),
        config="auth = external\n" + CLIENT % ("user", "user"),
        prepare=client("user", lives(-10, 80)), password=None, status=77,
        logins=0),

    # Pins; the second is for the day after tomorrow.
    Row("a pin that fits", GOOD, config="tls-pin = @PIN-good@ @PIN-ca@\n",
        status=0),
    bad("another key", "good", "pin", "which is not in tls-pin",
        config="tls-pin = @PIN-expired@ @PIN-ca@\n"),
    bad("the key of the root",
        leaf("with-root", send=["ca"]), "pin",
        "tls-pin is the key of CN=Scripted ca in the chain",
        config="tls-pin = @PIN-ca@ @PIN-expired@\n"),
    bad("the digest of the certificate", "good", "pin",
        "tls-pin is the digest of the certificate of 127.0.0.1, not of its "
        "key",
        config="tls-pin = @SHA256-good@ @PIN-ca@\n"),
    Row("the key alone, and all else is wrong",
        tls(Made("all", OLD + "dns_name = other.example\n" + SERVER, "self")),
        ("tls.expiry", "note"), says="expired on 2020-02-01",
        config="tls-trust = pin\ntls-pin = @PIN-all@ @PIN-ca@\n",
        prepare=Made("all", OLD + "dns_name = other.example\n" + SERVER,
                     "self").chain, status=0),
]
