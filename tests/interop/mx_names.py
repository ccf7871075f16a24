"""The DNS of mx_bed: a signed tree that NSD serves and Unbound validates.

Everything lies below zz. The root zone is signed, and zz is a part of it. Some
zones below it are apart:

    plain.zz    not signed
    bogus.zz    signed with a key that the root does not know
    lame.zz     delegated to a name server that refuses to answer for it
    down.zz     delegated to a name server that does not answer
"""

import base64
import concurrent.futures
import hashlib
import pathlib
import subprocess

import common
import name_server

NSD, UNBOUND, SILENT, SCRIPTED = "192.0.2.3", "127.0.0.1", "192.0.2.4", "192.0.2.5"
SOA = "@ SOA ns.zz. hostmaster.zz. 1 3600 600 86400 60\n@ NS ns.zz.\n"
ZONES = ("", "plain", "bogus", "lame", "down")


def octets(pem):
    """The DER of the first certificate in a PEM file."""
    lines = []
    for line in pathlib.Path(pem).read_text().splitlines():
        if line.startswith("-----END"):
            break
        if "-----" not in line:
            lines.append(line)
    return base64.b64decode("".join(lines[-200:]))


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


class Names:
    """`zones`: for each of ZONES the lines of its domains, as a text."""

    def __init__(self, folder, zones):
        self.folder = pathlib.Path(folder)
        self.started = []
        self.anchor = None
        try:
            self.write(zones)
            self.start()
        except BaseException:
            self.stop()
            raise

    def ldns(self, *words):
        try:
            return subprocess.run(words, cwd=self.folder, capture_output=True,
                                  text=True, check=True).stdout.strip()
        except FileNotFoundError as fault:
            raise common.Skip(f"{words[0]} is not installed") from fault

    def key(self, zone, *more):
        return self.ldns("ldns-keygen", *more, "-a", "ECDSAP256SHA256", zone)

    def sign(self, zone, file):
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            keys = list(pool.map(lambda more: self.key(zone, *more), ((), ("-k",))))
        self.ldns("ldns-signzone", "-n", "-e", "20371231", file, *keys)
        return (self.folder / (keys[1] + ".ds")).read_text()

    def write(self, zones):
        for zone in ("plain", "bogus"):
            (self.folder / zone).write_text(
                f"$ORIGIN {zone}.zz.\n$TTL 60\n{SOA}{zones[zone]}")
        self.sign("bogus.zz.", "bogus")
        wrong = "bogus.zz. IN DS 12345 13 2 " + "ab" * 32
        (self.folder / "root").write_text(
            f"$ORIGIN .\n$TTL 60\n{SOA}$ORIGIN zz.\n"
            f"ns A {NSD}\nns-down A {SILENT}\nns-scripted A {SCRIPTED}\n"
            "plain NS ns\nbogus NS ns\nlame NS ns\ndown NS ns-down\nhostile NS ns-scripted\n"
            f"{wrong}\n{zones['']}")
        (self.folder / "anchor").write_text(self.sign(".", "root"))

    def start(self):
        (self.folder / "unbound.conf").write_text(f"""server:
  interface: {UNBOUND}
  interface: ::1
  username: ""
  chroot: ""
  directory: "{self.folder}"
  pidfile: "{self.folder}/unbound.pid"
  use-syslog: no
  logfile: ""
  verbosity: 1
  do-daemonize: no
  do-ip6: yes
  do-not-query-localhost: no
  trust-anchor-file: "{self.folder}/anchor"
remote-control:
  control-enable: no
stub-zone:
  name: "."
  stub-addr: {NSD}
""")
        self.started.append(name_server.nsd(self.folder, NSD, {
            ".": "root.signed", "plain.zz": "plain", "bogus.zz": "bogus.signed"}))
        self.started.append(name_server.Real(
            "unbound", ["-d", "-c", str(self.folder / "unbound.conf")], UNBOUND,
            self.folder))

    def stop(self):
        for one in self.started:
            one.stop()
