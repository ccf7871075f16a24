"""The names of mx_bed: TLSA data, and the tree of zones.

Everything lies below zz, which is a part of the signed root zone. These zones are
apart:

    plain.zz    not signed
    bogus.zz    not signed, but the root zone says that it is
    lame.zz     its name server refuses to answer
    down.zz     its name server is silent

Some records of the root zone are replaced after it was signed.
"""

import base64
import hashlib
import pathlib

import name_server

NSD, UNBOUND, SILENT = "192.0.2.3", "127.0.0.1", "192.0.2.4"
# Where else Unbound is: as systemd's and Docker's name servers, and elsewhere.
ALSO = ("::1", "127.0.0.53", "127.0.0.11", "192.0.2.6")
ZONES = ("", "plain", "bogus", "lame", "down")


def octets(pem):
    """The DER of the first certificate in a PEM file."""
    lines = []
    for line in pathlib.Path(pem).read_text().splitlines():
        if line.startswith("-----END"):
            break
        if "-----" not in line:
            lines.append(line)
    return base64.b64decode("".join(lines))


def element(data, at=0):
    """(start, start of the content, end) of the DER element at an offset."""
    size, start = data[at + 1], at + 2
    if size & 0x80:
        start += size & 0x7f
        size = int.from_bytes(data[at + 2:start], "big")
    return at, start, start + size


def public_key(certificate):
    """The SubjectPublicKeyInfo: the seventh element, if the version is there."""
    at = element(certificate, element(certificate)[1])[1]
    for _ in range(6):
        at = element(certificate, at)[2]
    start, _, end = element(certificate, at)
    return certificate[start:end]


def association(selector, matching, certificate):
    data = public_key(certificate) if selector == 1 else certificate
    if matching:
        data = hashlib.new({1: "sha256", 2: "sha512"}[matching], data).digest()
    return data.hex()


# A forger replaces these texts after the root zone was signed.
FORGED = {"192.0.2.251": "192.0.2.252", "signed-target.zz": "forged-target.zz",
          "a1" * 32: "f1" * 32}


class Forged(name_server.Signed):
    """Its root zone has records whose signatures are of other records."""

    def write(self, records):
        files = super().write(records)
        path = self.folder / files["."]
        text = path.read_text()
        for signed, forged in FORGED.items():
            text = text.replace(signed, forged)
        path.write_text(text)
        return files


def serve(folder, texts):
    """NSD and Unbound. `texts`: for each of ZONES the lines of its domains."""
    return Forged(
        folder, f"down.zz. NS ns-down.zz.\nns-down.zz. A {SILENT}\n{texts['']}",
        unsigned={"plain.zz": texts["plain"]}, bogus={"bogus.zz": texts["bogus"]},
        lame=("lame.zz",), nsd=NSD, unbound=UNBOUND, also=ALSO)
