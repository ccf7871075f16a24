"""Domains, mail servers and smtpost in a network of the test's own: for the suite
about direct delivery (server = mx:)."""

import json
import os
import pathlib
import socket
import struct
import subprocess
import threading

import name_server
import own_network
from name_server import answer, read_question, record
from scripted import certificates
from scripted.doctor_server import OFFER, Server, ehlo

PROGRAM = os.path.abspath(os.environ.get("SMTPOST", "./smtpost"))
LIMIT = 60
MESSAGE = b"From: me@sender.test\nSubject: test\n\nHello.\n"
A, NS, MX, AAAA = 1, 2, 15, 28
NO_NAME, TROUBLE, REFUSED = 0x8183, 0x8182, 0x8185
SILENCE = "silence"
PLAIN = ehlo(*OFFER)
PROFILE = """server = mx:
ehlo-name = client.sender.test
timeout-connect = 2s
timeout = 5s
"""


class Names:
    """The DNS: name -> {type: data}, or the flags of an answer without records, or
    SILENCE."""

    def __init__(self):
        self.names = {}
        server = name_server.Scripted("127.0.0.1")
        server.play = self.answer
        self.asked = server.asked

    def answer(self, packet, _by_tcp):
        name, end = read_question(packet)
        kind = int.from_bytes(packet[end - 4:end - 2], "big")
        if name == "":
            return answer(packet, [record(NS, name_server.name("ns.root.test"))])
        found = self.names.get(name)
        if found is None:
            return answer(packet, flags=NO_NAME)
        if found is SILENCE:
            return None
        if isinstance(found, int):
            return answer(packet, flags=found)
        return answer(packet, [record(kind, data) for data in found.get(kind, [])])


class Bed:
    """The names and servers of one row. All names end in the row's own domain."""

    def __init__(self, network, number, folder):
        self.network = network
        self.number = number
        self.folder = folder
        self.servers = {}
        self.config = PROFILE
        self.program = [PROGRAM]
        self.sender = "me@sender.test"
        self.domain = f"r{number}.test"

    def full(self, name):
        return f"{name}.{self.domain}" if name else self.domain

    def address(self, name, *texts):
        found = self.network.dns.names.setdefault(self.full(name), {})
        for text in texts:
            six = ":" in text
            found.setdefault(AAAA if six else A, []).append(socket.inet_pton(
                socket.AF_INET6 if six else socket.AF_INET, text))

    def server(self, name, address=None, **replies):
        """A host with that name, which is not in any MX record yet."""
        address = address or self.network.next_address()
        self.address(name, address)
        replies.setdefault("EHLO", PLAIN)
        host = Server(self.network.certs, address=(address, 25), **replies)
        self.servers[name] = host
        return host

    def mx(self, domain, *records):
        """Records: (preference, name); the name None is "."."""
        found = self.network.dns.names.setdefault(self.full(domain), {})
        found.setdefault(MX, []).extend(
            struct.pack(">H", preference) + name_server.name(
                "" if name is None else self.full(name))
            for preference, name in records)

    def one(self, domain, **replies):
        """A domain with one server, mx.DOMAIN."""
        self.mx(domain, (10, "mx." + domain))
        return self.server("mx." + domain, **replies)

    def flags(self, name, flags):
        self.network.dns.names[self.full(name)] = flags

    def silent_name(self, name):
        """A name for which nobody answers."""
        self.network.dns.names[self.full(name)] = SILENCE

    def refusing(self, name):
        """A host at which nothing listens."""
        self.address(name, self.network.next_address())

    def silent(self, name):
        self.address(name, self.network.next_silent())

    def to(self, *names):
        return [f"{name.split('@')[0]}@{self.full(name.split('@')[1])}"
                for name in names]

    def environment(self):
        return {"PATH": os.environ["PATH"], "HOME": str(self.folder),
                "TMPDIR": str(self.folder)}

    def start(self, *arguments, form="json", message=MESSAGE):
        config = self.folder / ".config/smtpost/config"
        config.parent.mkdir(parents=True, exist_ok=True)
        config.write_text(self.config)
        config.chmod(0o600)
        process = subprocess.Popen(
            [*self.program, "--report", form, "-f", self.sender, *arguments],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, env=self.environment(), cwd=self.folder)
        process.message = message
        return process

    def finish(self, process):
        try:
            out, errors = process.communicate(process.message, timeout=LIMIT)
        finally:
            process.kill()
        self.errors = errors.decode()
        self.out = out.decode()
        return process.returncode

    def run(self, *arguments, **how):
        """Sends to the recipients; the report of each by its address."""
        status = self.finish(self.start(*arguments, **how))
        self.report = json.loads(self.out) if self.out.startswith("{") else {}
        return status


class Network:
    def __init__(self, folder):
        # Root has a queue that is not ours.
        spool = pathlib.Path(folder, "spool")
        spool.mkdir()
        subprocess.run(["mount", "--bind", spool, "/var/spool"], check=True)
        self.resolver = own_network.Resolver(folder)
        self.dns = Names()
        self.resolver.ask("127.0.0.1")
        self.certs = certificates.Certificates(folder)
        self.lock = threading.Lock()
        self.taken = self.silent = 0
        self.ip("link", "add", "out0", "type", "veth", "peer", "name", "out1")
        for words in (["link", "set", "out0", "up"], ["link", "set", "out1", "up"],
                      ["address", "add", "203.0.113.1/32", "dev", "out0"]):
            self.ip(*words)

    @staticmethod
    def ip(*words):
        subprocess.run(["ip", *words], check=True, stdin=subprocess.DEVNULL,
                       capture_output=True, timeout=LIMIT)

    def next_address(self):
        """An address of this machine, for one server."""
        with self.lock:
            self.taken += 1
            address = f"192.0.2.{self.taken}"
            self.ip("address", "add", address + "/32", "dev", "lo")
            return address

    def next_six(self):
        with self.lock:
            self.taken += 1
            address = f"2001:db8::{self.taken:x}"
            self.ip("-6", "address", "add", address + "/128", "dev", "lo", "nodad")
        own_network.await_route(address)
        return address

    def next_silent(self):
        """An address to which packets are sent, and which nobody has."""
        with self.lock:
            self.silent += 1
            address = f"198.51.100.{self.silent}"
            self.ip("route", "add", address, "dev", "out0")
            self.ip("neighbour", "add", address, "lladdr", "02:00:00:00:00:01",
                    "dev", "out0", "nud", "permanent")
            return address


class Wrong(Exception):
    pass


def same(found, expected, what):
    if found != expected:
        raise Wrong(f"{what}: {found!r}, not {expected!r}")


def holds(text, part, what):
    if part not in text:
        raise Wrong(f"{what} lacks {part!r}: {text!r}")


def outcomes(bed):
    """The outcome of each recipient by the first part of its address."""
    return {one["address"].split("@")[0]: one["outcome"]
            for one in bed.report["recipients"]}


def of(bed, name):
    return next(one for one in bed.report["recipients"]
                if one["address"].startswith(name + "@"))


def of_all(bed):
    """The only recipient."""
    (one,) = bed.report["recipients"]
    return one


def heard(server, verb):
    return [line for _, line in server.heard if line.upper().startswith(verb)]
