"""A spool with its configuration, the program, and a server that plays a part:
for the suites about runs of the queue."""

import concurrent.futures
import os
import re
import socket
import subprocess
import sys
import tempfile
import threading

from queue_spool import crc32c
from scripted import suite
from scripted.runner import Skip

SMTPOST = os.path.abspath(os.environ.get("SMTPOST", "./smtpost"))
DRIVER = os.path.abspath(
    os.environ.get("QUEUE_DRIVER", "tests/spool/queue_driver"))
MESSAGE = b"From: me@example.com\nSubject: hello\n\nHello.\n"
LIMIT = 60


class Server(threading.Thread):
    """An SMTP server. `reply(state)` may return another reply to a command, None
    for the usual one, SILENCE for none at all, CLOSE, or LOST (the command is done,
    and the reply is lost); state is a dict with verb, line, session (from 1), mail
    (MAIL commands so far), turn (MAIL commands of this session), sender,
    recipient, recipients, and for CONTENT behind: whether MAIL came with it."""

    CLOSE, LOST, SILENCE = "close", "lost", "silence"
    # The client sends MAIL in one flight with the end of the content before it to
    # the first, and not to the second, which names a server that refuses that.
    IN_FLIGHTS, ONE_BY_ONE = "220 mx.example ESMTP", "220 mx.example ESMTP Haraka"

    def __init__(self, reply=None, extensions=("PIPELINING", "8BITMIME"),
                 greeting=ONE_BY_ONE, place=("127.0.0.1", 0)):
        super().__init__(daemon=True)
        self.greeting = greeting
        self.reply = reply or (lambda state: None)
        self.extensions = extensions
        self.listener = socket.create_server(place)
        self.port = self.listener.getsockname()[1]
        self.sessions = self.mails = self.open_sessions = 0
        self.lock = threading.Lock()
        self.ended = threading.Condition()
        self.taken = []  # (sender, recipients, content)
        self.commands = []
        self.start()

    def run(self):
        while True:
            try:
                connection = self.listener.accept()[0]
            except OSError:
                return
            threading.Thread(target=self.serve, daemon=True,
                             args=(connection,)).start()

    def close(self):
        # Another socket may get the number of a descriptor that is closed, so
        # the thread must not use it any more.
        try:
            self.listener.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        self.join()
        self.listener.close()

    def serve(self, connection):
        with self.lock:
            self.sessions += 1
            session = self.sessions
        with self.ended:
            self.open_sessions += 1
        try:
            self.play(connection, session)
        except OSError:
            pass
        finally:
            connection.close()
            with self.ended:
                self.open_sessions -= 1
                self.ended.notify_all()

    def settle(self):
        """Waits until all that clients have sent was read."""
        with self.ended:
            if not self.ended.wait_for(
                    lambda: self.open_sessions == 0, LIMIT):
                raise RuntimeError("a session does not end")

    @staticmethod
    def hang_up(connection):
        """Closes after the last reply, which a reset would take away."""
        connection.shutdown(socket.SHUT_WR)
        while connection.recv(65536):
            pass
        raise OSError("closed")

    def play(self, connection, session):
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        file = connection.makefile("rwb")
        state = {"session": session, "mail": 0, "turn": 0, "sender": None,
                 "recipients": [], "recipient": None, "behind": False}
        has_mail, chunks = False, []

        def has_mail_behind():
            connection.setblocking(False)
            more = file.peek(5)
            connection.setblocking(True)
            return (more or b"").startswith(b"MAIL ")

        def say(text):
            for line in text.split("\n"):
                file.write(line.encode() + b"\r\n")
            file.flush()

        def answer(verb, line, usual, content=None):
            state.update(verb=verb, line=line)
            with self.lock:
                self.commands.append(line or verb)
                text = self.reply(dict(state)) or usual
                is_good = text in (self.SILENCE, self.LOST) or text[0] in "23"
                # The mail is taken even if the client hears no reply.
                if content is not None and is_good:
                    self.taken.append((state["sender"],
                                       list(state["recipients"]), content))
            if text == self.CLOSE:
                raise OSError("closed")
            if text == self.LOST:
                connection.shutdown(socket.SHUT_RDWR)
                return True
            if text != self.SILENCE:
                say(text)
            if text.startswith("421"):
                self.hang_up(connection)
            return is_good

        if not answer("GREETING", "", self.greeting):
            return
        for octets in file:
            line = octets.decode("utf-8", "replace").rstrip("\r\n")
            verb = line.split(":")[0].split(" ")[0].upper()
            if verb == "EHLO":
                names = ["mx.example", *self.extensions]
                answer(verb, line, "\n".join(
                    "250%s%s" % ("-" if i + 1 < len(names) else " ", name)
                    for i, name in enumerate(names)))
            elif verb == "MAIL":
                with self.lock:
                    self.mails += 1
                    state["mail"] = self.mails
                state["turn"] += 1
                state["sender"] = re.search("<(.*?)>", line).group(1)
                state["recipients"], chunks = [], []
                has_mail = answer(verb, line, "250 2.1.0 ok")
            elif verb == "RCPT":
                state["recipient"] = re.search("<(.*?)>", line).group(1)
                if not has_mail:
                    say("503 5.5.1 no MAIL before")
                elif answer(verb, line, "250 2.1.5 ok"):
                    state["recipients"].append(state["recipient"])
            elif verb == "DATA":
                if not state["recipients"]:
                    answer(verb, line, "503 5.5.1 no recipients")
                    continue
                if not answer(verb, line, "354 go ahead"):
                    continue
                lines = []
                for part in iter(file.readline, b".\r\n"):
                    if not part:
                        return
                    lines.append(part)
                state["behind"] = has_mail_behind()
                answer("CONTENT", "", "250 2.0.0 taken", b"".join(lines))
            elif verb == "BDAT":
                size = int(line.split()[1])
                chunk = file.read(size)
                if len(chunk) < size:
                    return
                chunks.append(chunk)
                if not line.upper().endswith(" LAST"):
                    answer(verb, line, "250 2.0.0 go on")
                elif state["recipients"]:
                    answer("CONTENT", "", "250 2.0.0 taken", b"".join(chunks))
                else:
                    answer(verb, line, "503 5.5.1 no recipients")
            elif verb == "QUIT":
                answer(verb, line, "221 bye")
                return
            elif verb == "AUTH":
                answer(verb, line, "235 2.7.0 ok")
            else:
                answer(verb, line, "250 ok")


def sealed_lines(octets):
    """The lines of an envelope file that count, without their checksums."""
    lines, total = [], 0
    for line in octets.split(b"\n")[:-1]:
        text, _, seal = line.rpartition(b" #")
        total = crc32c(text, total)
        if seal != b"%08x" % total:
            break
        lines.append(text.decode("utf-8", "backslashreplace"))
    return lines


class Scene:
    """A spool, a configuration, and the program."""

    def __init__(self, folder):
        self.folder = folder
        self.spool = os.path.join(folder, "spool")
        self.config = os.path.join(folder, "config")
        self.wrong = []
        self.configure(1)

    def configure(self, port, *settings, name="work"):
        """A setting that is given replaces the usual one of its name."""
        usual = ("server = smtp://127.0.0.1:%d" % port, "tls = none",
                 "ehlo-name = client.example", "sender = me@example.com",
                 "timeout = 5s", "timeout-connect = 5s",
                 "queue-dir = " + self.spool)
        names = [setting.split(" =")[0] for setting in settings]
        with open(self.config, "w", encoding="utf-8") as file:
            file.write("[%s]\n" % name + "\n".join((
                *(setting for setting in usual
                  if setting.split(" =")[0] not in names), *settings)) + "\n")

    def add(self, *recipients, message=MESSAGE, profile="work",
            sender="me@example.com", age=0, notify="-", config=None):
        ended = subprocess.run(
            [DRIVER, self.spool, profile, sender, str(age), notify,
             *(recipients or ("a@example.org",))],
            input=message, stdout=subprocess.PIPE, timeout=LIMIT, check=True,
            env={**os.environ, **({"QUEUE_CONFIG": config} if config else {})})
        return ended.stdout.decode().strip()

    def run(self, *arguments, status=0, wrapper=(), message=b"", env=None):
        """Runs the program, which may end with any status if `status` is None;
        wrapper stands in front of it, and env is added to the environment."""
        ended = subprocess.run(
            [*wrapper, SMTPOST, "-C", self.config,
             *(arguments or ("--queue-run",))],
            input=message, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            timeout=LIMIT, check=False, env={**os.environ, **(env or {})})
        self.output = ended.stdout.decode("utf-8", "replace")
        self.errors = ended.stderr.decode("utf-8", "replace")
        if status is not None and ended.returncode != status:
            self.wrong.append("%s ended with %d, not %d: %s" % (
                " ".join(arguments) or "--queue-run", ended.returncode,
                status, self.errors))
        return self

    def let_pass(self, seconds):
        """Puts the spool's clock forward, after a run."""
        path = os.path.join(self.spool, "clock")
        with open(path, encoding="ascii") as file:
            shows, *others = file.read().split()
        with open(path, "w", encoding="ascii") as file:
            print(int(shows) + seconds, *others, file=file)

    def records(self, name, place="mail"):
        """The records of a mail without their checksums, up to the first one
        whose checksum is wrong; None: it is gone."""
        try:
            with open(os.path.join(self.spool, place, name + ".env"),
                      "rb") as file:
                lines = sealed_lines(file.read())
        except FileNotFoundError:
            return None
        return lines[lines.index("end") + 1:]

    def file(self, name):
        """The text of a file in the folder; "" where there is none."""
        try:
            with open(os.path.join(self.folder, name),
                      encoding="utf-8") as file:
                return file.read()
        except FileNotFoundError:
            return ""

    def mails(self, place="mail"):
        return sorted(name[:-4] for name in
                      os.listdir(os.path.join(self.spool, place))
                      if name.endswith(".env"))

    def server_state(self):
        return sorted(os.listdir(os.path.join(self.spool, "server")))

    def claim(self, what, true):
        if not true:
            self.wrong.append("not true: " + what)

    def same(self, what, found, expected):
        if found != expected:
            self.wrong.append("%s: %r, not %r" % (what, found, expected))


def keywords(records):
    return [record.split(" ")[0] for record in records or []]


def reply_to(verb, text, **fits):
    """The reply to a command, where the state has these values."""
    return lambda state: text if state["verb"] == verb and all(
        state[key] == value for key, value in fits.items()) else None


def play_scene(number, name, function):
    """(number, name with a TAP directive, what is wrong)"""
    with tempfile.TemporaryDirectory() as folder:
        scene = Scene(os.path.realpath(folder))
        try:
            function(scene)
        except Skip as reason:
            name += " # SKIP %s" % reason
        except Exception as trouble:  # noqa: BLE001
            scene.wrong.append("%s: %s" % (type(trouble).__name__, trouble))
    return number, name, scene.wrong


def play_scenes(scenes, parts):
    """Plays (name, function) of each scene whose name has one of the parts, if
    there are any, several at once. Prints TAP; returns the exit status."""
    chosen = [row for row in scenes
              if not parts or any(part in row[0] for part in parts)]
    if not chosen:
        sys.exit("there is no scene of that name")
    suite.catch_signals()
    print("1..%d" % len(chosen), flush=True)
    failed = False
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        for number, name, wrong in pool.map(
                lambda row: play_scene(*row),
                [(i + 1, *row) for i, row in enumerate(chosen)]):
            print("%s %d - %s" % ("not ok" if wrong else "ok", number, name))
            for text in wrong:
                print("\n".join("# " + line for line in text.split("\n")))
            sys.stdout.flush()
            failed |= bool(wrong)
    return 1 if failed else 0
