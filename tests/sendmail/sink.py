"""Servers on loopback that accept mail and keep every octet of it.

`Sink(strict=False)` offers what modern servers offer, and accepts everything.
The strict one has no 8BITMIME, SMTPUTF8 or DSN, and refuses what some real
server refuses: bare CR and LF, NUL, eight-bit octets, lines over 998 octets,
addresses without a domain, commands that are not ASCII. `refused` lists what
it refused: with a good client the list stays empty.
"""

import re
import socket
import threading

MODERN = ["PIPELINING", "8BITMIME", "DSN", "SMTPUTF8", "SIZE 100000000",
          "ENHANCEDSTATUSCODES"]
OLD = ["SIZE 100000000"]
PATH = re.compile(rb"(MAIL FROM|RCPT TO):<((?:\"(?:\\.|[^\"\\])*\"|[^\"<>])*)>(?: (.*))?",
                  re.IGNORECASE)


class Mail:
    def __init__(self, reverse_path, parameters):
        self.reverse_path = reverse_path
        self.parameters = parameters
        self.recipients = []  # pairs of path and parameters
        self.data = None
        self.offered_dsn = False

    @property
    def paths(self):
        return [path for path, _ in self.recipients]


class Sink:
    def __init__(self, strict=False, delay=None, port=0):
        self.strict = strict
        self.extensions = OLD if strict else MODERN
        self.mails = []
        self.refused = []
        self.connections = 0
        self.delay = delay  # an event: nothing is read before it is set
        self.refusals = {}  # path: reply to its RCPT
        self.content_reply = None
        self.socket = socket.socket()
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind(("127.0.0.1", port))
        self.socket.listen(50)
        self.port = self.socket.getsockname()[1]
        self.url = f"smtp://127.0.0.1:{self.port}"
        self.idle = threading.Condition()
        self.running = 0
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                connection, _ = self.socket.accept()
            except OSError:
                return
            with self.idle:
                self.connections += 1
                self.running += 1
            threading.Thread(target=self.serve, args=(connection,), daemon=True).start()

    def take(self):
        """What arrived since the last call, once every session is over."""
        with self.idle:
            self.idle.wait_for(lambda: self.running == 0, 20)
            taken = self.mails, self.refused, self.connections
            self.mails, self.refused, self.connections = [], [], 0
        return taken

    def serve(self, connection):
        try:
            with connection, connection.makefile("rb") as lines:
                connection.settimeout(60)
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                if self.delay is not None:
                    self.delay.wait(60)
                Session(self, connection, lines).run()
        except OSError:
            pass
        finally:
            with self.idle:
                self.running -= 1
                self.idle.notify_all()

    def close(self):
        self.socket.close()


class Session:
    def __init__(self, sink, connection, lines):
        self.sink, self.connection, self.lines = sink, connection, lines
        self.mail = None

    def say(self, text):
        self.connection.sendall(text.encode() + b"\r\n")

    def refuse(self, text, what):
        self.sink.refused.append(f"{text} <- {what!r}")
        self.say(text)

    def run(self):
        self.say("220 sink.example ESMTP")
        while True:
            line = self.lines.readline(70000)
            if not line:
                return
            if not line.endswith(b"\r\n") or b"\r" in line[:-2] or b"\0" in line:
                self.refuse("500 5.5.2 line end", line)
                continue
            line = line[:-2]
            word = line.split(b" ")[0].split(b":")[0].upper().decode("latin-1")
            if word == "QUIT":
                self.say("221 2.0.0 bye")
                return
            getattr(self, "do_" + word.lower(), self.do_unknown)(line)

    def do_unknown(self, line):
        self.refuse("500 5.5.1 what", line)

    def do_ehlo(self, line):
        words = ["sink.example", *self.sink.extensions]
        for word in words[:-1]:
            self.say("250-" + word)
        self.say("250 " + words[-1])

    def do_helo(self, line):
        self.say("250 sink.example")

    def do_rset(self, line):
        self.mail = None
        self.say("250 2.0.0 ok")

    def do_noop(self, line):
        self.say("250 2.0.0 ok")

    def path(self, line):
        """The path and its parameters; None if the line is not valid."""
        match = PATH.fullmatch(line)
        if match is None:
            self.refuse("501 5.5.4 syntax", line)
            return None
        path = match[2]
        if not line.isascii() and "SMTPUTF8" not in self.sink.extensions:
            self.refuse("553 5.6.7 not ASCII", line)
            return None
        parameters = {}
        for word in (match[3] or b"").decode("utf-8", "replace").split():
            name, _, value = word.partition("=")
            offered = any(word.split()[0] == self.needed(name)
                          for word in self.sink.extensions)
            if not offered or name.upper() in parameters:
                self.refuse("555 5.5.4 parameter", line)
                return None
            parameters[name.upper()] = value
        if b"@" not in path and path:
            # A server that is not strict takes it too; the judge does not.
            if self.sink.strict:
                self.refuse("501 5.1.3 no domain", line)
                return None
        return path.decode("utf-8", "replace"), parameters

    @staticmethod
    def needed(name):
        return {"BODY": "8BITMIME", "RET": "DSN", "ENVID": "DSN", "NOTIFY": "DSN",
                "ORCPT": "DSN"}.get(name.upper(), name.upper())

    def do_mail(self, line):
        got = self.path(line)
        if got is not None:
            self.mail = Mail(*got)
            self.mail.offered_dsn = "DSN" in self.sink.extensions
            self.say("250 2.1.0 ok")

    def do_rcpt(self, line):
        got = self.path(line)
        if got is None:
            return
        if self.mail is None:
            self.refuse("503 5.5.1 no mail", line)
            return
        if got[0] in self.sink.refusals:
            self.say(self.sink.refusals[got[0]])
            return
        self.mail.recipients.append(got)
        self.say("250 2.1.5 ok")

    def do_data(self, line):
        if self.mail is None or not self.mail.recipients:
            self.say("554 5.5.1 no recipients")
            return
        self.say("354 go on")
        content, complaint = [], None
        while True:
            text = self.lines.readline()
            if not text:
                return  # the connection broke: no mail
            if text == b".\r\n":
                break
            complaint = complaint or self.complaint(text)
            content.append(text[1:] if text.startswith(b".") else text)
        self.mail.data = b"".join(content)
        size = self.mail.parameters.get("SIZE")
        if size is not None and int(size) != len(self.mail.data):
            complaint = f"SIZE={size} was said of {len(self.mail.data)} octets"
        if complaint is not None:
            self.refuse("554 5.6.0 " + complaint[:200], "content")
        elif self.sink.content_reply is not None:
            self.say(self.sink.content_reply)
        else:
            self.sink.mails.append(self.mail)
            self.say("250 2.0.0 taken")
        self.mail = None

    def complaint(self, text):
        if not text.endswith(b"\r\n"):
            return "bare LF"
        if b"\r" in text[:-2]:
            return "bare CR"
        if not self.sink.strict:
            if not text.isascii() and self.mail.parameters.get("BODY") != "8BITMIME":
                return "8 bit without BODY=8BITMIME"
            return None
        if b"\0" in text:
            return "NUL"
        if not text.isascii():
            return "8 bit"
        if len(text) > 1000 + text.startswith(b"."):
            return "a line over 998"
        return None
