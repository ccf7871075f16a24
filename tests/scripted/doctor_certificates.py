"""Certificates with a fault, for tests/doctor_servers; certtool makes them.

A Made stands for `tls` of a doctor_server.Server: called with the folder of
certificates, it gives the TLS context of a server.
"""

import datetime
import os
import ssl
import subprocess

NAMES = 'ip_address = "127.0.0.1"\ndns_name = "localhost"\n'
SERVER = "tls_www_server\nsigning_key\n"
NOW = "expiration_days = 30\n"
AUTHORITY = 'cn = "%s"\nca\ncert_signing_key\ncrl_signing_key\n' + NOW
LEAF = 'cn = "leaf"\n' + NAMES + SERVER
EC = ("--key-type", "ecdsa", "--curve", "secp256r1")


def rsa(bits):
    return ("--key-type", "rsa", "--bits", str(bits))


def lives(before, after):
    """The dates of a certificate, in days from now."""
    now = datetime.datetime.now(datetime.timezone.utc)
    return "".join('%s_date = "%s"\n' % (
        name, (now + datetime.timedelta(days=days)).strftime(
            "%Y-%m-%d %H:%M:%S"))
        for name, days in (("activation", before), ("expiration", after)))


class Made:
    """A certificate: who signs it, and what the server sends after it."""

    def __init__(self, name, template, signer="ca", send=(), kind=EC,
                 digest="SHA256", context=None):
        self.name = name
        self.template = template
        self.signer = signer  # a Made, "ca" or "self"
        self.send = send
        self.kind = kind
        self.digest = digest
        self.change = context

    def path(self, certs):
        return certs.path(self.name + ".pem")

    def need(self, certs):
        """Makes it, unless it is there; the lock of certs is held."""
        if os.path.exists(self.path(certs)):
            return
        signer = self.signer
        if isinstance(signer, Made):
            signer.need(certs)
            signer = signer.name
        elif signer != "self":
            certs.need(signer)
        certs.make(self.name, self.template, signer, self.kind, self.digest)

    def chain(self, certs):
        """The file with the certificates that the server sends."""
        with certs.lock:
            paths = []
            for one in (self,) + tuple(self.send):
                if isinstance(one, Made):
                    one.need(certs)
                    paths.append(one.path(certs))
                else:
                    certs.need(one)
                    paths.append(certs.path(one + ".pem"))
            text = "".join(open(path, encoding="ascii").read()
                           for path in paths)
            chain = certs.path(self.name + ".chain")
            with open(chain + ".new", "w", encoding="ascii") as file:
                file.write(text)
            os.rename(chain + ".new", chain)
        return chain

    def __call__(self, certs):
        chain = self.chain(certs)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        # A short key and SHA-1 are faults that the server has.
        context.set_ciphers("ALL:@SECLEVEL=0")
        context.load_cert_chain(chain, certs.path(self.name + ".key"))
        if self.change:
            self.change(context)
        return context


def leaf(name, more=NOW, **how):
    return Made(name, LEAF + more, **how)


def make_list(certs, name, days, revoked=None):
    """A revocation list that is to be renewed `days` from now."""
    ca, key = certs.path("ca.pem"), certs.path("ca.key")
    form = certs.path(name + ".form")
    now = datetime.datetime.now(datetime.timezone.utc)
    with open(form, "w", encoding="ascii") as file:
        file.write('crl_number = 1\n')
        for word, when in (("this", now - datetime.timedelta(days=20)),
                           ("next", now + datetime.timedelta(days=days))):
            file.write('crl_%s_update_date = "%s"\n' % (
                word, when.strftime("%Y-%m-%d %H:%M:%S")))
    command = ["certtool", "--generate-crl", "--load-ca-certificate", ca,
               "--load-ca-privkey", key, "--template", form, "--outfile",
               certs.path(name)]
    if revoked:
        command += ["--load-certificate", revoked]
    subprocess.run(command, check=True, stdin=subprocess.DEVNULL,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
