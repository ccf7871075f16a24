"""A small SMTP server, to which a peer relays what it accepted.

It offers every extension that a relay needs to pass on all of the client's
parameters (8BITMIME, SMTPUTF8, SIZE, DSN, PIPELINING, CHUNKING), refuses every
recipient at refused.test, and keeps content and parameters. It has neither TLS
nor login: it listens on the loopback only.
"""

import re
import socketserver
import threading
import time

PATH = re.compile(rb"(?i)(?:MAIL FROM|RCPT TO):\s*<([^>]*)>\s*(.*)$")
KEYWORDS = (b"8BITMIME", b"SMTPUTF8", b"SIZE 104857600", b"DSN", b"PIPELINING",
            b"CHUNKING", b"ENHANCEDSTATUSCODES")


class Delivery:
    """One message: content, and the envelope with parameters."""

    def __init__(self, mail, recipients, content):
        self.mail = mail              # (reverse-path, parameters)
        self.recipients = recipients  # [(forward-path, parameters)]
        self.content = content        # CRLF lines


class Handler(socketserver.StreamRequestHandler):
    timeout = 60

    def say(self, text):
        self.wfile.write(text + b"\r\n")

    def handle(self):
        try:
            self.say(b"220 sink.example.test ESMTP")
            self.reset()
            while self.command(self.rfile.readline(65536)):
                pass
        except OSError:
            pass

    def reset(self):
        self.mail, self.recipients, self.chunks = None, [], []

    def keywords(self):
        return KEYWORDS

    def command(self, line):
        words = line.rstrip(b"\r\n").split(b" ")
        verb = words[0].upper()
        if not line or verb == b"QUIT":
            self.say(b"221 2.0.0 Bye")
            return False
        if verb in (b"EHLO", b"LHLO"):
            for line in (b"sink.example.test", *self.keywords()):
                self.say(b"250-" + line)
            self.say(b"250 HELP")
        elif verb == b"MAIL":
            self.mail = self.path(line)
            self.say(b"250 2.1.0 Ok")
        elif verb == b"RCPT":
            self.recipient(self.path(line))
        elif verb == b"DATA":
            self.data()
        elif verb == b"BDAT":
            self.chunks.append(self.rfile.read(int(words[1])))
            if words[-1].upper() == b"LAST":
                self.keep(b"".join(self.chunks))
            else:
                self.say(b"250 2.0.0 Ok")
        elif verb in (b"NOOP", b"RSET", b"VRFY"):
            if verb == b"RSET":
                self.reset()
            self.say(b"250 2.0.0 Ok")
        else:
            self.say(b"500 5.5.2 Not here")
        return True

    @staticmethod
    def path(line):
        found = PATH.match(line.rstrip(b"\r\n"))
        return tuple(part.decode("utf-8", "replace") for part in found.groups())

    def recipient(self, path):
        if path[0].endswith("@refused.test"):
            self.say(b"550 5.7.1 Relaying denied")
        else:
            self.recipients.append(path)
            self.say(b"250 2.1.5 Ok")

    def data(self):
        if not self.recipients:
            self.say(b"554 5.5.1 No recipients")
            return
        self.say(b"354 Go on")
        lines = []
        while True:
            line = self.rfile.readline()
            if not line:
                raise OSError("cut off")
            if line == b".\r\n":
                break
            lines.append(line[1:] if line.startswith(b".") else line)
        self.keep(b"".join(lines))

    def keep(self, content):
        self.server.keep(Delivery(self.mail, self.recipients, content))
        self.reset()
        self.say(b"250 2.0.0 Ok: kept")


class Sink(socketserver.ThreadingTCPServer):
    """take() is as in Peer; deliveries() has the parameters too."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, handler=Handler, address=("127.0.0.1", 0)):
        super().__init__(address, handler)
        self.port = self.server_address[1]
        self.kept = []
        self.changed = threading.Condition()
        threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True).start()

    def keep(self, delivery):
        with self.changed:
            self.kept.append(delivery)
            self.changed.notify_all()

    def deliveries(self, count, seconds=20):
        """Waits until `count` recipients have their mail; 0 waits a little."""
        end = time.monotonic() + (seconds if count else 0.2)
        with self.changed:
            while count == 0 or sum(len(one.recipients) for one in self.kept) < count:
                left = end - time.monotonic()
                if left <= 0:
                    break
                self.changed.wait(left)
            kept, self.kept = self.kept, []
        return kept

    def stop(self):
        self.shutdown()
        self.server_close()
