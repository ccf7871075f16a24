"""Tools of the tests that run the examples of the manuals: the text of an
example, a home, a folder of programs and a server.

SMTPOST is the program (./smtpost), srcdir the folder of the source.
"""

import base64
import os
import pathlib
import re
import shlex
import socket
import subprocess
import tempfile
import threading

PROGRAM = os.path.abspath(os.environ.get("SMTPOST", "./smtpost"))
SOURCE = pathlib.Path(os.environ.get(
    "srcdir", pathlib.Path(__file__).resolve().parent.parent))
LIMIT = 60
PASSWORD = "correct horse"


class Skip(Exception):
    """The example cannot be run here; the text says why."""


def expect(what, found, wanted):
    if found != wanted:
        raise AssertionError(f"{what}: {found!r}, not {wanted!r}")


def expect_in(what, part, text):
    if part not in text:
        raise AssertionError(f"{what}: {part!r} is not in {text!r}")


class Upstream(threading.Thread):
    """Accepts mail and, unless it is locked, any login with the password."""

    def __init__(self):
        super().__init__(daemon=True)
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=100)
        self.url = "smtp://127.0.0.1:%d" % self.listener.getsockname()[1]
        self.is_locked = False
        self.refused = None  # a recipient
        self.refusal = b"550 5.1.1 no such user"
        self.connections = 0
        self.logins, self.taken = [], []  # (MAIL, [RCPT], content)
        self.start()

    def run(self):
        while True:
            connection = self.listener.accept()[0]
            self.connections += 1
            threading.Thread(target=self.serve, daemon=True,
                             args=(connection,)).start()

    def login(self, words):
        user, password = base64.b64decode(words[2]).decode().split("\0")[1:]
        self.logins.append(user)
        is_good = password == PASSWORD and not self.is_locked
        return b"235 2.7.0 ok" if is_good else b"535 5.7.8 no"

    def serve(self, connection):
        with connection, connection.makefile("rb") as file:
            connection.sendall(b"220 up\r\n")
            sender, recipients = "", []
            for line in file:
                words = line.decode().split()
                reply = b"250 2.0.0 ok"
                if words[0] == "EHLO":
                    reply = b"250-up\r\n250-PIPELINING\r\n250 AUTH PLAIN"
                elif words[0] == "AUTH":
                    reply = self.login(words)
                elif words[0] == "MAIL":
                    sender, recipients = words[1], []
                elif words[0] == "RCPT" and words[1] == f"TO:<{self.refused}>":
                    reply = self.refusal
                elif words[0] == "RCPT":
                    recipients.append(words[1])
                elif words[0] == "DATA" and not recipients:
                    reply = b"503 5.5.1 no recipient"
                elif words[0] == "DATA":
                    connection.sendall(b"354 go\r\n")
                    lines = []
                    for text in file:
                        lines.append(text)
                        if text == b".\r\n":
                            break
                    self.taken.append(
                        (sender, recipients, b"".join(lines).decode()))
                elif words[0] == "QUIT":
                    connection.sendall(b"221 bye\r\n")
                    return
                connection.sendall(reply + b"\r\n")


def page(name):
    return (SOURCE / "man" / name).read_text(encoding="utf-8")


ESCAPES = {"\\e": "\\", "\\(dq": '"', "\\&": "", "\\(:O": "Ö",
           "\\(:u": "ü", "\\(ss": "ß"}


def plain(mdoc):
    for escape, text in ESCAPES.items():
        mdoc = mdoc.replace(escape, text)
    return mdoc


def literals(mdoc):
    """The literal texts of a piece of a page."""
    return [plain(block or line) for block, line in re.findall(
        r"^(?:\.Bd -literal.*\n([\s\S]*?)^\.Ed|\.Dl (.*\n))", mdoc, re.M)]


def example(name, before, index=0):
    """The literal text number `index` that follows a sentence of a page."""
    _, found, rest = page(name).partition(before)
    if not found:
        raise AssertionError(f"{name} has no {before!r}")
    return literals(rest)[index]


def sections(name):
    """Pairs of a title and its literal texts, for each .Sh and .Ss."""
    pieces = re.split(r"^\.S[hs] (.*)\n", page(name), flags=re.M)
    return list(zip(pieces[1::2], map(literals, pieces[2::2])))


def heredoc(text, path):
    """The text that the commands wrote into this file."""
    return re.search(re.escape(path) + r" <<END\n(.*?)^END$", text,
                     re.M | re.S).group(1)


class Bench:
    """A home, a folder of programs, a server."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.upstream = Upstream()
        self.bin = self.folder / "bin"
        self.bin.mkdir()
        for name in ("smtpost", "sendmail", "mailq"):
            (self.bin / name).symlink_to(PROGRAM)
        self.env = {"PATH": f"{self.bin}:{os.environ['PATH']}",
                    "HOME": folder, "TMPDIR": folder, "LC_ALL": "C.UTF-8"}

    def write(self, name, text, mode=0o600):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        path.chmod(mode)
        return path

    def configure(self, text):
        return self.write(".config/smtpost/config", text)

    def account(self, name):
        """A profile with a login at the server."""
        return self.configure(
            f"[{name}]\nserver = {self.upstream.url}\ntls = none\n"
            f"user = me@example.com\npassword = {PASSWORD}\n"
            "sender = me@example.com\ndomain = example.org\n"
            f"aliases = none\nqueue-dir = {self.folder}/queue\n"
            "queue-flush = no\n")

    def here(self, text):
        """A configuration of the page, with our server in it."""
        return re.sub("smtps?://[^ \n]*", self.upstream.url,
                      text) + "\n"

    def shell(self, script, stdin="", **env):
        return subprocess.run(
            ["sh", "-c", script], input=stdin, capture_output=True,
            text=True, timeout=LIMIT, cwd=self.folder,
            env={**self.env, **env})

    def alone(self, script):
        """A script that prints no errors. root does not see the queues of
        this machine."""
        inside = script
        if os.geteuid() == 0:
            inside = ("exec unshare -m sh -c 'mount -t tmpfs none /var/spool "
                      "&& exec sh -c \"$0\"' " + shlex.quote(script))
        done = self.shell(inside)
        if re.match("unshare|mount", done.stderr):
            raise Skip("/var/spool cannot be hidden: " + done.stderr.strip())
        expect(script, (done.returncode, done.stderr), (0, ""))
        return done.stdout

    def explain(self, text, **env):
        """Every setting; the configuration must be right."""
        config = self.write("explained", text)
        done = subprocess.run(
            [PROGRAM, "--config", config, "--explain"], text=True,
            stdin=subprocess.DEVNULL, capture_output=True, timeout=LIMIT,
            cwd=self.folder, env={**self.env, **env})
        expect("status of --explain", (done.returncode, done.stderr), (0, ""))
        return done.stdout


def cron(line):
    """The command of a line in a crontab, as cron gives it to sh."""
    line = line.replace("\n    ", " ").strip()
    command = re.match(r"(?:\S+ ){5}(.*)$", line).group(1)
    if re.search(r"(?<!\\)%", command):
        raise AssertionError("cron would cut this: " + command)
    return command.replace("\\%", "%").replace("/usr/local/bin/", "")


def run(checks):
    """Runs pairs of a name and a function that gets a Bench. Prints TAP, and
    returns whether one failed."""
    failed = False
    print(f"1..{len(checks)}")
    for number, (name, check) in enumerate(checks, 1):
        word, end = "ok", ""
        with tempfile.TemporaryDirectory(prefix="examples.") as folder:
            try:
                check(Bench(folder))
            except Skip as reason:
                end = f" # SKIP {reason}"
            except Exception as error:  # whatever it is, it is a failure
                word, failed = "not ok", True
                end = f"\n# {type(error).__name__}: {error}"
        print(f"{word} {number} - {name}{end}", flush=True)
    return failed
