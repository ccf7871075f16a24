"""Runs a server that is not installed, as if on its own machine.

apt-get fetches its packages, which are unpacked into the build tree (common.py).
During a test an overlay shows them over the machine's own files; what is written
stays in memory. The server's commands run there as root.
"""

import ctypes
import fcntl
import os
import pathlib
import shutil
import socket
import struct
import subprocess

from common import Skip

MARK = "SMTPOST_TEST_NAMESPACES"
NODES = ("null", "zero", "full", "random", "urandom", "tty")


def enter_command(limit):
    """The command that runs another one in new namespaces."""
    for tool in ("unshare", "timeout"):
        if shutil.which(tool) is None:
            raise Skip(f"{tool} is not installed")
    words = ["unshare", "-n", "-m", "-p", "-u", "--fork", "--kill-child",
             "--mount-proc"]
    if os.geteuid() != 0:
        words += ["--user", "--map-root-user"]
    try:
        done = subprocess.run([*words, "true"], stdin=subprocess.DEVNULL,
                              capture_output=True, timeout=20)
    except subprocess.TimeoutExpired:
        raise Skip("namespaces could not be made in time") from None
    if done.returncode != 0:
        raise Skip("namespaces are not allowed here")
    return ["timeout", "-k", "5", str(limit), *words]


def is_inside():
    return MARK in os.environ


def settle():
    """Called first in the namespaces: starts the loopback, sets a host name."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        # SIOCSIFFLAGS, IFF_UP | IFF_RUNNING
        fcntl.ioctl(probe, 0x8914, struct.pack("16sH14x", b"lo", 0x41))
    socket.sethostname("mx.example.test")


def mount(*words):
    done = subprocess.run(["mount", *map(str, words)], stdin=subprocess.DEVNULL,
                          capture_output=True, text=True)
    if done.returncode != 0:
        raise Skip(f"cannot mount: {done.stderr.strip()}")


class Machine:
    """The root folder of the machine. The folder `shared` has its own path in it."""

    def __init__(self, unpacked, base, shared):
        self.base, self.root = base, base / "root"
        for name in ("upper", "work", "root"):
            (base / name).mkdir()
        lower = "/"
        if unpacked is not None:
            # One layer of an overlay must not contain another.
            shutil.copytree(unpacked, base / "lower", symlinks=True)
            lower = f"{base}/lower:/"
        mount("-t", "overlay", "-o", f"lowerdir={lower},upperdir={base}/upper,"
              f"workdir={base}/work", "overlay", self.root)
        for name in ("tmp", "run", "dev", "proc", "var/spool", "var/mail"):
            (self.root / name).mkdir(exist_ok=True)
        for name in ("tmp", "run", "dev"):
            mount("-t", "tmpfs", "-o", "mode=755", "tmpfs", self.root / name)
        (self.root / "tmp").chmod(0o1777)
        for name in NODES:
            (self.root / "dev" / name).touch()
            mount("--bind", f"/dev/{name}", self.root / "dev" / name)
        (self.root / "dev/shm").mkdir(mode=0o1777)
        mount("-t", "proc", "proc", self.root / "proc")
        seen = self.root / str(shared).lstrip("/")
        seen.mkdir(parents=True, exist_ok=True)
        mount("--bind", shared, seen)
        self.write("etc/hosts", "127.0.0.1 localhost\n127.0.0.1 mx.example.test mx\n")
        self.write("etc/hostname", "mx.example.test\n")
        self.write("etc/mailname", "mx.example.test\n")
        self.write("etc/resolv.conf", "nameserver 127.0.0.1\noptions timeout:1 attempts:1\n")
        self.write("etc/nsswitch.conf", "".join(
            f"{name}: files\n" for name in ("passwd", "group", "shadow", "hosts")))

    def write(self, path, text, mode=0o644):
        there = self.root / path.lstrip("/")
        there.parent.mkdir(parents=True, exist_ok=True)
        there.unlink(missing_ok=True)
        there.write_text(text)
        there.chmod(mode)

    def add_user(self, name, number, home="/nonexistent", password="*"):
        """Adds a user and group; removes others with that name or number."""
        for path, line in (
                ("etc/passwd", f"{name}:x:{number}:{number}::{home}:/bin/sh"),
                ("etc/group", f"{name}:x:{number}:"),
                ("etc/shadow", f"{name}:{password}:19000:0:99999:7:::")):
            there = self.root / path
            lines = there.read_text().splitlines() if there.exists() else []
            kept = [old for old in lines if old.split(":")[0] != name]
            self.write(path, "\n".join([*kept, line]) + "\n",
                       0o640 if path.endswith("shadow") else 0o644)

    def own(self, path, number, mode=None):
        there = self.root / str(path).lstrip("/")
        there.mkdir(parents=True, exist_ok=True)
        os.chown(there, number, number)
        if mode is not None:
            there.chmod(mode)

    def _enter(self):
        # The server ends when the test does, even if it crashes (PR_SET_PDEATHSIG).
        ctypes.CDLL(None).prctl(1, 9)
        os.chroot(self.root)
        os.chdir("/")

    def run(self, *words, **more):
        """Runs a command on the machine; it must succeed."""
        if "input" not in more:
            more["stdin"] = subprocess.DEVNULL
        done = subprocess.run(
            list(map(str, words)), preexec_fn=self._enter, capture_output=True,
            timeout=60, env=self.environment(), **more)
        if done.returncode != 0:
            raise AssertionError(f"{words[0]} ended with {done.returncode}: "
                                 f"{done.stdout[-300:]!r} {done.stderr[-600:]!r}")
        return done.stdout.decode()

    def start(self, log, *words, **more):
        """Starts a server in the foreground, with its output in `log`."""
        return subprocess.Popen(
            list(map(str, words)), preexec_fn=self._enter, stdin=subprocess.DEVNULL,
            stdout=log, stderr=log, env=self.environment(), start_new_session=True, **more)

    def stop(self):
        """Removes the folder. The mounts vanish with the namespace."""
        subprocess.run(["umount", "-l", self.base], check=True)
        self.base.rmdir()

    @staticmethod
    def environment():
        return {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
                "LC_ALL": "C.UTF-8", "HOME": "/root"}


def make(unpacked, folder):
    """A machine that shares the peer's folder. Everything else is in memory."""
    base = pathlib.Path(str(folder) + ".machine")
    base.mkdir(exist_ok=True)
    mount("-t", "tmpfs", "-o", "mode=755", "tmpfs", base)
    return Machine(unpacked, base, folder)
