"""Certificates for the scripted server, which certtool makes when needed."""

import base64
import functools
import os
import re
import ssl
import subprocess
import threading

LEAF = """tls_www_server
signing_key
"""
NAMES = """dns_name = "localhost"
ip_address = "127.0.0.1"
ip_address = "::1"
"""
CLIENT = 'cn = "user"\ntls_www_client\nsigning_key\n'
NOW = "expiration_days = 30\n"

# variant: (template, signed by); "self" signs itself.
VARIANTS = {
    "good": ('cn = "localhost"\n' + NAMES + NOW, "ca"),
    "expired": (
        'cn = "localhost"\n' + NAMES
        + 'activation_date = "2020-01-01 00:00:00"\n'
        + 'expiration_date = "2020-02-01 00:00:00"\n',
        "ca",
    ),
    "not-yet-valid": (
        'cn = "localhost"\n' + NAMES
        + 'activation_date = "2039-01-01 00:00:00"\n'
        + 'expiration_date = "2040-01-01 00:00:00"\n',
        "ca",
    ),
    "wrong-name": (
        'cn = "other.example"\ndns_name = "other.example"\n' + NOW, "ca",
    ),
    "common-name-only": ('cn = "localhost"\n' + NOW, "ca"),
    "unknown-ca": ('cn = "localhost"\n' + NAMES + NOW, "other-ca"),
    "small-group": ('cn = "localhost"\n' + NAMES + NOW, "ca"),
    "self-signed": ('cn = "localhost"\n' + NAMES + NOW, "self"),
}

# It outlives the certificates that it signs.
AUTHORITY = ('cn = "Scripted %s"\nca\ncert_signing_key\n'
             + "expiration_days = 60\n")

SMALL_PRIME = (
    "FFFFFFFFFFFFFFFFC90FDAA22168C234C4C6628B80DC1CD1"
    "29024E088A67CC74020BBEA63B139B22514A08798E3404DD"
    "EF9519B3CD3A431B302B0A6DF25F14374FE1356D6D51C245"
    "E485B576625E7EC6F44C42E9A637ED6B0BFF5CB6F406B7ED"
    "EE386BFB5A899FA5AE9F24117C4B1FE649286651ECE65381"
    "FFFFFFFFFFFFFFFF"
)

VERSIONS = {
    "1.0": ssl.TLSVersion.TLSv1,
    "1.1": ssl.TLSVersion.TLSv1_1,
    "1.2": ssl.TLSVersion.TLSv1_2,
    "1.3": ssl.TLSVersion.TLSv1_3,
}


@functools.lru_cache
def available():
    """Whether GnuTLS's certtool is installed, not a program of that name."""
    try:
        done = subprocess.run(["certtool", "--version"], capture_output=True)
    except OSError:
        return False
    return done.returncode == 0 and b"certtool" in done.stdout


class Certificates:
    """A folder of certificates. Each is made when it is first needed."""

    def __init__(self, folder):
        self.folder = folder
        self.lock = threading.Lock()

    def path(self, name):
        return os.path.join(self.folder, name)

    def certtool(self, *arguments):
        subprocess.run(
            ("certtool",) + arguments,
            check=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def make(self, name, template, signer, kind=None, digest="SHA256"):
        certificate = self.path(name + ".pem")
        key = self.path(name + ".key")
        with open(self.path(name + ".cfg"), "w", encoding="utf-8") as file:
            file.write(template)
        if name == "small-group":
            kind = ("--key-type", "rsa", "--bits", "2048")
        kind = kind or ("--key-type", "ecdsa", "--curve", "secp256r1")
        self.certtool("--generate-privkey", *kind, "--outfile", key)
        common = (
            "--load-privkey", key, "--template", self.path(name + ".cfg"),
            "--outfile", certificate + ".new", "--hash", digest,
        )
        if signer == "self":
            self.certtool("--generate-self-signed", *common)
        else:
            self.certtool(
                "--generate-certificate",
                "--load-ca-certificate", self.path(signer + ".pem"),
                "--load-ca-privkey", self.path(signer + ".key"),
                *common,
            )
        os.rename(certificate + ".new", certificate)

    def need(self, name):
        if os.path.exists(self.path(name + ".pem")):
            return
        if name in ("ca", "other-ca"):
            self.make(name, AUTHORITY % name, "self")
            return
        template, signer = VARIANTS[name]
        if signer != "self":
            self.need(signer)
        self.make(name, template + LEAF, signer)

    def authority(self):
        """The file of trusted roots for the client."""
        with self.lock:
            self.need("ca")
        return self.path("ca.pem")

    def pins(self, text):
        """The value of @PIN-VARIANT@: the digest of the public key."""
        values = {}
        for variant in set(re.findall(r"@PIN-([a-z-]+)@", text)):
            with self.lock:
                self.need(variant)
            values["PIN-" + variant] = "sha256:" + subprocess.run(
                ("certtool", "--key-id", "--hash=sha256",
                 "--infile", self.path(variant + ".pem")),
                check=True, stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            ).stdout.decode("ascii").strip()
        return values

    def client(self):
        """The client's certificate and key, signed by the authority `ca`."""
        with self.lock:
            if not os.path.exists(self.path("client.pem")):
                self.need("ca")
                self.make("client", CLIENT + NOW, "ca")
                os.chmod(self.path("client.key"), 0o600)
        return self.path("client.pem"), self.path("client.key")

    def small_group(self):
        """Diffie-Hellman of 1024 bits: RFC 2409 section 6.2."""
        path = self.path("group.pem")
        if os.path.exists(path):
            return path
        prime = b"\x02\x81\x81\x00" + bytes.fromhex(SMALL_PRIME)
        der = b"\x30\x81\x87" + prime + b"\x02\x01\x02"
        with open(path, "w", encoding="ascii") as file:
            file.write("-----BEGIN DH PARAMETERS-----\n%s"
                       "-----END DH PARAMETERS-----\n"
                       % base64.encodebytes(der).decode("ascii"))
        return path

    def context(self, variant="good", version=None, asking=False):
        """The TLS context of a server, which allows only `version`."""
        with self.lock:
            self.need(variant)
            group = self.small_group() if variant == "small-group" else None
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(
            self.path(variant + ".pem"), self.path(variant + ".key")
        )
        if asking:
            context.verify_mode = ssl.CERT_REQUIRED
            context.load_verify_locations(self.authority())
        if group:
            context.set_ciphers("DHE-RSA-AES128-GCM-SHA256:@SECLEVEL=0")
            context.load_dh_params(group)
        if version:
            if version in ("1.0", "1.1"):
                context.set_ciphers("ALL:@SECLEVEL=0")
            context.minimum_version = VERSIONS[version]
            context.maximum_version = VERSIONS[version]
        return context
