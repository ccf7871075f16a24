"""SCRAM with channel binding, checked by other software: libgsasl and OpenSSL.

A sink (sink.py) behind OpenSSL's TLS gives every login to libgsasl, together with
the binding that OpenSSL computes for its end of the session: tls-exporter with
TLS 1.3, tls-unique with TLS 1.2 and the extended master secret. Without that
secret the binding is the hash of the certificate, which gsasl's server does not
support; then scram.py checks. On another port an attacker in the middle has a
trusted certificate and passes everything on.
"""

import base64
import hashlib
import io
import socket
import socketserver
import ssl
import threading

import gsasl
import openssl
import scram
from cases import BOB, only_message, same, send, send_well
from common import complete_message, expect
from peer import Peer
from sink import KEYWORDS, Handler, Sink

USER, PASSWORD = "alice@example.test", "secret"
PLUS = ("SCRAM-SHA-256-PLUS", "SCRAM-SHA-1-PLUS")
MECHANISMS = PLUS + ("SCRAM-SHA-256", "SCRAM-SHA-1")


class Door(Handler):
    """The SMTP session before the message."""

    timeout = None

    def setup(self):
        super().setup()
        self.session = self.user = None

    def handle(self):
        try:
            if self.server.implicit:
                self.secure()
            super().handle()
        except (OSError, ssl.SSLError):
            pass
        finally:
            if self.session is not None:
                self.session.end()

    def finish(self):
        pass

    def secure(self):
        self.session = openssl.Session(self.server.context, self.request)
        self.rfile, self.wfile = io.BufferedReader(self.session), self.session

    def keywords(self):
        if self.session is None:
            return (*KEYWORDS, b"STARTTLS")
        return (*KEYWORDS, b"AUTH " + " ".join(self.server.mechanisms).encode())

    def command(self, line):
        verb = line.split(b" ")[0].strip().upper()
        if verb == b"STARTTLS" and self.session is None:
            self.say(b"220 2.0.0 Go on")
            self.secure()
        elif verb == b"AUTH" and self.session is not None:
            self.login(line.split())
        elif verb == b"MAIL" and self.user is None:
            self.say(b"530 5.7.0 Authentication required")
        else:
            return super().command(line)
        return True

    def login(self, words):
        mechanism = words[1].decode().upper()
        if mechanism not in self.server.mechanisms:
            self.say(b"504 5.5.4 Not here")
            return
        judge = self.server.judge(mechanism, self.session)
        message = words[2] if len(words) > 2 else self.challenge(b"")
        try:
            while True:
                answer = judge.step(message)
                if judge.done and not answer:
                    break
                message = self.challenge(answer)
                if judge.done:
                    break
            if message not in (b"", b"=") or judge.user() != USER:
                raise gsasl.Refused("the last answer is not empty")
        except (gsasl.Refused, scram.Refused) as reason:
            self.server.refused.append(str(reason))
            self.say(b"535 5.7.8 Refused")
            return
        finally:
            judge.end()
        self.user = USER
        self.server.logins.append(judge.told)
        self.say(b"235 2.7.0 Ok")

    def challenge(self, text):
        self.say(b"334 " + text)
        answer = self.rfile.readline().strip()
        if answer == b"*":
            raise gsasl.Refused("cancelled by the client")
        return answer


class Ours:
    """scram.Scram with the interface of gsasl.Login."""

    def __init__(self, mechanism, certificate):
        name = "sha256" if "256" in mechanism else "sha1"
        self.scram = scram.Scram(name, PASSWORD, "tls-server-end-point",
                                 hashlib.sha256(certificate).digest())
        self.told = "tls-server-end-point"

    @property
    def done(self):
        return self.scram.done

    def step(self, message):
        return base64.b64encode(self.scram.step(base64.b64decode(message)))

    def user(self):
        return self.scram.user

    def end(self):
        pass


class Service(Sink):
    """One port: its version of TLS, its mechanisms, and its login check."""

    def __init__(self, peer, version, implicit=False, extended=True,
                 mechanisms=MECHANISMS):
        self.peer, self.implicit, self.mechanisms = peer, implicit, mechanisms
        self.context = openssl.Context(peer.folder / "leaf.pem",
                                       peer.folder / "leaf.key", version, extended)
        self.logins, self.refused = [], []
        super().__init__(Door)

    def judge(self, mechanism, session):
        if session.is_new():
            name, binding = "tls-exporter", session.exporter()
        else:
            name, binding = "tls-unique", session.unique()
        if binding is None:
            return Ours(mechanism, self.peer.certificate())
        login = gsasl.Login(
            self.peer.library, mechanism, password=PASSWORD.encode(), iterations=b"4096",
            **{name.replace("-", "_"): base64.b64encode(binding)})
        login.told = name
        return login


class Middle(socketserver.ThreadingTCPServer):
    """Ends TLS with a trusted certificate, and passes everything on over TLS."""

    daemon_threads = True

    def __init__(self, peer, port):
        self.onward = port
        self.server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.server.load_cert_chain(peer.folder / "leaf.pem", peer.folder / "leaf.key")
        self.client = ssl.create_default_context(cafile=peer.folder / "root.pem")
        super().__init__(("127.0.0.1", 0), None)
        self.port = self.server_address[1]
        threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True).start()

    def finish_request(self, request, client_address):
        try:
            with self.server.wrap_socket(request, server_side=True) as near, \
                    socket.create_connection(("127.0.0.1", self.onward)) as plain, \
                    self.client.wrap_socket(plain, server_hostname="localhost") as far:
                back = threading.Thread(target=pass_on, args=(far, near), daemon=True)
                back.start()
                pass_on(near, far)
                back.join(5)
        except OSError:
            pass


def pass_on(source, target):
    try:
        while octets := source.recv(65536):
            target.sendall(octets)
        target.shutdown(socket.SHUT_WR)
    except OSError:
        pass


def bound(door, name):
    """Both mechanisms with the binding `name`, on one of the peer's ports."""
    def case(peer):
        service = getattr(peer, door)
        for mechanism in PLUS:
            service.logins.clear()
            _, trouble = send_well(peer, complete_message(b"bound\n"), [BOB], "-v",
                                   url=f"smtps://localhost:{service.port}",
                                   config=f"auth = {mechanism}\n")
            expect("binding", service.logins, [name])
            if f"C: AUTH {mechanism}" not in trouble:
                raise AssertionError(trouble)
            same("content", service.deliveries(1)[0].content.replace(b"\r\n", b"\n"),
                 complete_message(b"bound\n"))
    return case


def somebody_between(peer):
    """The attacker's TLS session is another one, so the login fails."""
    for mechanism in PLUS:
        peer.wrapped.refused.clear()
        status, lines, trouble = send(
            peer, complete_message(b"bound\n"), [BOB], "-v",
            url=f"smtps://localhost:{peer.middle.port}", config=f"auth = {mechanism}\n")
        expect("exit (" + trouble + ")", status, 77)
        expect("report", (lines[-1][0], lines[-1][1]), ("auth", "535"))
        expect("refusals by gsasl", len(peer.wrapped.refused), 1)
    expect("messages that arrived", peer.take(0), [])
    return peer.wrapped.refused[0]


def stepped_down(peer):
    """The attacker hides -PLUS: the client's flag shows it, and gsasl refuses."""
    peer.plain.refused.clear()
    status, _, trouble = send(peer, complete_message(b"bound\n"), [BOB], "-v",
                              url=f"smtps://localhost:{peer.plain.port}")
    if "AUTH SCRAM-SHA-256\r" in trouble or "-PLUS" in trouble:
        raise AssertionError(trouble)
    expect("exit (" + trouble + ")", status, 77)
    expect("refusals by gsasl", len(peer.plain.refused), 1)
    return peer.plain.refused[0]


class Server(Peer):
    name = "gsasl"
    needs_root = False
    in_machine = False
    mechanisms = MECHANISMS
    extensions = ("PIPELINING", "8BITMIME", "SMTPUTF8", "SIZE", "DSN", "CHUNKING",
                  "ENHANCEDSTATUSCODES")
    size = 104857600
    middle = None
    services = ()
    cases = (
        ("tls-exporter, TLS 1.3", bound("wrapped", "tls-exporter")),
        ("tls-unique, TLS 1.2", bound("older", "tls-unique")),
        ("tls-server-end-point, no extended master secret",
         bound("oldest", "tls-server-end-point")),
        ("somebody in the middle: 77", somebody_between),
        ("-PLUS hidden by somebody: 77", stepped_down),
    )

    @classmethod
    def prepare(cls):
        gsasl.load()
        openssl.library()

    def start(self):
        self.library = gsasl.load()
        new, old = openssl.TLS1_3, openssl.TLS1_2
        self.clear_first = Service(self, new)
        self.wrapped = Service(self, new, implicit=True)
        self.older = Service(self, old, implicit=True)
        self.oldest = Service(self, old, implicit=True, extended=False)
        self.plain = Service(self, new, implicit=True,
                             mechanisms=("SCRAM-SHA-256", "SCRAM-SHA-1"))
        self.services = (self.clear_first, self.wrapped, self.older, self.oldest, self.plain)
        self.middle = Middle(self, self.wrapped.port)
        self.starttls = f"smtp://localhost:{self.clear_first.port}"
        self.smtps = f"smtps://localhost:{self.wrapped.port}"

    def certificate(self):
        text = (self.folder / "leaf.pem").read_text()
        return ssl.PEM_cert_to_DER_cert(text)

    def version(self):
        return self.library.gsasl_check_version(None).decode()

    def take(self, count, seconds=30):
        arrived = []
        for service in (self.clear_first, self.wrapped):
            deliveries = service.deliveries(count if service.kept else 0, seconds)
            for delivery in deliveries:
                content = delivery.content.replace(b"\r\n", b"\n")
                arrived += [(path, content) for path, _ in delivery.recipients]
        return arrived

    def stop(self):
        for service in self.services:
            service.stop()
        if self.middle is not None:
            self.middle.shutdown()
            self.middle.server_close()
        super().stop()
