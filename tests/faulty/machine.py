"""For tests/faults and tests/file_faults: a server that knows which messages it
accepted completely, and ways to run the program with it."""

import os
import pathlib
import queue
import shutil
import socket
import subprocess
import sys
import threading

HERE = os.path.dirname(os.path.abspath(__file__))
PROGRAM = os.path.abspath(os.environ.get("SMTPOST", "./smtpost"))
PATIENCE = 20
# The ways that only look at the server
LOOKS = ("doctor", "server-info")

HEADER = b"From: me@x.example\nTo: you@x.example\nSubject: s\n\n"
SHORT = HEADER + b"Hello.\n.\nWorld.\n"
# More than fits into a pipe
MIDDLE = HEADER + b"".join(b"line %d\n" % i for i in range(9000))
LONG = HEADER + b"".join(b"line %d\n" % i for i in range(40000))


def wire(message):
    return message.replace(b"\n", b"\r\n")


class Server(threading.Thread):
    """Keeps the messages that it accepted completely."""

    def __init__(self, keywords, context=None, starttls=False):
        super().__init__(daemon=True)
        self.keywords = keywords
        self.context, self.starttls = context, starttls
        self.listener = socket.create_server(("127.0.0.1", 0))
        # A small buffer: the client must wait until the server reads.
        self.listener.setsockopt(
            socket.SOL_SOCKET, socket.SO_RCVBUF, 64 * 1024)
        self.port = self.listener.getsockname()[1]
        self.taken = []
        self.served = queue.Queue()
        self.hooks = {}  # functions, called once before a command is answered
        self.start()

    def act(self, moment):
        if moment in self.hooks:
            self.hooks.pop(moment)()

    def settle(self):
        """Waits until everything that ended clients sent has been read."""
        with socket.create_connection(("127.0.0.1", self.port)) as call:
            own = call.getsockname()[1]
        while self.served.get(timeout=PATIENCE) != own:
            pass

    def run(self):
        while True:
            connection, peer = self.listener.accept()
            connection.settimeout(PATIENCE)
            try:
                if self.context is not None and not self.starttls:
                    connection = self.context.wrap_socket(
                        connection, server_side=True)
                self.serve(connection)
            except (OSError, ValueError, IndexError):
                pass
            connection.close()
            self.served.put(peer[1])

    def serve(self, connection):
        file = connection.makefile("rwb")
        is_clear = self.starttls

        def say(text):
            file.write(text + b"\r\n")
            file.flush()

        say(b"220 mx")
        while True:
            line = file.readline()
            verb = line.split()[0].upper() if line.endswith(b"\n") else b""
            if not verb:
                return
            self.act(verb)
            if verb == b"EHLO":
                words = [b"STARTTLS"] if is_clear else self.keywords
                say(b"".join(b"250-%s\r\n" % word for word in [b"mx"] + words)
                    + b"250 SIZE")
            elif verb == b"STARTTLS":
                say(b"220 go")
                connection = self.context.wrap_socket(
                    connection, server_side=True)
                file = connection.makefile("rwb")
                is_clear = False
            elif verb == b"DATA":
                say(b"354 go")
                self.taken.append(self.read_content(file))
                say(b"250 taken")
            elif verb == b"BDAT":
                content = file.read(int(line.split()[1]))
                if len(content) != int(line.split()[1]):
                    return
                self.taken.append(content)
                say(b"250 taken")
            elif verb == b"AUTH":
                say(b"235 ok")
            elif verb == b"QUIT":
                say(b"221 bye")
                return
            else:
                say(b"250 ok")

    def read_content(self, file):
        content = bytearray()
        for line in file:
            self.act(b"content")
            if line == b".\r\n":
                return bytes(content)
            if not line.endswith(b"\n"):
                break
            content += line[1:] if line[:1] == b"." else line
        raise ValueError("broken off")


def environment(folder, preload=None, **more):
    environ = {"PATH": os.environ["PATH"], "HOME": folder,
               "TMPDIR": folder, "LC_ALL": "C"}
    if preload:
        environ["LD_PRELOAD"] = preload
    # The preload comes before the sanitizer, which replaces read() too.
    environ["ASAN_OPTIONS"] = ":".join(
        [os.environ.get("ASAN_OPTIONS", ""), "verify_asan_link_order=0"])
    environ.update(more)
    return environ


class Scene:
    """One way of sending; `run` runs it once and returns the result."""

    def __init__(self, name, folder, server, message, way, settings):
        self.name, self.server, self.message = name, server, message
        self.folder, self.way = folder, way
        self.mails = 0 if way in LOOKS else 1
        self.report = None  # without a fault, of a way that looks
        self.preload = None
        self.input = os.path.join(folder, name + ".eml")
        with open(self.input, "wb") as file:
            file.write(message)
        config = os.path.join(folder, name + ".conf")
        with open(config, "w") as file:
            # A long message from a pipe is kept in a temporary file. The
            # faults of the queue are those of queue_faults.
            file.write("ehlo-name = client.example\nheader-policy = keep\n"
                       "memory-max = 64K\nqueue = never\n"
                       + settings)
        os.chmod(config, 0o600)
        self.command = os.environ.get("WRAPPER", "").split() + [
            PROGRAM, "--config", config]

    def run(self, options=None, **more):
        """(exit status or "hangs", stdout, stderr). `options` are for Popen; the
        other arguments are variables of the environment."""
        del self.server.taken[:]
        env = environment(self.folder, self.preload, **more)
        if self.way in ("serve", "serve-socket"):
            result = self.run_server(env, options or {})
        else:
            result = self.run_post(env, options or {})
        self.server.settle()
        return result

    def run_post(self, env, options):
        piped = self.way == "pipe"
        words = ["-f", "me@x.example", "you@x.example"]
        if self.way in LOOKS:
            words = ["--" + self.way, "--report", "json", *words[:2]]
        elif self.way == "run":
            words = ["--run", "--mail-on", "always", "--report", "text", *words,
                     "--", "cat"]
        source = subprocess.PIPE if piped else open(self.input, "rb")
        options = dict({"stdout": subprocess.PIPE, "stderr": subprocess.PIPE},
                       **options)
        process = subprocess.Popen(
            self.command + words, stdin=source, env=env, **options)
        try:
            out, err = process.communicate(
                self.message if piped else None, PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            out, err = process.communicate()
            return "hangs", out, err
        finally:
            if not piped:
                source.close()
        return process.returncode, out or b"", err or b""

    def run_server(self, env, options):
        """Runs -bs; stdout is the last reply to the content, or b""."""
        if self.way == "serve-socket":
            ours, theirs = socket.socketpair()
            process = subprocess.Popen(
                self.command + ["-bs"], stdin=theirs, stdout=theirs,
                stderr=subprocess.PIPE, env=env, **options)
            theirs.close()
            into, out = ours.makefile("wb"), ours.makefile("rb")
        else:
            ours = None
            process = subprocess.Popen(
                self.command + ["-bs"], stdin=subprocess.PIPE,
                stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=env,
                **options)
            into, out = process.stdin, process.stdout
        killer = threading.Timer(PATIENCE, process.kill)
        killer.start()
        answer = self.converse(into, out)
        for end in (into, out, ours):
            try:
                if end is not None:
                    end.close()
            except OSError:
                pass
        with process.stderr as file:
            err = file.read()
        process.wait()
        hangs = not killer.is_alive()
        killer.cancel()
        killer.join()
        return "hangs" if hangs else process.returncode, answer, err

    def converse(self, into, out):
        def hear():
            while True:
                line = out.readline()
                if line[3:4] != b"-":
                    return line

        def ask(line):
            into.write(line + b"\r\n")
            into.flush()
            return hear()

        try:
            hear()
            for line in (b"EHLO me", b"MAIL FROM:<me@x.example>",
                         b"RCPT TO:<you@x.example>"):
                if ask(line)[:1] != b"2":
                    return b""
            if ask(b"DATA")[:3] != b"354":
                return b""
            answer = ask(b"".join(
                b"." + line if line[:1] == b"." else line for line in
                wire(self.message).splitlines(True)) + b".")
            ask(b"QUIT")
            return answer
        except OSError:
            return b""


def make_composed(folder, server, settings):
    """The message is the text of one that is composed: two blocks of a file."""
    text = b"".join(b"%d %s\n" % (i, b"x" * 800) for i in range(90))
    scene = Scene("composed", folder, server, text, "file", settings)
    scene.command += ["-s", "s", "--body-file", scene.input]
    return scene


def make_scenes(folder, context, root):
    """`root` is the file with the root of the context's certificate."""
    plain = Server([b"PIPELINING"])
    settings = "server = smtp://127.0.0.1:%d\ntls = none\n" % plain.port
    scenes = [
        Scene("plain", folder, plain, SHORT, "file", settings),
        Scene("plain-pipe", folder, plain, SHORT, "pipe", settings),
        Scene("long-file", folder, plain, LONG, "file", settings),
        Scene("long-pipe", folder, plain, LONG, "pipe", settings),
        Scene("name", folder, plain, SHORT, "file",
              settings.replace("127.0.0.1", "localhost")),
        Scene("run", folder, plain, SHORT, "run", settings),
        Scene("filter", folder, plain, MIDDLE, "pipe",
              settings + "filter-command = cat\n"),
        Scene("copy-file", folder, plain, SHORT, "file",
              settings + "sent-copy = sent\n"),
        Scene("copy-folder", folder, plain, SHORT, "file",
              settings + "sent-copy = Sent/\n"),
        make_composed(folder, plain, settings),
        Scene("serve", folder, plain, SHORT, "serve", settings),
        Scene("serve-socket", folder, plain, SHORT, "serve-socket", settings),
        *make_imports(folder, plain),
    ]
    if context is None:
        return scenes
    password = os.path.join(folder, "password")
    with open(password, "w") as file:
        file.write("secret\n")
    os.chmod(password, 0o600)
    keywords = [b"PIPELINING", b"CHUNKING", b"AUTH PLAIN"]
    settings = ("server = %s://127.0.0.1:%d\ntls-trust = " + root
                + "\nuser = me\npassword-file = " + password + "\n")
    by_command = settings.replace("password-file = " + password,
                                  "password-command = echo secret")
    tls = Server(keywords, context)
    starttls = Server(keywords[:1] + keywords[2:], context, True)
    return scenes + [
        Scene("tls", folder, tls, SHORT, "file",
              settings % ("smtps", tls.port)),
        Scene("tls-long", folder, tls, LONG, "file",
              settings % ("smtps", tls.port)),
        Scene("starttls", folder, starttls, SHORT, "file",
              settings % ("smtp", starttls.port)),
        Scene("command", folder, tls, SHORT, "file",
              by_command % ("smtps", tls.port)),
        Scene("doctor", folder, starttls, SHORT, "doctor",
              "queue-dir = queue\n" + by_command % ("smtp", starttls.port)),
        Scene("server-info", folder, tls, SHORT, "server-info",
              settings % ("smtps", tls.port)),
    ]


class Import:
    """A run of --import on a copy of a sample; no server takes part. With --write
    the passwords are written, too. `run` returns (exit status or "hangs", stdout,
    stderr) and keeps what it finds in the new folder: {name: text}."""

    mails, way = 0, "import"

    def __init__(self, folder, server, sample, argument, writes):
        self.name = "import-%s%s" % (sample, "-write" if writes else "")
        self.server, self.preload, self.writes = server, None, writes
        source = os.path.join(HERE, "..", "import", sample)
        self.folder = os.path.join(folder, self.name)
        shutil.copytree(source, self.folder, copy_function=shutil.copyfile)
        for path, folders, names in os.walk(self.folder):
            os.chmod(path, 0o700)
            for name in names:
                os.chmod(os.path.join(path, name), 0o600)
        self.secrets = pathlib.Path(source, "secrets").read_bytes().splitlines()
        self.made = os.path.join(self.folder, "made")
        self.command = os.environ.get("WRAPPER", "").split() + [
            PROGRAM, "--import", argument] + (
                ["--with-secrets", "--write", "--config", "made/new/config"]
                if writes else [])
        self.files, self.expected = {}, None

    def run(self, **more):
        del self.server.taken[:]  # by the scene before
        shutil.rmtree(self.made, ignore_errors=True)
        try:
            done = subprocess.run(
                self.command, stdin=subprocess.DEVNULL, capture_output=True,
                env=environment(os.path.join(self.folder, "home"), self.preload,
                                **more),
                cwd=self.folder, timeout=PATIENCE, check=False)
        except subprocess.TimeoutExpired as late:
            return "hangs", late.stdout or b"", late.stderr or b""
        self.files = {path.name: path.read_bytes()
                      for path in pathlib.Path(self.made).rglob("*")
                      if path.is_file()}
        return done.returncode, done.stdout, done.stderr


def make_imports(folder, server):
    return [Import(folder, server, sample, argument, writes)
            for sample, argument in (("git-all", "gitconfig"),
                                     ("msmtprc-all", "msmtprc"),
                                     ("mutt-accounts", "home/.mutt/muttrc"),
                                     ("nullmailer-all", "nullmailer"))
            for writes in (False, True)]


def is_sanitized():
    with open(PROGRAM, "rb") as file:
        return b"__asan_init" in file.read()


def compile_preload(folder, name="preload"):
    """(path of the preload of that name, None), or (None, the reason)"""
    compiler = shutil.which(os.environ.get("CC", "cc").split()[0])
    if not sys.platform.startswith("linux"):
        return None, "the preload is for Linux"
    if compiler is None:
        return None, "there is no compiler"
    path = os.path.join(folder, name + ".so")
    words = [compiler, "-shared", "-fPIC", "-O1",
             os.path.join(HERE, name + ".c"), "-o", path, "-ldl"]
    if is_sanitized():
        words.append("-DNO_MALLOC")
    done = subprocess.run(words, capture_output=True)
    if done.returncode:
        return None, "cannot compile the preload: " + \
            done.stderr.decode(errors="replace").split("\n")[0]
    return path, None
