"""The server of `make demo`: STARTTLS, a login, and one unknown mailbox."""

import base64
import os
import socket
import ssl

from scripted.certificates import Certificates

USER = b"demo"
PASSWORD = b"open sesame"
LINE_MAX = 8192

EHLO_CLEAR = ["demo.example at your service", "PIPELINING", "SIZE 10485760",
              "8BITMIME", "ENHANCEDSTATUSCODES", "STARTTLS"]
EHLO_SECURE = EHLO_CLEAR[:-1] + ["AUTH PLAIN LOGIN"]


def write_whole(path, text):
    """Writes the file in one step, so that no reader sees half of it."""
    with open(path + ".new", "w", encoding="ascii") as file:
        file.write(text)
    os.rename(path + ".new", path)


class Session:
    """A session. The methods named after commands return the replies."""

    def __init__(self, sock, context):
        self.socket = sock
        self.context = context
        self.input = sock.makefile("rb")
        self.is_secure = self.is_known = self.is_over = False
        self.recipients = 0

    def say(self, code, *texts):
        for text in texts[:-1]:
            self.socket.sendall(("%d-%s\r\n" % (code, text)).encode())
        self.socket.sendall(("%d %s\r\n" % (code, texts[-1])).encode())

    def line(self):
        line = self.input.readline(LINE_MAX)
        if not line.endswith(b"\n"):
            raise EOFError
        return line.rstrip(b"\r\n")

    def run(self):
        self.say(220, "demo.example ESMTP, on loopback")
        while not self.is_over:
            verb, _, rest = self.line().partition(b" ")
            command = verb.decode("latin-1").lower()
            getattr(self, "on_" + command, self.unknown)(rest)

    def unknown(self, _):
        self.say(500, "5.5.1 Command not known")

    def on_ehlo(self, _):
        self.say(250, *(EHLO_SECURE if self.is_secure else EHLO_CLEAR))

    def on_starttls(self, _):
        self.say(220, "2.0.0 Ready for TLS")
        self.socket = self.context.wrap_socket(self.socket, server_side=True)
        self.input = self.socket.makefile("rb")
        self.is_secure = True

    def ask(self, prompt):
        self.say(334, base64.b64encode(prompt).decode() if prompt else "")
        return base64.b64decode(self.line())

    def on_auth(self, rest):
        mechanism, _, initial = rest.upper().partition(b" ")
        if not self.is_secure:
            self.say(538, "5.7.11 Encryption required")
            return
        if mechanism == b"PLAIN":
            answer = base64.b64decode(rest.split()[1]) if initial \
                else self.ask(b"")
            self.is_known = answer.split(b"\0")[1:] == [USER, PASSWORD]
        elif mechanism == b"LOGIN":
            self.is_known = [self.ask(b"Username:"), self.ask(b"Password:")] \
                == [USER, PASSWORD]
        if self.is_known:
            self.say(235, "2.7.0 Welcome")
        else:
            self.say(535, "5.7.8 Credentials are not right")

    def on_mail(self, rest):
        if not self.is_known:
            self.say(530, "5.7.0 Log in first")
            return
        self.recipients = 0
        path = rest.partition(b":")[2].partition(b" ")[0]
        self.say(250, "2.1.0 %s is the sender" % path.decode("latin-1"))

    def on_rcpt(self, rest):
        if b"<bob@" in rest.lower():
            self.say(550, "5.1.1 No such user here")
            return
        self.recipients += 1
        self.say(250, "2.1.5 Recipient is known here")

    def on_data(self, _):
        if not self.recipients:
            self.say(554, "5.5.1 No valid recipients")
            return
        self.say(354, "End the message with a line of one dot")
        size = 0
        line = self.line()
        while line != b".":
            size += len(line) + 2 - line.startswith(b".")
            line = self.line()
        self.say(250, "2.0.0 Taken: %d octets, and thrown away" % size)

    def on_rset(self, _):
        self.recipients = 0
        self.say(250, "2.0.0 Forgotten")

    def on_quit(self, _):
        self.say(221, "2.0.0 Goodbye")
        self.is_over = True


def serve(folder, seconds):
    """Serves one session. Writes ca.pem, and port once it can be reached."""
    certificates = Certificates(folder)
    certificates.authority()
    context = certificates.context()
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(1)
        listener.settimeout(seconds)
        write_whole(os.path.join(folder, "port"),
                    "%d\n" % listener.getsockname()[1])
        sock = listener.accept()[0]
    sock.settimeout(seconds)
    session = Session(sock, context)
    try:
        session.run()
    except (OSError, EOFError, ValueError, ssl.SSLError):
        return False
    finally:
        session.socket.close()
    return True
