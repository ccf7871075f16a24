"""The domains of mta_sts: a scripted name server, HTTPS servers for policies, and
mail servers at documentation addresses, and what smtpost does with them."""

import json
import os
import re
import socket
import ssl
import struct
import subprocess
import threading

import common
import name_server
import own_network
from name_server import answer, read_question, record
from scripted import certificates
from scripted.doctor_server import OFFER, Server, ehlo
from scripted.https import HttpsServer, reply

A, CNAME, NS, MX, TXT = 1, 5, 2, 15, 16
NO_NAME, TROUBLE, AUTHENTIC = 0x8183, 0x8182, 0x81a0
MESSAGE = b"From: me@sender.test\nSubject: test\n\nHello.\n"
WELL_KNOWN = "/.well-known/mta-sts.txt"
PLAIN = ehlo(*OFFER)
# name: (its dates, who signs it); the names of all rows are in it, or none of them
KINDS = {
    "trusted": ("expiration_days = 30\n", "ca"),
    "self": ("expiration_days = 30\n", "self"),
    "other-authority": ("expiration_days = 30\n", "other-ca"),
    "expired": ('activation_date = "2020-01-01 00:00:00"\n'
                'expiration_date = "2020-02-01 00:00:00"\n', "ca"),
    "misnamed": ("expiration_days = 30\n", "ca"),
}


class Wrong(Exception):
    pass


def equal(got, wanted, what):
    if got != wanted:
        raise Wrong(f"{what}: {got!r} instead of {wanted!r}")


class Names:
    """The DNS: (name, type) -> list of data, or the flags of an answer without
    records. `authentic` names and all below them have the AD bit."""

    def __init__(self):
        self.records = {}
        self.aliases = {}
        self.authentic = set()
        server = name_server.Scripted("127.0.0.1")
        server.play = self.answer
        self.asked = server.asked

    def is_authentic(self, name):
        return name == "" or any(
            name == one or name.endswith("." + one) for one in self.authentic)

    def answer(self, packet, _by_tcp):
        name, end = read_question(packet)
        kind = int.from_bytes(packet[end - 4:end - 2], "big")
        flags = AUTHENTIC if self.is_authentic(name) else 0x8180
        if name == "":
            return answer(packet, [record(NS, name_server.name("ns.root.test"))],
                          flags)
        more, owner = [], b"\xc0\x0c"
        if name in self.aliases:
            name = self.aliases[name]
            more, owner = [record(CNAME, name_server.name(name))], \
                name_server.name(name)
        found = self.records.get((name, kind))
        if isinstance(found, int):
            return answer(packet, flags=found)
        if found is None:
            # A copy, since rows add records at any time.
            is_known = any(one == name for one, _ in list(self.records))
            return answer(packet, more, flags if is_known else NO_NAME)
        return answer(packet, more + [record(kind, data, owner) for data in found],
                      flags)


class Network:
    """What all rows share."""

    def __init__(self, folder, names):
        own_network.Resolver(folder).ask("127.0.0.1")
        self.dns = Names()
        self.certs = certificates.Certificates(str(folder))
        self.certs.authority()
        self.certs.need("other-ca")
        for kind, (dates, signer) in KINDS.items():
            known = ["elsewhere.test"] if kind == "misnamed" else names
            self.certs.make(kind, 'cn = "test"\n' + "".join(
                f'dns_name = "{name}"\n' for name in known)
                + "tls_www_server\nsigning_key\n" + dates, signer)
        for network in ("192.0.2.1/24", "198.51.100.1/24"):
            try:
                subprocess.run(["ip", "address", "add", network, "dev", "lo"],
                               check=True, capture_output=True)
            except FileNotFoundError as fault:
                raise common.Skip("ip (iproute2) is not installed") from fault
        self.lock = threading.Lock()
        self.taken = 0

    def context(self, kind, sni=None):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.certs.path(kind + ".pem"),
                                self.certs.path(kind + ".key"))
        if sni is not None:
            context.sni_callback = lambda _, name, __: sni.append(name)
        return context

    def number(self):
        with self.lock:
            self.taken += 1
            return self.taken


class Host:
    """A mail server of a row."""

    def __init__(self, bed, name, kind, **replies):
        self.names = []  # those of SNI
        self.address = f"192.0.2.{bed.network.number() + 1}"
        bed.network.dns.records[bed.full(name), A] = [socket.inet_aton(self.address)]
        replies.setdefault("EHLO", ehlo(*OFFER, "STARTTLS") if kind else PLAIN)
        self.server = Server(
            None, tls=lambda _: bed.network.context(kind, self.names),
            address=(self.address, 25), **replies)

    def mails(self):
        """How each mail has come: "tls" or "clear"."""
        secured, how = set(), []
        for number, line in list(self.server.heard):
            word = line.split(" ")[0].upper()
            if word == "STARTTLS":
                secured.add(number)
            elif word == "DATA":
                how.append("tls" if number in secured else "clear")
        return how[:len(self.server.contents)]


class Bed:
    """The domain of one row."""

    def __init__(self, network, folder, domain):
        self.network = network
        self.folder = folder
        self.domain = domain
        self.dns = network.dns
        self.https = None
        self.settings = ""
        self.authority = network.certs.authority()

    def full(self, name):
        return f"{name}.{self.domain}" if name else self.domain

    # What the domain publishes

    def host(self, kind, name="mx", preference=10, has_record=True, **replies):
        """A mail server with this kind of certificate; None: it has no TLS."""
        if has_record:
            self.dns.records.setdefault((self.domain, MX), []).append(
                struct.pack(">H", preference) + name_server.name(self.full(name)))
        return Host(self, name, kind, **replies)

    def txt(self, *texts, name="_mta-sts"):
        self.dns.records[self.full(name), TXT] = [
            b"".join(bytes([len(part)]) + part for part in
                     (text.encode()[at:at + 255] for at in range(0, len(text), 255)))
            for text in texts]

    def txt_flags(self, flags):
        self.dns.records[self.full("_mta-sts"), TXT] = flags

    def text(self, mode="enforce", *hosts, age=604800):
        return "".join(line + "\n" for line in (
            "version: STSv1", f"mode: {mode}", f"max_age: {age}",
            *(f"mx: {self.full(host)}" for host in hosts or ("mx",))))

    def serve(self, answer_, kind="trusted", **options):
        """Begins to serve the policy, or changes what is served."""
        if isinstance(answer_, str):
            answer_ = reply(200, answer_.encode(), Content_Type="text/plain")
        answers = {WELL_KNOWN: answer_}
        if self.https is not None:
            self.https.answers = answers
            self.https.context = self.network.context(kind)
            return
        address = f"198.51.100.{self.network.number() + 1}"
        self.dns.records[self.full("mta-sts"), A] = [socket.inet_aton(address)]
        self.https = HttpsServer(
            None, answers, context=self.network.context(kind), address=address,
            port=443, **options)

    def publish(self, mode="enforce", *hosts, name="1", **options):
        """A record with this ID, and a policy."""
        self.txt(f"v=STSv1; id={name};")
        self.serve(self.text(mode, *hosts, **options))

    # What smtpost does

    def cache(self, name=None):
        return self.folder / ".local/state/smtpost/sts" / (name or self.domain)

    def make_older(self, seconds):
        """The cached policy was fetched that much earlier."""
        text = self.cache().read_text()
        fetched = int(re.search(r"(?m)^fetched (\d+)$", text).group(1))
        self.cache().write_text(
            text.replace(f"fetched {fetched}", f"fetched {fetched - seconds}"))

    def configure(self):
        config = self.folder / "config"
        config.write_text("server = mx:\nehlo-name = client.sender.test\n"
                          "timeout = 5s\ntimeout-connect = 2s\n"
                          f"tls-trust = {self.authority}\n{self.settings}")
        config.chmod(0o600)

    def run(self, *arguments, message=b""):
        """Starts smtpost with this configuration; finish() ends it."""
        process = subprocess.Popen(
            [*common.WRAPPER, common.SMTPOST, "--config", "config", "-v", *arguments],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            cwd=self.folder, env={"PATH": os.environ["PATH"],
                                  "HOME": str(self.folder)})
        process.stdin.write(message)
        process.stdin.close()
        process.stdin = None
        return process

    def start(self, to=None, more=()):
        return self.run("--report", "json", "-f", "me@sender.test", *more,
                        to or f"you@{self.domain}", message=MESSAGE)

    def finish(self, process):
        try:
            out, trace = process.communicate(timeout=common.LIMIT)
        finally:
            process.kill()
        self.trace = trace.decode()
        report = json.loads(out) if out.startswith(b"{") else {}
        self.report = report
        self.recipient = (report.get("recipients") or [{}])[0]
        return process.returncode

    def send(self, **how):
        self.configure()
        return self.finish(self.start(**how))

    def fetches(self):
        return len(self.https.to(WELL_KNOWN)) if self.https else 0

    # What must come of it

    def expect(self, status, host, mails, fetches=None, more=()):
        """Sends. `mails`: how they have come to the host, in all."""
        equal(self.send(more=more), status, "the exit status")
        equal(host.mails(), mails, "the mails")
        if fetches is not None:
            equal(self.fetches(), fetches, "how often the policy was fetched")

    def told(self, text):
        if text not in self.trace:
            raise Wrong(f"-v does not say: {text}\n{self.trace}")

    def kept(self):
        """The mail waits for a better day."""
        equal(self.recipient.get("outcome"), "deferred", "the outcome")
        equal(self.recipient.get("enhanced"), "4.7.5", "the status")
