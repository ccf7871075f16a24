"""A network of the test's own: its script runs again in new namespaces, where it
may take any address and host name and replace the files that a resolver reads."""

import fcntl
import os
import pathlib
import shutil
import socket
import struct
import subprocess
import sys
import time

import common


def command():
    """The words before a command that is to run, as root, in new namespaces; None:
    they are not allowed here."""
    words = ["unshare", "--mount", "--net", "--uts", "--propagation", "private"]
    if os.getuid() != 0:
        words += ["--user", "--map-root-user"]
    if shutil.which("unshare") is None or subprocess.run(
            words + ["true"], stderr=subprocess.DEVNULL,
            check=False).returncode != 0:
        return None
    return words


def enter(mark, value="yes"):
    """Runs this script again, as root in new namespaces, with `value` in the
    variable `mark`. Returns the reason if namespaces are not allowed here."""
    words = command()
    if words is None:
        return "namespaces are not allowed here"
    os.environ[mark] = value
    os.execvp("unshare", [*words, sys.executable, os.path.abspath(sys.argv[0]),
                          *sys.argv[1:]])


def raise_loopback():
    """Does what `ip link set lo up` does."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        fcntl.ioctl(any_socket, 0x8914, struct.pack("16sH14x", b"lo", 1))


def await_route(address):
    """Waits until the kernel has the route to an IPv6 address that was just added."""
    end = time.monotonic() + common.LIMIT
    with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as probe:
        while probe.connect_ex((address, 25)) and time.monotonic() < end:
            time.sleep(0.01)


class Resolver:
    """Replaces the files that a resolver reads."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        raise_loopback()
        self.resolv = self.put("/etc/resolv.conf", "")
        self.hosts = self.put(
            "/etc/hosts", "127.0.0.1 localhost\n127.0.0.77 in-the-file\n")
        self.put("/etc/nsswitch.conf", "hosts: files dns\n")

    def put(self, path, text):
        ours = self.folder / os.path.basename(path)
        ours.write_text(text)
        path = os.path.realpath(path)
        if not os.path.exists(path):
            raise common.Skip(f"{path} is missing")
        subprocess.run(["mount", "--bind", ours, path], check=True)
        return ours

    def ask(self, address):
        self.resolv.write_text(f"nameserver {address}\noptions attempts:1\n")
