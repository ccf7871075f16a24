"""A separate machine for one test, and calls of the program on it.

As root, the test starts itself again in a private mount namespace: /etc is an
overlay with users, a host name and a configuration of its own, and each call
runs as the user that made it. Without root, a user namespace gives all that but
other users. Without either, only the home directory is the test's own.
"""

import os
import pathlib
import pwd
import re
import selectors
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

SMTPOST = os.path.abspath(os.environ.get("SMTPOST", "./smtpost"))
MARK = "SMTPOST_TEST_STAGE"
DOMAIN = "home.example"
USERS = {"alice": ("Alice Example,,,", 20011), "jose": ("José Ñandú", 20012)}
LIMIT = 60
COPY_MAX = 100 * 1024 * 1024


def enter():
    """Starts the test again inside the namespaces; returns at once if it is inside."""
    if MARK in os.environ:
        return
    ways = [("root", [])] if os.geteuid() == 0 else []
    ways.append(("user", ["--user", "--map-root-user"]))
    for name, options in ways:
        command = ["unshare", "--mount", "--uts", "--propagation", "private", *options]
        overlay = ("d=$(mktemp -d) && trap 'umount -l $d; rmdir $d' EXIT && "
                   "mount -t tmpfs tmpfs $d && mkdir $d/a $d/b $d/c && "
                   "mount -t overlay -o lowerdir=/etc,upperdir=$d/a,workdir=$d/b overlay $d/c"
                   " && umount $d/c")
        try:
            if subprocess.run([*command, "sh", "-c", overlay], stdin=subprocess.DEVNULL,
                              capture_output=True, timeout=20).returncode == 0:
                os.environ[MARK] = name
                os.execvp("unshare", [*command, sys.executable, *sys.argv])
        except (OSError, subprocess.TimeoutExpired):
            pass
    os.environ[MARK] = "none"


class Refusal(Exception):
    """This machine does not allow what is needed: a reason to skip."""


class Call:
    """One call; fds are the words of tests/callers: pipe, /dev/null, closed..."""

    def __init__(self, argv, stdin=b"", env=None, user=None, cwd="/", umask=0o022,
                 fds=("pipe", "pipe", "pipe"), leaked=None, ignored=(), blocked=()):
        self.argv, self.stdin, self.user, self.cwd = argv, stdin, user, cwd
        self.env = {} if env is None else env
        self.umask, self.fds, self.leaked = umask, list(fds), dict(leaked or {})
        self.ignored, self.blocked = ignored, blocked
        self.offset = 0        # of a regular file on standard input
        self.before_exec = None
        self.slowly = None     # seconds between blocks on standard input


class Result:
    status = None       # exit status; negative: the signal that ended it
    out = err = b""
    broken_pipe = False  # SIGPIPE would have ended a caller that does not ignore it
    offset = None       # where a regular file on standard input stands
    leaked = None       # what was written into leaked files

    def describe(self):
        return f"exit {self.status}, stdout {self.out[:300]!r}, stderr {self.err[:600]!r}"


class Stage:
    def __init__(self):
        self.kind = os.environ.get(MARK, "none")
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="smtpost-stage-"))
        self.folder.chmod(0o755)
        if self.kind != "none":
            try:
                run("mount", "-t", "tmpfs", "-o", "mode=755", "tmpfs", self.folder)
                # The machine's own queues are neither listed nor run.
                if os.path.isdir("/var/spool/smtpost"):
                    run("mount", "-t", "tmpfs", "-o", "mode=755", "tmpfs",
                        "/var/spool/smtpost")
            except Refusal:
                self.folder.rmdir()
                raise
        for name in ("bin", "home", "tmp", "layers"):
            (self.folder / name).mkdir()
        (self.folder / "tmp").chmod(0o1777)
        self.program = self.folder / "bin/smtpost"
        shutil.copy(SMTPOST, self.program)
        self.program.chmod(0o755)
        for name in ("sendmail", "mailq", "newaliases"):
            os.symlink("smtpost", self.folder / "bin" / name)
        self.homes = {}
        self.me = pwd.getpwuid(os.getuid()).pw_name
        for name in ("root", "alice", "jose", "logcheck", self.me):
            self.homes[name] = self.folder / "home" / name
            self.homes[name].mkdir(exist_ok=True)
        if self.kind != "none":
            self.furnish()
        self.config_text = None

    def overlay(self, path):
        """Makes what is written below the folder visible to this test only."""
        if self.kind == "user":
            # Folders whose owners are not mapped can be read, but not written to.
            self.copy(path)
            return
        upper = self.folder / "layers" / str(path).strip("/").replace("/", "-")
        work = upper.with_name(upper.name + ".work")
        upper.mkdir()
        work.mkdir()
        run("mount", "-t", "overlay", "-o",
            f"lowerdir={path},upperdir={upper},workdir={work}", "overlay", path)

    def copy(self, path):
        there = self.folder / "layers" / str(path).strip("/").replace("/", "-")
        size = 0
        for folder, _, files in os.walk(path):
            size += sum(os.lstat(os.path.join(folder, name)).st_size for name in files)
            if size > COPY_MAX:
                raise Refusal(f"{path} is too large to be copied")
        try:
            shutil.copytree(path, there, symlinks=True)
        except shutil.Error:
            pass  # only root can read it
        run("mount", "--bind", there, path)

    def furnish(self):
        run("hostname", "vm")
        self.overlay("/etc")
        lines = pathlib.Path("/etc/passwd").read_text(errors="surrogateescape").splitlines()
        ours = [f"{name}:*:{uid}:{uid}:{gecos}:{self.homes[name]}:/bin/sh"
                for name, (gecos, uid) in USERS.items()]
        for line in lines:
            words = line.split(":")
            if words[0] in self.homes and words[0] not in USERS:
                words[5] = str(self.homes[words[0]])
            if words[0] not in USERS and words[2:3] not in [[str(u)] for _, u in USERS.values()]:
                ours.append(":".join(words))
        write("/etc/passwd", "\n".join(ours) + "\n")
        write("/etc/mailname", DOMAIN + "\n")
        write("/etc/hosts", "127.0.0.1 localhost vm\n::1 localhost\n")
        write("/etc/hostname", "vm\n")
        pathlib.Path("/etc/aliases").unlink(missing_ok=True)
        if self.kind == "root":
            for name, (_, uid) in USERS.items():
                os.chown(self.homes[name], uid, uid)
        said = subprocess.run([self.program, "--version"], capture_output=True, text=True,
                              stdin=subprocess.DEVNULL).stdout
        match = re.search(r"^configuration: (/.*)$", said, re.MULTILINE)
        if match is None:
            raise Refusal("the program does not tell where its configuration is")
        self.system_config = pathlib.Path(match[1])
        if not str(self.system_config).startswith("/etc/"):
            there = self.system_config.parent
            while not there.is_dir():
                there = there.parent
            self.overlay(there)
        self.system_config.parent.mkdir(parents=True, exist_ok=True)
        self.system_config.parent.chmod(0o755)

    def configure(self, text):
        """Writes the configuration for the next call. Without a word about the
        queue there is none, so that what cannot be sent is a failure."""
        if "queue" not in text and "server" in text:
            text = "queue = never\n" + text
        if self.kind != "none":
            write(self.system_config, text)
        else:
            text = f"domain = {DOMAIN}\n" + text
        self.config_text = text

    def account(self, name):
        """The user that the call runs as."""
        if self.kind == "root":
            try:
                return pwd.getpwnam(name)
            except KeyError:
                return pwd.getpwnam("alice")
        return pwd.getpwuid(os.getuid())

    def home(self, name):
        return str(self.homes[name if name in self.homes and self.kind == "root" else self.me])

    def stop(self):
        os.chdir("/")
        if self.kind != "none":
            run("umount", "-l", self.folder)
            self.folder.rmdir()
        else:
            shutil.rmtree(self.folder, ignore_errors=True)

    def prepare(self, call):
        """Prepares the environment and the account of the call, as far as possible."""
        account = self.account(call.user or self.me)
        env = dict(call.env)
        if self.kind == "none":
            if "HOME" not in env:
                raise Refusal("without HOME the configuration must be the system's: "
                              "no namespaces here")
            env["HOME"] = str(self.homes[self.me])
            folder = self.homes[self.me] / ".config/smtpost"
            folder.mkdir(parents=True, exist_ok=True)
            write(folder / "config", self.config_text)
        for name in ("ASAN_OPTIONS", "UBSAN_OPTIONS"):
            if name in os.environ:
                env[name] = os.environ[name]
        return account, env

    def start(self, call):
        account, env = self.prepare(call)
        run_as = Running(self, call)
        executable = self.folder / "bin" / os.path.basename(call.argv[0])
        if not executable.exists():
            executable = self.program
        pid = os.fork()
        if pid == 0:
            try:
                run_as.in_child(account, str(executable), env)
            except BaseException as error:
                os.write(2, f"# {error!r}\n".encode())
            os._exit(120)
        run_as.pid = pid
        run_as.in_parent()
        return run_as

    def run(self, call):
        return self.start(call).finish()


class Running:
    def __init__(self, stage, call):
        self.stage, self.call = stage, call
        self.sources = {}   # number in the child: descriptor here
        self.ends = {}      # number in the child: our end
        self.files = {}
        self.result = Result()
        for number, kind in enumerate(call.fds):
            self.open(number, kind)
        for number, kind in call.leaked.items():
            self.open(number, kind)

    def open(self, number, kind):
        kind = kind.lower()
        if kind.startswith("closed"):
            return
        if kind.startswith("/dev/null"):
            self.sources[number] = os.open("/dev/null", os.O_RDWR)
        elif kind.startswith("regular file"):
            file = tempfile.TemporaryFile(dir=self.stage.folder / "tmp")
            if number == 0:
                file.write(self.call.stdin)
                file.flush()
                file.seek(self.call.offset)
            elif number > 2:
                file.write(b"leaked")
                file.flush()
                file.seek(0)
            os.fchmod(file.fileno(), 0o666)
            self.files[number] = file
            self.sources[number] = os.dup(file.fileno())
        elif kind.startswith("socket"):
            ours, theirs = socket.socketpair()
            self.ends[number] = ours.detach()
            self.sources[number] = theirs.detach()
        else:
            reading, writing = os.pipe()
            ours, theirs = (writing, reading) if number == 0 else (reading, writing)
            self.ends[number] = ours
            self.sources[number] = theirs

    def in_child(self, account, executable, env):
        call = self.call
        high = {number: fcntl_dup(fd) for number, fd in self.sources.items()}
        for number in range(1, signal.NSIG):
            if number not in (signal.SIGKILL, signal.SIGSTOP) and number < 32:
                signal.signal(number, signal.SIG_DFL)
        for name in call.ignored:
            signal.signal(getattr(signal, "SIG" + name), signal.SIG_IGN)
        os.umask(call.umask)
        # The user may be in a folder that it could not enter.
        os.chdir(call.cwd)
        if call.before_exec is not None:
            call.before_exec()
        if account.pw_uid != os.getuid():
            os.setgroups([])
            os.setresgid(account.pw_gid, account.pw_gid, account.pw_gid)
            os.setresuid(account.pw_uid, account.pw_uid, account.pw_uid)
        os.closerange(0, 200)
        for number, fd in high.items():
            os.dup2(fd, number)
        os.closerange(200, 1024)
        signal.pthread_sigmask(
            signal.SIG_SETMASK, [getattr(signal, "SIG" + name) for name in call.blocked])
        os.execve(executable, call.argv, env)

    def in_parent(self):
        for fd in self.sources.values():
            os.close(fd)
        for fd in self.ends.values():
            os.set_blocking(fd, False)
        self.rest = memoryview(self.call.stdin) if 0 in self.ends else memoryview(b"")
        self.selector = selectors.DefaultSelector()
        for number, fd in self.ends.items():
            self.selector.register(
                fd, selectors.EVENT_WRITE if number == 0 else selectors.EVENT_READ, number)
        self.deadline = time.monotonic() + LIMIT

    def drop(self, number):
        self.selector.unregister(self.ends[number])
        os.close(self.ends.pop(number))

    def feed(self):
        try:
            block = 4096 if self.call.slowly else 65536
            if len(self.rest) > 0:
                written = os.write(self.ends[0], self.rest[:block])
                self.rest = self.rest[written:]
                if self.call.slowly:
                    time.sleep(self.call.slowly)
        except BlockingIOError:
            return
        except OSError:
            self.result.broken_pipe = True
            self.rest = memoryview(b"")
        if len(self.rest) == 0:
            self.drop(0)

    def hear(self, number):
        try:
            block = os.read(self.ends[number], 65536)
        except BlockingIOError:
            return
        except OSError:
            block = b""
        if not block:
            self.drop(number)
        elif number == 1:
            self.result.out += block
        elif number == 2:
            self.result.err += block

    def step(self, seconds):
        for key, _ in self.selector.select(seconds):
            if key.data == 0:
                self.feed()
            else:
                self.hear(key.data)

    def has_ended(self):
        pid, status = os.waitpid(self.pid, os.WNOHANG)
        if pid == 0:
            return False
        self.result.status = os.waitstatus_to_exitcode(status)
        return True

    def finish(self):
        while not self.has_ended():
            if time.monotonic() > self.deadline:
                os.kill(self.pid, signal.SIGKILL)
            if self.selector.get_map():
                self.step(0.01)
            else:
                time.sleep(0.002)
        # What is left in the pipes; no other process may hold them open by now.
        end = time.monotonic() + 1
        while any(n in self.ends for n in (1, 2)) and time.monotonic() < end:
            self.step(0.05)
        self.result.held = [n for n in (1, 2) if n in self.ends]
        if 0 in self.ends and len(self.rest) > 0:
            self.result.broken_pipe = True
        for number in list(self.ends):
            self.drop(number)
        self.selector.close()
        self.read_files()
        return self.result

    def read_files(self):
        self.result.leaked = {}
        for number, file in self.files.items():
            if number == 0:
                self.result.offset = os.lseek(file.fileno(), 0, os.SEEK_CUR)
                continue
            file.seek(0)
            if number == 1:
                self.result.out = file.read()
            elif number == 2:
                self.result.err = file.read()
            else:
                self.result.leaked[number] = file.read()
            file.close()


def fcntl_dup(fd):
    import fcntl
    return fcntl.fcntl(fd, fcntl.F_DUPFD, 200)


def run(*words):
    done = subprocess.run([str(word) for word in words], stdin=subprocess.DEVNULL,
                          capture_output=True, text=True)
    if done.returncode != 0:
        raise Refusal(f"{words[0]} is not possible here: {done.stderr.strip()}")


def write(path, text):
    path = pathlib.Path(path)
    path.write_text(text)
    path.chmod(0o644)
