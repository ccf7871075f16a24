"""Certificates for the scripted server, made on the spot by certtool."""

import os
import re
import shutil
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
    "self-signed": ('cn = "localhost"\n' + NAMES + NOW, "self"),
}

AUTHORITY = 'cn = "Scripted %s"\nca\ncert_signing_key\n' + NOW

VERSIONS = {
    "1.0": ssl.TLSVersion.TLSv1,
    "1.1": ssl.TLSVersion.TLSv1_1,
    "1.2": ssl.TLSVersion.TLSv1_2,
    "1.3": ssl.TLSVersion.TLSv1_3,
}


def available():
    return shutil.which("certtool") is not None


class Certificates:
    """A folder of them; each is made when it is first asked for."""

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

    def make(self, name, template, signer):
        certificate = self.path(name + ".pem")
        key = self.path(name + ".key")
        with open(self.path(name + ".cfg"), "w", encoding="ascii") as file:
            file.write(template)
        self.certtool(
            "--generate-privkey", "--key-type", "ecdsa",
            "--curve", "secp256r1", "--outfile", key,
        )
        common = (
            "--load-privkey", key, "--template", self.path(name + ".cfg"),
            "--outfile", certificate + ".new",
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
        """The file of trusted roots that the client is given."""
        with self.lock:
            self.need("ca")
        return self.path("ca.pem")

    def pins(self, text):
        """What stands for @PIN-VARIANT@: the digest of its public key."""
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
        """Its certificate and key, by the authority of `ca`."""
        with self.lock:
            if not os.path.exists(self.path("client.pem")):
                self.need("ca")
                self.make("client", CLIENT + NOW, "ca")
                os.chmod(self.path("client.key"), 0o600)
        return self.path("client.pem"), self.path("client.key")

    def context(self, variant="good", version=None, asking=False):
        """What a server presents; `version` is the only one it speaks."""
        with self.lock:
            self.need(variant)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(
            self.path(variant + ".pem"), self.path(variant + ".key")
        )
        if asking:
            context.verify_mode = ssl.CERT_REQUIRED
            context.load_verify_locations(self.authority())
        if version:
            if version in ("1.0", "1.1"):
                context.set_ciphers("ALL:@SECLEVEL=0")
            context.minimum_version = VERSIONS[version]
            context.maximum_version = VERSIONS[version]
        return context
