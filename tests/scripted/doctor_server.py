"""Servers with faults for --doctor, and what a client said to them.

A server is described by its replies. Each is a text, whose lines are sent with
CRLF between them; None closes the connection instead; a function gets the
Session and returns one of both. A reply that begins with 421 closes, too.
"""

import base64
import socket
import ssl
import threading

OFFER = ["SIZE 35882577", "8BITMIME", "SMTPUTF8", "DSN", "PIPELINING",
         "ENHANCEDSTATUSCODES"]


def ehlo(*lines, name="mx.test"):
    """The reply to EHLO with these keywords."""
    lines = (name,) + lines
    return "\n".join("250" + ("-" if number < len(lines) else " ") + line
                     for number, line in enumerate(lines, 1))


# By the words of a command. "EHLO" is before TLS, "EHLO tls" after it.
GOOD = {
    "greeting": "220 mx.test ESMTP",
    "EHLO": ehlo(*OFFER, "STARTTLS"),
    "EHLO tls": ehlo(*OFFER, "AUTH PLAIN"),
    "HELO": "250 mx.test",
    "STARTTLS": "220 2.0.0 go ahead",
    "AUTH": "235 2.7.0 accepted",
    "MAIL": "250 2.1.0 ok",
    "RCPT": "250 2.1.5 ok",
    "DATA": "354 go ahead",
    "content": "250 2.0.0 queued",
    "RSET": "250 2.0.0 ok",
    "QUIT": "221 2.0.0 goodbye",
}


class Gone(Exception):
    """The connection is closed here."""


class Session:
    """One connection: its replies, and the lines that came."""

    def __init__(self, server, connection, number):
        self.server = server
        self.number = number  # of the connection; the first is 1
        self.is_tls = server.is_implicit
        self.connection = connection
        self.recipients = 0
        self.last = ""  # the command that is answered
        if self.is_tls:
            self.secure()
        self.file = self.connection.makefile("rb")

    def secure(self):
        self.connection = self.server.context().wrap_socket(
            self.connection, server_side=True)
        self.is_tls = True

    def say(self, reply):
        if callable(reply):
            reply = reply(self)
        if reply is None:
            raise Gone
        self.connection.sendall(
            reply.replace("\n", "\r\n").encode("utf-8", "surrogateescape")
            + b"\r\n")
        if reply.startswith("421"):
            raise Gone
        return reply[:1]

    def line(self):
        line = self.file.readline()
        if not line.endswith(b"\n"):
            raise Gone
        return line.rstrip(b"\r\n").decode("utf-8", "backslashreplace")

    def reply(self, name):
        return self.server.replies[name]

    def run(self):
        self.say(self.reply("greeting"))
        while True:
            line = self.last = self.line()
            self.server.note(self.number, line)
            words = line.split()
            verb = words[0].upper() if words else ""
            getattr(self, "do_" + verb.lower(), self.do_other)(verb, line)

    def do_other(self, verb, _line):
        self.say(self.server.replies.get(verb, "500 5.5.1 unknown command"))

    def do_ehlo(self, _verb, _line):
        self.say(self.reply("EHLO tls" if self.is_tls else "EHLO"))

    do_lhlo = do_ehlo

    def do_starttls(self, _verb, _line):
        if self.say(self.reply("STARTTLS")) == "2":
            self.secure()
            self.file = self.connection.makefile("rb")

    def do_auth(self, _verb, line):
        words = line.split()
        if words[1].upper() == "LOGIN":
            for question in (b"Username:", b"Password:"):
                self.say("334 " + base64.b64encode(question).decode())
                self.line()
        elif len(words) < 3:
            self.say("334 ")
            self.line()
        self.say(self.reply("AUTH"))

    def do_rcpt(self, _verb, _line):
        self.recipients += self.say(self.reply("RCPT")) == "2"

    def do_data(self, _verb, _line):
        if self.recipients == 0:
            self.say("503 5.5.1 RCPT first")
            return
        if self.say(self.reply("DATA")) != "3":
            return
        content = list(iter(self.line, "."))
        self.server.contents.append(content)
        for _ in range(self.recipients if self.server.is_lmtp else 1):
            self.say(self.reply("content"))
        self.recipients = 0

    def do_quit(self, _verb, _line):
        self.say(self.reply("QUIT"))
        raise Gone


class Server:
    """Listens on loopback, or at a path, until `close`.

    tls        the certificate of scripted.certificates, or a function of its
               folder that gives a TLS context; None: no TLS
    is_implicit  TLS from the start
    takes_over   a function of the connection that replaces the whole session
    address, path  where to listen; the default is any port
    The other arguments replace replies of GOOD; an underscore stands for the
    blank in "EHLO tls".
    """

    def __init__(self, certificates, tls="good", is_implicit=False,
                 is_lmtp=False, takes_over=None, path=None,
                 address=("127.0.0.1", 0), **replies):
        self.certificates = certificates
        self.tls = tls
        self.is_implicit = is_implicit
        self.is_lmtp = is_lmtp
        self.takes_over = takes_over
        self.replies = dict(GOOD)
        for name, reply in replies.items():
            name = name.replace("_", " ")
            if name not in GOOD:
                raise ValueError("no reply is called %s" % name)
            self.replies[name] = reply
        self.heard = []  # (number of the connection, line)
        self.contents = []  # lists of lines
        self.connections = 0
        self.lock = threading.Lock()
        self.path = path
        if path is None:
            self.listener = socket.create_server(
                address, family=socket.AF_INET6 if ":" in address[0]
                else socket.AF_INET)
            self.port = self.listener.getsockname()[1]
        else:
            self.listener = socket.socket(socket.AF_UNIX)
            self.listener.bind(path)
            self.listener.listen()
        threading.Thread(target=self.accept, daemon=True).start()

    def context(self):
        if callable(self.tls):
            return self.tls(self.certificates)
        return self.certificates.context(self.tls)

    def note(self, number, line):
        with self.lock:
            self.heard.append((number, line))

    def count(self, verb):
        """How often this command came."""
        with self.lock:
            return sum(line.upper().split(" ")[0] == verb
                       for _, line in self.heard)

    def accept(self):
        while True:
            try:
                connection = self.listener.accept()[0]
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self.serve, daemon=True,
                             args=(connection, self.connections)).start()

    def serve(self, connection, number):
        kept = [connection]
        try:
            if self.takes_over:
                self.takes_over(connection)
                return
            session = Session(self, connection, number)
            try:
                session.run()
            finally:
                kept.append(session.connection)
        except (Gone, OSError, ssl.SSLError, ValueError):
            pass
        finally:
            for one in kept:
                one.close()

    def close(self):
        # On Linux this ends accept(), too.
        try:
            self.listener.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        self.listener.close()
