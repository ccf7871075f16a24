"""Shared by the Python suites: TAP, certificates, packages, running the program.

Nothing is installed on the machine: what a test needs is used if it is installed,
else unpacked into the build tree, else the test is skipped with the reason.
"""

import email
import email.policy
import fcntl
import functools
import os
import pathlib
import shutil
import socket
import subprocess
import sys
import tempfile
import time

SMTPOST = os.path.abspath(os.environ.get("SMTPOST", "./smtpost"))
MERGED = ("bin", "sbin", "lib", "lib32", "lib64")
WRAPPER = os.environ.get("WRAPPER", "").split()
LIMIT = 120 if WRAPPER else 30


class Skip(Exception):
    """The reason why something cannot be tested here."""


class Tap:
    def __init__(self):
        self.number = 0
        self.failed = 0

    def result(self, name, fault):
        self.number += 1
        mark = "ok" if fault is None else "not ok"
        print(f"{mark} {self.number} - {name}")
        if fault is not None:
            self.failed += 1
            for line in str(fault).splitlines():
                print(f"# {line}")
        sys.stdout.flush()

    def skip(self, name, reason):
        self.number += 1
        print(f"ok {self.number} - {name} # SKIP {reason}")

    def end(self):
        print(f"1..{self.number}")
        return 1 if self.failed else 0


def expect(what, got, wanted):
    if got != wanted:
        raise AssertionError(f"{what}: expected {wanted!r}, got {got!r}")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for_port(port, process, seconds=60):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if process.poll() is not None:
            raise Skip(f"the server ended with {process.returncode}")
        with socket.socket() as probe:
            probe.settimeout(1)
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise Skip("the server did not come up in time")


def unpack(folder, packages):
    """Unpacks the packages, and those that they depend on and are not installed."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with folder.with_name(folder.name + ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # another test may be unpacking them
        if not (folder / "unpacked").exists():
            fetch(folder, packages)
            merge(folder)
            (folder / "unpacked").touch()
    return folder


def fetch(folder, packages):
    for tool in ("apt-get", "dpkg"):
        if shutil.which(tool) is None:
            raise Skip(f"{tool} is not installed: it would fetch and unpack the packages")
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "archives/partial").mkdir(parents=True)
    try:
        fetched = subprocess.run(
            ["apt-get", "-y", "-q", "--download-only", "--no-install-recommends",
             "--reinstall", "-o", "Debug::NoLocking=true",
             "-o", "Acquire::Retries=3",
             "-o", f"Dir::Cache::archives={folder}/archives",
             "-o", "APT::Sandbox::User=", "install", *packages],
            timeout=180, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    except subprocess.TimeoutExpired:
        raise Skip("its packages could not be fetched in time") from None
    if fetched.returncode != 0:
        raise Skip("its packages cannot be fetched")
    for package in sorted((folder / "archives").glob("*.deb")):
        subprocess.run(["dpkg", "-x", package, folder], check=True)
        package.unlink()


def merge(folder):
    """Moves /lib into /usr/lib, as on a machine where it is a link."""
    for name in MERGED:
        here = folder / name
        if os.path.islink(f"/{name}") and here.is_dir() and not here.is_symlink():
            shutil.copytree(here, folder / "usr" / name, symlinks=True, dirs_exist_ok=True)
            shutil.rmtree(here)


def make_certificates(folder, names=("localhost",)):
    """Makes a root certificate and one for these names, with certtool."""
    if shutil.which("certtool") is None:
        raise Skip("certtool (gnutls-bin) is not installed")

    def run(*words):
        subprocess.run(["certtool", *words], cwd=folder, check=True,
                       capture_output=True)

    (folder / "root.cfg").write_text(
        'cn = "Test Root"\nca\ncert_signing_key\nexpiration_days = 2\n')
    (folder / "leaf.cfg").write_text(
        f'cn = "{names[0]}"\nip_address = "127.0.0.1"\n'
        + "".join(f'dns_name = "{name}"\n' for name in names)
        + "tls_www_server\nsigning_key\nencryption_key\nexpiration_days = 2\n")
    for name in ("root", "leaf"):
        run("--generate-privkey", "--key-type", "rsa", "--bits", "2048",
            "--outfile", f"{name}.key")
    run("--generate-self-signed", "--load-privkey", "root.key",
        "--template", "root.cfg", "--outfile", "root.pem")
    run("--generate-certificate", "--load-privkey", "leaf.key",
        "--load-ca-certificate", "root.pem", "--load-ca-privkey", "root.key",
        "--template", "leaf.cfg", "--outfile", "leaf.pem")


@functools.lru_cache(None)
def ask(*words, message=b"Subject: x\n\nx\n"):
    """What the program prints, run without a server."""
    return subprocess.run(
        [*WRAPPER, SMTPOST, *words], input=message, capture_output=True,
        timeout=LIMIT, env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"})


def knows_setting(name, value):
    """Whether the program has a setting, which older versions may lack."""
    return b"unknown setting" not in ask(
        "--dry-run", "--server", "smtp://localhost", "--set", f"{name}={value}",
        "-f", "a@example.test", "b@example.test").stderr


def knows_mechanism(name):
    if name in ("OAUTHBEARER", "XOAUTH2") and not knows_setting("token-command", "true"):
        return False
    said = ask("--version").stdout.decode()
    line = next((line for line in said.splitlines() if line.startswith("login:")), "")
    return name in line.split()


def knows_utf8():
    return b"not supported" not in ask(
        "--dry-run", "--server", "smtp://localhost", "-f", "a@example.test",
        "jörg@example.test").stderr


def submit(folder, url, message, recipients, *options, config="", password="secret",
           token=None, login=True):
    """Runs the program; returns its exit status, report lines and stderr."""
    secret = folder / "password"
    secret.touch(mode=0o600)
    secret.write_text((password if token is None else token) + "\n")
    profile = folder / "profile.conf"
    profile.touch(mode=0o600)
    lines = [f"server = {url}", f"tls-trust = {folder}/root.pem",
             "ehlo-name = client.example.test", "domain = example.test", "aliases = none"]
    if login:
        lines += ["user = alice@example.test", f"password-file = {secret}" if token is None
                  else f"token-command = cat {secret}"]
    profile.write_text("\n".join(lines) + "\n" + config)
    done = subprocess.run(
        [*WRAPPER, SMTPOST, "--config", profile, "-f", "alice@example.test",
         *options, "--", *recipients],
        input=message, capture_output=True, timeout=LIMIT,
        env={"PATH": os.environ["PATH"], "HOME": str(folder), "LC_ALL": "C.UTF-8"})
    lines = [line.split("\t") for line in done.stdout.decode().splitlines()]
    return done.returncode, lines, done.stderr.decode(errors="replace")


def complete_message(body, subject="A test"):
    """A message that lacks nothing: it must arrive unchanged."""
    return (b"Date: Sun, 22 Nov 2026 10:00:00 +0000\n"
            b"From: Alice <alice@example.test>\nTo: bob@example.test\n"
            b"Message-ID: <1@example.test>\nMIME-Version: 1.0\n"
            b"Content-Type: text/plain; charset=utf-8\n"
            b"Content-Transfer-Encoding: 8bit\n"
            b"Subject: " + subject.encode() + b"\n\n" + body)


def read_message(data):
    """Parses the message with Python's email. Any defect is a failure."""
    parsed = email.message_from_bytes(data, policy=email.policy.default)
    for part in parsed.walk():
        if part.defects:
            raise AssertionError(f"defects: {part.defects}")
    return parsed


def scratch(name):
    folder = pathlib.Path(tempfile.mkdtemp(prefix=f"smtpost-{name}-"))
    folder.chmod(0o755)
    return folder


def build_folder(name):
    return pathlib.Path(os.environ.get("BUILDDIR", ".")).resolve() / "tests" / "servers" / name
