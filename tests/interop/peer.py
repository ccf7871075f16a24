"""Peer: the interface of a real server for the cases.

The module of a server has a class `Server`, derived from Peer, and real_servers
lists the module. The class says what the configured server offers, and the cases
check that. An instance is made inside its own namespaces (machine.py): all
ports are free, the host is mx.example.test, and its mounts end with it. prepare()
is called before that, outside, where there is a network: it fetches what is
missing, or raises common.Skip with the reason why the server cannot run here.

    name        its name in the table
    packages    Debian packages to unpack, () if none
    needs_root  whether only root can start it (its own users, chroot)
    mechanisms  SASL mechanisms that it offers under TLS
    extensions  EHLO keywords that it offers under TLS, except AUTH
    size        the limit that it announces; None: it announces none
    added       fields that it puts in front of a message; they are removed
    users       logins: alice@example.test with "secret"
    config      more lines for smtpost's profile
    token       a valid OAuth access token, if it has such mechanisms
    reports_success  whether it sends a success report (DSN) to the sender
    reports_envelope_id  whether that report has the envelope id (RFC 3464)
    main_has_tls     whether its first port has TLS
    cases       its own cases, which follow those of cases.py
    known       {case: reason} for cases the server cannot do, shown in
                the table instead of a result

start() brings it up and sets URLs; those it does not have stay None:
    starttls    smtp://localhost:PORT, TLS by STARTTLS, login needed
    smtps       smtps://localhost:PORT, login needed
    lmtp        lmtp://localhost:PORT, no login
    clear       smtp://localhost:PORT, no TLS, no login: the sink of judges
    late        smtp://localhost:PORT like starttls, but SIZE is not
                announced, and content over LATE_LIMIT is refused
The mailboxes are any local part at example.test; any address at refused.test
is refused at RCPT with 5yz.

take(count) waits until that many recipients were served, and gives what
arrived since the last call: (recipient, octets with LF line ends), oldest
first. count 0: what is there after a short while. Most servers write one file
a recipient into self.box, a Maildir's `new`, which take() reads here.
version() asks the program itself.
"""

import os
import shutil
import socket
import subprocess
import time

import machine
from common import Skip, build_folder, make_certificates, scratch, unpack

LATE_LIMIT = 100000
DEFAULT_FIELDS = ("return-path", "received", "delivered-to", "x-original-to",
                  "envelope-to", "delivery-date")


class Peer:
    name = "?"
    packages = ()
    needs_root = True
    in_machine = True
    mechanisms = ("PLAIN", "LOGIN")
    extensions = ()
    size = None
    added = DEFAULT_FIELDS
    config = ""
    token = None
    reports_success = False
    reports_envelope_id = True
    main_has_tls = True
    cases = ()
    known = {}

    starttls = smtps = lmtp = clear = late = None

    @classmethod
    def prepare(cls):
        """Fetches what the server needs; called outside the namespaces."""
        if cls.needs_root and os.geteuid() != 0:
            raise Skip("only root can start it")
        if cls.packages:
            unpack(build_folder(cls.name.lower().replace(" ", "-")), cls.packages)

    def __init__(self):
        self.folder = scratch(self.name.lower().replace(" ", "-"))
        self.box = self.folder / "mail/new"
        self.running = []
        self.machine = None
        try:
            if self.in_machine:
                unpacked = build_folder(self.name.lower().replace(" ", "-"))
                self.machine = machine.make(
                    unpacked if self.packages else None, self.folder)
            self.log = (self.folder / "log").open("ab")
            make_certificates(self.folder)
            self.start()
        except BaseException:
            self.stop()
            raise

    def start(self):
        raise NotImplementedError

    def version(self):
        raise NotImplementedError

    @property
    def main(self):
        """The port for the cases that are not about ports."""
        return self.starttls or self.smtps or self.lmtp

    def offers(self, keyword):
        return keyword in self.extensions

    def wait_for(self, url_or_port, process=None, seconds=60):
        port = int(str(url_or_port).rsplit(":", 1)[-1])
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if process is not None and process.poll() is not None:
                break
            with socket.socket() as probe:
                probe.settimeout(1)
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    return
            time.sleep(0.05)
        raise Skip(f"it does not listen at port {port}: {self.last_words()}")

    def last_words(self):
        path = self.folder / "log"
        lines = path.read_text(errors="replace").strip().splitlines() if path.exists() else []
        return " / ".join(lines[-3:])

    def spawn(self, *words, **more):
        """Starts a server in the foreground on the machine; it ends with the test."""
        process = self.machine.start(self.log, *words, **more)
        self.running.append(process)
        return process

    def take(self, count, seconds=60):
        end = time.monotonic() + (seconds if count else 0.3)
        arrived = []
        while True:
            for path in sorted(self.box.iterdir(), key=age) if self.box.is_dir() else []:
                arrived.append(self.undress(path.read_bytes()))
                path.unlink()
            if (count and len(arrived) >= count) or time.monotonic() > end:
                return arrived
            time.sleep(0.02)

    def undress(self, data):
        """Recipient and message, without the fields that the server added."""
        recipient = None
        data = data.replace(b"\r\n", b"\n")
        while data:
            name, colon, value = data.split(b"\n", 1)[0].partition(b":")
            name = name.decode("latin-1").lower()
            if not colon or name not in self.added:
                break
            if name in ("x-original-to", "envelope-to", "delivered-to") and recipient is None:
                recipient = value.strip().decode()
            _, _, data = data.partition(b"\n")
            while data.startswith((b" ", b"\t")):
                _, _, data = data.partition(b"\n")
        return recipient, data

    def stop(self):
        for process in reversed(self.running):
            if process.poll() is None:
                process.terminate()
                try:
                    process.wait(5)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait()
        if self.machine is not None:
            self.machine.stop()
        shutil.rmtree(self.folder, ignore_errors=True)


def age(path):
    status = path.stat()
    return status.st_mtime_ns, path.name
