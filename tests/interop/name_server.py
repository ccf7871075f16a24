"""Name servers in the test's own network: scripted ones, and real ones.

A scripted server calls a function with the question (bytes) and sends what it
returns; None sends nothing, a list sends several packets by UDP. It answers over UDP,
and over TCP if it has an answer for that.
"""

import pathlib
import shutil
import socket
import struct
import subprocess
import threading
import time

import common

SRV = 33
CNAME = 5


def name(text):
    labels = [label for label in text.split(".") if label]
    return b"".join(
        bytes([len(label)]) + label.encode() for label in labels) + b"\0"


def read_question(packet):
    """(the name, the offset of the question's end)"""
    at, labels = 12, []
    while packet[at]:
        labels.append(packet[at + 1:at + 1 + packet[at]].decode("latin-1"))
        at += 1 + packet[at]
    return ".".join(labels).lower(), at + 5


def answer(packet, records=(), flags=0x8180, count=None):
    end = read_question(packet)[1]
    return (packet[:2] + struct.pack(
        ">HHHHH", flags, 1, len(records) if count is None else count, 0, 0)
        + packet[12:end] + b"".join(records))


def record(kind, data, owner=b"\xc0\x0c"):
    return owner + struct.pack(">HHIH", kind, 1, 60, len(data)) + data


def srv(priority, weight, port, target):
    return record(SRV, struct.pack(">HHH", priority, weight, port)
                  + (target if isinstance(target, bytes) else name(target)))


class Scripted:
    """Answers at one address with `play`, which may be replaced at any time."""

    def __init__(self, address):
        self.play = lambda question, by_tcp: None
        self.asked = []
        self.udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.udp.bind((address, 53))
        self.tcp = socket.create_server((address, 53))
        threading.Thread(target=self.serve_udp, daemon=True).start()
        threading.Thread(target=self.serve_tcp, daemon=True).start()

    def reply(self, packet, by_tcp):
        self.asked.append(read_question(packet)[0])
        return self.play(packet, by_tcp)

    def serve_udp(self):
        while True:
            packet, client = self.udp.recvfrom(65536)
            said = self.reply(packet, False)
            for one in said if isinstance(said, list) else [said]:
                if one is not None:
                    self.udp.sendto(one, client)

    def serve_tcp(self):
        while True:
            connection = self.tcp.accept()[0]
            with connection:
                size = connection.recv(2, socket.MSG_WAITALL)
                if len(size) < 2:
                    continue
                packet = connection.recv(
                    struct.unpack(">H", size)[0], socket.MSG_WAITALL)
                said = self.reply(packet, True)
                if said is not None:
                    connection.sendall(struct.pack(">H", len(said)) + said)


class Real:
    """Starts a program in the foreground and waits until it answers."""

    def __init__(self, program, arguments, address, folder):
        path = shutil.which(program, path="/usr/sbin:/usr/bin:/sbin:/bin")
        if path is None:
            raise common.Skip(f"{program} is not installed")
        self.log = open(pathlib.Path(folder) / (program + ".log"), "w+b")
        self.process = subprocess.Popen(
            [path, *arguments], stdin=subprocess.DEVNULL, stdout=self.log,
            stderr=self.log)
        self.wait(program, address)

    def wait(self, program, address):
        question = (b"\x12\x34\x01\x00\0\x01\0\0\0\0\0\0"
                    + name("example.test") + b"\0\x06\0\x01")
        end = time.monotonic() + 20
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            probe.settimeout(0.2)
            while time.monotonic() < end and self.process.poll() is None:
                try:
                    probe.sendto(question, (address, 53))
                    probe.recv(4096)
                    return
                except OSError:
                    time.sleep(0.05)
        self.stop()
        self.log.seek(0)
        raise common.Skip(f"{program} does not answer: "
                          + repr(self.log.read()[-300:]))

    def stop(self):
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()


ZONE = """$ORIGIN example.test.
$TTL 60
@ SOA ns hostmaster 1 3600 600 86400 60
@ NS ns
ns A 127.0.0.2
mx A 127.0.0.20
six AAAA ::1
cname CNAME mx
a A 127.0.0.31
b A 127.0.0.32
c A 127.0.0.33
_submissions._tcp.order SRV 20 0 465 b
_submissions._tcp.order SRV 10 0 465 a
_submission._tcp.order SRV 5 0 587 c
_submissions._tcp.equal SRV 1 10 465 a
_submissions._tcp.equal SRV 1 0 465 b
_submissions._tcp.equal SRV 1 10 465 c
_submissions._tcp.old SRV 0 0 0 .
_submission._tcp.old SRV 0 0 587 c
_submissions._tcp.never SRV 0 0 0 .
_submission._tcp.never SRV 0 0 0 .
_submissions._tcp.nodata TXT "nothing"
_submission._tcp.nodata TXT "nothing"
_submissions._tcp.alias CNAME _submissions._tcp.order
_submissions._tcp.target SRV 0 0 465 cname
_submissions._tcp.lost SRV 0 0 465 nobody
_submissions._tcp.good SRV 0 0 465 mx
_submission._tcp.start SRV 0 0 587 mx
""" + "".join("_submissions._tcp.many SRV %d 0 465 a-quite-long-name-of-a-server-"
              "number-%d\na-quite-long-name-of-a-server-number-%d A 127.0.0.31\n"
              % (i, i, i) for i in range(30))


NSD_CONF = """server:
  ip-address: {address}
  port: 53
  username: ""
  chroot: ""
  zonesdir: "{folder}"
  database: ""
  pidfile: ""
  xfrdfile: "{folder}/xfrd"
  xfrdir: "{folder}"
  zonelistfile: "{folder}/list"
  server-count: 1
  rrl-ratelimit: 0
remote-control:
  control-enable: no
"""


def nsd(folder, address, zones):
    """NSD with these zones: the file of each, in the folder, by its name."""
    config = pathlib.Path(folder) / "nsd.conf"
    config.write_text(
        NSD_CONF.format(address=address, folder=folder)
        + "".join(f'zone:\n  name: "{zone}"\n  zonefile: "{file}"\n'
                  for zone, file in zones.items()))
    return Real("nsd", ["-d", "-c", str(config)], address, folder)


def example_nsd(folder):
    """NSD with ZONE."""
    folder = pathlib.Path(folder) / "nsd"
    folder.mkdir()
    (folder / "zone").write_text(ZONE)
    return nsd(folder, "127.0.0.2", {"example.test": "zone"})


SOA = "@ SOA ns.zz. hostmaster.zz. 1 3600 600 86400 60\n@ NS ns.zz.\n"

UNBOUND_CONF = """server:
{interfaces}  access-control: 0.0.0.0/0 allow
  access-control: ::0/0 allow
  username: ""
  chroot: ""
  directory: "{folder}"
  pidfile: ""
  use-syslog: no
  logfile: ""
  do-daemonize: no
  do-not-query-localhost: no
  local-zone: "test." nodefault
  trust-anchor-file: "{anchor}"
remote-control:
  control-enable: no
stub-zone:
  name: "."
  stub-addr: {nsd}
"""


class Signed:
    """A signed root zone (ldns) and zones below it, at NSD, and Unbound, which
    validates. A resolver asks Unbound, at `unbound`; NSD alone, at `nsd`, answers
    without validation.

    The records of the root zone are lines with whole names: "mx.zz. A 192.0.2.1".
    The other zones are dicts of records, whose names may be relative, by the name
    of the zone. Those of `unsigned` are not signed. Those of `bogus` are not
    signed, but the root zone says that they are: a look-up there fails, as it does
    in a zone of `lame`, whose server refuses every question. Unbound is at the
    addresses of `also`, too. The folder must not exist."""

    LAME = "127.0.0.254"

    def __init__(self, folder, records, unsigned=None, bogus=None, lame=(),
                 nsd="127.0.0.3", unbound="127.0.0.2", also=()):
        self.folder = pathlib.Path(folder)
        self.nsd, self.unbound = nsd, unbound
        self.unsigned, self.bogus = unsigned or {}, bogus or {}
        self.lame, self.also = lame, also
        self.started = []
        self.folder.mkdir(parents=True)
        if lame:
            Scripted(self.LAME).play = lambda question, by_tcp: answer(
                question, flags=0x8105)
        self.keys = [self.ldns("ldns-keygen", "-a", "ECDSAP256SHA256", "."),
                     self.ldns("ldns-keygen", "-k", "-a", "ECDSAP256SHA256", ".")]
        self.start(records)

    def ldns(self, *words):
        try:
            return subprocess.run(words, cwd=self.folder, capture_output=True,
                                  text=True, check=True).stdout.strip()
        except FileNotFoundError as fault:
            raise common.Skip(f"{words[0]} is not installed") from fault

    def write(self, records):
        root = f"$ORIGIN .\n$TTL 60\n{SOA}ns.zz. A {self.nsd}\n{records}\n"
        for zone in [*self.unsigned, *self.bogus]:
            root += f"{zone}. NS ns.zz.\n"
        for zone in self.lame:
            root += f"{zone}. NS nobody.{zone}.\nnobody.{zone}. A {self.LAME}\n"
        for zone in self.bogus:
            root += f"{zone}. DS 1 13 2 " + "0" * 64 + "\n"
        (self.folder / "root").write_text(root)
        self.ldns("ldns-signzone", "-n", "-e", "20371231", "root", *self.keys)
        files = {".": "root.signed"}
        for zone, text in {**self.unsigned, **self.bogus}.items():
            files[zone] = "zone-" + zone
            (self.folder / files[zone]).write_text(
                f"$ORIGIN {zone}.\n$TTL 60\n{SOA}{text}\n")
        return files

    def start(self, records):
        """Starts the servers with these records of the root zone; after stop(),
        with new ones, of which nothing is cached."""
        files = self.write(records)
        config = self.folder / "unbound.conf"
        config.write_text(UNBOUND_CONF.format(
            interfaces="".join(f"  interface: {one}\n"
                               for one in (self.unbound, *self.also)), folder=self.folder, nsd=self.nsd,
            anchor=self.folder / (self.keys[1] + ".ds")))
        try:
            self.started.append(nsd(self.folder, self.nsd, files))
            self.started.append(Real("unbound", ["-d", "-c", str(config)],
                                     self.unbound, self.folder))
        except common.Skip:
            self.stop()
            raise

    def stop(self):
        for one in self.started:
            one.stop()
        self.started = []


def dnsmasq(folder):
    folder = pathlib.Path(folder) / "dnsmasq"
    folder.mkdir()
    return Real("dnsmasq", [
        "--keep-in-foreground", "--conf-file=/dev/null", "--no-resolv",
        "--no-hosts", "--user=", "--pid-file=", "--bind-interfaces",
        "--listen-address=127.0.0.3", "--except-interface=nothing",
        "--local=/example.test/", "--host-record=a.example.test,127.0.0.31",
        "--host-record=b.example.test,127.0.0.32",
        "--srv-host=_submissions._tcp.example.test,b.example.test,465,7,1",
        "--srv-host=_submissions._tcp.example.test,a.example.test,465,3,1",
    ], "127.0.0.3", folder)
