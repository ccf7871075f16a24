"""The machine of the round trips, in namespaces of its own: files of a row, users,
host name, the server, both programs."""

import dataclasses
import email
import os
import pathlib
import shutil
import socket
import subprocess

import common
import import_server
import own_network
from common import LIMIT, SMTPOST, WRAPPER, Skip
from import_server import Offer

HOST = "client.example.test"
MESSAGE = b"From: Alice <alice@example.test>\nTo: bob@example.org\nSubject: A test\n\nHello"
USERS = {"root": 0, "mail": 8, "alice": 1000, "carol": 1001}  # others are the machine's
SYSTEM_TRUST = "etc/ssl/certs"


@dataclasses.dataclass
class Row:
    """One message by both programs. A word or text may hold {home}, the home
    directory of the user; {root}, the file with the root certificate; {client}, one
    with a certificate and its key."""
    name: str
    files: dict  # path: text, or (text, mode); all that the other program reads
    old: tuple  # the other program and its arguments
    source: str  # what --import is given: FILE or KIND:FILE
    new: tuple = ("smtpost", "-t")  # or "sendmail" and its arguments
    message: bytes = MESSAGE
    offer: Offer = dataclasses.field(default_factory=Offer)
    user: str = "root"
    host: str = HOST
    environment: dict = dataclasses.field(default_factory=dict)
    count: int = 1  # how many messages the server gets
    fields: tuple = ()  # header fields that must be alike, too
    differs: dict = dataclasses.field(default_factory=dict)  # {what: (before, now)}


def folder_of(program):
    return common.build_folder("import-" + program)


class Bench:
    def __init__(self, folder):
        folder.chmod(0o755)
        self.folder = folder
        common.make_certificates(folder, import_server.NAMES)
        self.root, self.client = folder / "root.pem", folder / "client.pem"
        self.client.touch(mode=0o600)
        self.client.write_bytes(b"".join(
            (folder / name).read_bytes() for name in ("leaf.key", "leaf.pem")))
        own_network.raise_loopback()
        for name in ("layers", "bin", "etc"):
            (folder / name).mkdir()
        (folder / "bin/sendmail").symlink_to(SMTPOST)
        (folder / "bin/smtpost").symlink_to(SMTPOST)
        self.desk = import_server.Desk(folder)

    def mount(self, *words):
        done = subprocess.run(["mount", *map(str, words)], capture_output=True, text=True,
                              stdin=subprocess.DEVNULL)
        if done.returncode != 0:
            raise Skip(f"cannot mount: {done.stderr.strip()}")

    def empty(self, path):
        """Mounts an empty folder there, until the row ends."""
        self.mount("-t", "tmpfs", "-o", "mode=755", "tmpfs", path)
        self.mounted.append(path)

    def lay_out(self, row):
        """A fresh /etc and home directories, with the files of the row."""
        self.mounted = []
        layers = self.folder / "layers"
        self.empty(layers)
        for name in ("upper", "work", "home"):
            (layers / name).mkdir()
        self.mount("-t", "overlay", "-o", f"lowerdir=/etc,upperdir={layers}/upper,"
                   f"workdir={layers}/work", "overlay", "/etc")
        self.mounted.append("/etc")
        socket.sethostname(row.host)
        self.row = row
        addresses = "".join(f"{address} {name}\n" for address, name
                            in import_server.HOSTS.items())
        passwd = "".join(
            f"{name}:x:{number}:{number}:{name.capitalize()} Example,,,:"
            f"{layers}/home/{name}:/bin/sh\n" for name, number in USERS.items())
        for path, text in (
                ("/etc/hosts", f"127.0.0.1 localhost\n{addresses}127.0.1.1 {row.host}\n"
                 "127.0.0.2 mailhub\n"),
                ("/etc/hostname", row.host + "\n"), ("/etc/mailname", row.host + "\n"),
                ("/etc/resolv.conf", ""), ("/etc/nsswitch.conf", "hosts: files\n"),
                ("/etc/aliases", ""), ("/etc/passwd", passwd),
                ("/etc/group", "".join(f"{name}:x:{number}:\n"
                                       for name, number in USERS.items()))):
            self.write(path, text)
        for name, number in USERS.items():
            home = layers / "home" / name
            home.mkdir(mode=0o755)
            self.give(home, number)
        self.trust()
        self.home = layers / "home" / row.user
        for path, text in row.files.items():
            text, mode = text if isinstance(text, tuple) else (text, 0o644)
            self.write(self.fill(path), self.fill(text), mode)

    def trust(self):
        """Makes the root certificate the only one that the machine trusts."""
        self.empty("/etc/ssl/certs")
        self.write("/etc/ssl/certs/ca-certificates.crt", self.root.read_text())
        if shutil.which("openssl") is not None:
            done = subprocess.run(["openssl", "x509", "-noout", "-hash", "-in", self.root],
                                  capture_output=True, text=True, check=True)
            self.write(f"/etc/ssl/certs/{done.stdout.strip()}.0", self.root.read_text())

    def give(self, path, number):
        if number != 0 and os.getuid() == 0:
            try:
                os.chown(path, number, number)
            except OSError:  # the namespace has only one user
                pass

    def write(self, path, text, mode=0o644):
        path = pathlib.Path(path)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.unlink(missing_ok=True)
        except PermissionError:  # a folder of root, in the namespace of another user
            raise Skip(f"cannot write {path}") from None
        path.touch(mode=0o600)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        path.chmod(mode)
        if hasattr(self, "home") and path.is_relative_to(self.home):
            self.give_tree(path)

    def give_tree(self, path):
        """Gives a file in the home directory, and its folders, to the row's user."""
        while path != self.home:
            self.give(path, USERS[self.row.user])
            path = path.parent

    def fill(self, text):
        for name, value in (("{home}", self.home), ("{root}", self.root),
                            ("{client}", self.client)):
            text = text.replace(*((name, str(value)) if isinstance(text, str)
                                  else (name.encode(), str(value).encode())))
        return text

    def clear(self):
        for path in reversed(self.mounted):
            subprocess.run(["umount", "-l", path], check=True)
        self.__dict__.pop("home", None)

    def command(self, words, environment=(), stdout=subprocess.PIPE):
        """Runs a command as the row's user; returns it, ended."""
        number = USERS[self.row.user]

        def become():
            if number != 0:
                os.setgroups([])
                os.setgid(number)
                os.setuid(number)

        words = [self.fill(str(word)) for word in words]
        try:
            return subprocess.run(
                words, input=self.fill(self.row.message), stdout=stdout,
                stderr=subprocess.PIPE, timeout=LIMIT, cwd=self.home, preexec_fn=become,
                env={"PATH": os.environ["PATH"], "HOME": str(self.home),
                     "LC_ALL": "C.UTF-8", "USER": self.row.user,
                     "LOGNAME": self.row.user, **dict(environment)})
        except subprocess.SubprocessError as error:
            if number != 0 and not isinstance(error, subprocess.TimeoutExpired):
                raise Skip("no other user can be had here") from None
            raise AssertionError(f"{words[0]}: {error}") from None

    def send_old(self, program):
        folder = folder_of(program)
        found = next((str(path) for path in (
            folder / where / self.row.old[0] for where in ("usr/bin", "usr/sbin"))
            if path.exists()), None) or shutil.which(self.row.old[0])
        if found is None:
            raise AssertionError(f"its packages have no program {self.row.old[0]}")
        libraries = [str(path) for path in (folder / "usr/lib").glob("*-linux-*")]
        return self.command([found, *self.row.old[1:]],
                            {"LD_LIBRARY_PATH": ":".join(libraries), **self.row.environment})

    def send_new(self):
        config = self.home / ".config/smtpost/config"
        self.write(config, "", 0o600)
        with config.open("wb") as out:
            done = self.command([*WRAPPER, self.folder / "bin/smtpost", "--import",
                                 self.row.source, "--with-secrets"], stdout=out)
        if done.returncode != 0:
            raise AssertionError(f"--import: {told(done)}")
        program, *words = self.row.new
        return self.command([*WRAPPER, self.folder / "bin" / program, *words],
                            {"SMTPOST_QUEUE": "never", **self.row.environment}), config

    def run(self, program, module, row):
        self.mounted = []
        try:
            try:
                self.lay_out(row)
                if hasattr(module, "set_up"):
                    module.set_up(self, row)
            except PermissionError as error:  # the namespace has only one user
                raise Skip(f"cannot replace {error.filename}") from None
            self.desk.open(row.offer)
            done = self.send_old(program)
            before = self.taken(done, program)
            done, config = self.send_new()
            after = self.taken(done, "smtpost", config)
            compare(row, before, after, config)
        finally:
            self.clear()

    def taken(self, done, program, config=None):
        # A program that succeeds may send in the background.
        waits = self.row.count > 0 and done.returncode == 0
        kept, notes = self.desk.take(self.row.count, LIMIT if waits else 0)
        if len(kept) != self.row.count:
            raise AssertionError("\n".join(
                [f"{program}: {len(kept)} messages came, not {self.row.count}", *notes,
                 told(done), config.read_text() if config else ""]))
        return kept


def told(done):
    said = (done.stdout or b"") + done.stderr
    return f"status {done.returncode} {said.decode(errors='replace')}"


def compare(row, before, after, config):
    wrong = []
    for old, new in zip(before, after):
        for name, value in dataclasses.asdict(old).items():
            wanted = row.differs.get(name, (value, value))
            if name != "content" and (value, getattr(new, name)) != wanted:
                wrong.append(f"{name}: {value!r} before, {getattr(new, name)!r} now")
        for name in row.fields:
            value = [email.message_from_bytes(one.content).get_all(name)
                     for one in (old, new)]
            if value[0] != value[1]:
                wrong.append(f"field {name}: {value[0]!r} before, {value[1]!r} now")
    if wrong:
        raise AssertionError("\n".join([*wrong, config.read_text()]))
