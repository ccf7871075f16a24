"""The server of the round trips: a sink with TLS and logins, which notes how each
message came."""

import base64
import dataclasses
import hmac
import socket
import ssl
import threading

import scram
import sink

NAMES = ("mail.example.test", "hub.example.test", "localhost")  # of the certificate
HOSTS = {"127.0.0.1": NAMES[0], "127.0.0.2": NAMES[1]}
PORTS = {25: "none", 587: "none", 2525: "none", 465: "immediate", 4650: "immediate",
         24: "lmtp"}


@dataclasses.dataclass
class Offer:
    """What the server offers, and which password it accepts."""
    starttls: bool = True
    auth: tuple = ("PLAIN", "LOGIN")
    auth_before_tls: bool = True
    password: str = "secret"


@dataclasses.dataclass
class Record:
    """How a message came; two programs send alike if these are equal."""
    server: str
    port: int
    tls: str  # "none", "starttls" or "immediate", when the message was sent
    ehlo: str
    mechanism: str = ""
    user: str = ""
    password: str = ""  # "(proved)" where the mechanism does not send it
    login_tls: str = ""  # as tls, when the login was made
    sender: str = ""
    recipients: tuple = ()
    content: bytes = dataclasses.field(default=b"", compare=False)


class Refused(Exception):
    pass


class Door(sink.Handler):
    """One session."""

    disable_nagle_algorithm = True

    def setup(self):
        super().setup()
        self.tls = "none"
        self.login = {}
        self.ehlo = ""

    def handle(self):
        try:
            if self.server.mode == "immediate":
                self.secure("immediate")
            super().handle()
        except (OSError, ValueError):  # also those of TLS
            pass

    def finish(self):
        try:
            super().finish()
            self.connection.close()
        except OSError:
            pass

    def secure(self, mode):
        self.connection = self.server.context.wrap_socket(self.connection, server_side=True)
        self.rfile = self.connection.makefile("rb")
        self.wfile = self.connection.makefile("wb", 0)
        self.tls = mode

    def keywords(self):
        offer = self.server.desk.offer
        keywords = sink.KEYWORDS
        if offer.starttls and self.tls == "none":
            keywords += (b"STARTTLS",)
        if offer.auth and (self.tls != "none" or offer.auth_before_tls):
            keywords += (b"AUTH " + " ".join(offer.auth).encode(),)
        return keywords

    def command(self, line):
        words = line.decode("utf-8", "backslashreplace").split()
        verb = words[0].upper() if words else ""
        if verb in ("EHLO", "HELO", "LHLO"):
            self.ehlo = words[1] if len(words) > 1 else ""
            if verb == "HELO":
                self.say(b"250 " + NAMES[0].encode())
                return True
        elif verb == "STARTTLS" and self.server.desk.offer.starttls:
            self.say(b"220 2.0.0 Go on")
            self.secure("starttls")
            return True
        elif verb == "AUTH":
            self.authenticate(words[1].upper(), words[2:])
            return True
        return super().command(line)

    def ask(self, question):
        self.say(b"334 " + base64.b64encode(question))
        answer = self.rfile.readline().strip()
        if answer == b"*":
            raise Refused("cancelled")
        return base64.b64decode(answer)

    def authenticate(self, mechanism, rest):
        try:
            if mechanism not in self.server.desk.offer.auth:
                raise Refused("not offered")
            first = None
            if rest:
                first = b"" if rest[0] == "=" else base64.b64decode(rest[0])
            user, password = self.exchange(mechanism, first)
            if password not in ("(proved)", self.server.desk.offer.password):
                raise Refused("another password")
        except (Refused, scram.Refused, ValueError) as reason:
            self.server.desk.note(f"AUTH {mechanism}: {reason}")
            self.say(b"535 5.7.8 Refused")
            return
        self.login = {"mechanism": mechanism, "user": user, "password": password,
                      "login_tls": self.tls}
        self.say(b"235 2.7.0 Ok")

    def exchange(self, mechanism, first):
        """User and password."""
        if mechanism == "LOGIN":
            user = self.ask(b"Username:") if first is None else first
            return user.decode(), self.ask(b"Password:").decode()
        if mechanism == "CRAM-MD5":
            return self.cram_md5()
        if first is None:
            first = self.ask(b"")
        text = first.decode()
        if mechanism == "PLAIN":
            return tuple(text.split("\0")[1:])
        if mechanism == "EXTERNAL":
            return text, "(proved)"
        if mechanism == "XOAUTH2":
            said = dict(part.split("=", 1) for part in text.strip("\x01").split("\x01"))
            return said["user"], said["auth"].split(" ", 1)[1]
        if mechanism == "OAUTHBEARER":
            said = dict(part.split("=", 1) for part in text.split("\x01")[1:] if part)
            return text.split(",")[1][2:], said["auth"].split(" ", 1)[1]
        return self.scram(mechanism, first)

    def cram_md5(self):
        challenge = b"<1.2@mail.example.test>"
        user, _, digest = self.ask(challenge).decode().rpartition(" ")
        key = self.server.desk.offer.password.encode()
        if digest != hmac.new(key, challenge, "md5").hexdigest():
            raise Refused("another password")
        return user, "(proved)"

    def scram(self, mechanism, first):
        judge = scram.Scram("sha256" if "256" in mechanism else "sha1",
                            self.server.desk.offer.password, "", b"")
        judge.header = ",".join(first.decode().split(",")[:2]) + ","  # "n,,", "n,a=me,"
        answer = judge.step(first)
        while not judge.done:
            answer = judge.step(self.ask(answer))
        self.ask(answer)
        return judge.user, "(proved)"

    def keep(self, content):
        name = self.connection.getsockname()
        address, port = (name, 0) if isinstance(name, str) else name
        recipients = tuple(path for path, _ in self.recipients)
        self.server.desk.keep(Record(
            server=HOSTS.get(address, address), port=port, tls=self.tls, ehlo=self.ehlo,
            sender=self.mail[0], recipients=recipients, content=content, **self.login))
        if self.server.mode == "lmtp":
            for _ in recipients[1:]:
                self.say(b"250 2.0.0 Ok: kept")
        self.reset()
        self.say(b"250 2.0.0 Ok: kept")


class UnixDoor(Door):
    disable_nagle_algorithm = False


class UnixSink(sink.Sink):
    address_family = socket.AF_UNIX


class Desk:
    """All ports together."""

    def __init__(self, folder):
        self.offer = Offer()
        self.kept, self.notes = [], []
        self.changed = threading.Condition()
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.num_tickets = 0  # esmtp can miss a reply that comes with one
        context.load_cert_chain(folder / "leaf.pem", folder / "leaf.key")
        self.context = context
        for port, mode in PORTS.items():
            self.listen(("0.0.0.0", port), mode)

    def listen(self, address, mode):
        """`address`: as of a socket, or the path of a Unix socket."""
        server = (UnixSink(UnixDoor, address) if isinstance(address, str)
                  else sink.Sink(Door, address))
        server.mode, server.context, server.desk = mode, self.context, self

    def open(self, offer):
        with self.changed:
            self.offer, self.kept, self.notes = offer, [], []

    def keep(self, record):
        with self.changed:
            self.kept.append(record)
            self.changed.notify_all()

    def note(self, text):
        with self.changed:
            self.notes.append(text)

    def take(self, count, seconds=20):
        """What came since the last call, once it is as many as `count`."""
        with self.changed:
            self.changed.wait_for(lambda: len(self.kept) >= count, seconds)
            kept, self.kept = self.kept, []
            notes, self.notes = self.notes, []
        return kept, notes
