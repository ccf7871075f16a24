"""smtpost in mx_bed: its opinion of a domain, in the words of mx_rows.py."""

import concurrent.futures
import json
import os
import pathlib
import re
import subprocess

import common
from mx_servers import CLIENT, Opinion

MESSAGE = (f"From: <us@{CLIENT}>\nTo: somebody:;\nSubject: A test\n"
           "Date: Sun, 22 Nov 2026 10:00:00 +0000\nMessage-ID: <1@client.zz>\n\n"
           "text\n").encode()


class Run:
    """What a call said: exit status, report, stderr."""

    def __init__(self, done):
        self.status = done.returncode
        self.trace = done.stderr.decode("utf-8", "replace")
        # Words of the sanitizers and of valgrind, also from a child process.
        if re.search(r"Sanitizer|runtime error:|^==\d+==", self.trace, re.M) or \
                self.status < 0:
            raise AssertionError(f"status {self.status}: {self.trace}")
        try:
            self.report = json.loads(done.stdout)
        except ValueError as fault:
            raise AssertionError(
                f"{fault}: {done.stdout!r} {self.trace}") from fault

    def opinion(self, index=0):
        one = self.report["recipients"][index]
        server = one.get("server") or ""
        tls = one.get("tls")
        level = "clear" if tls is None else tls["verified-by"] or "tls"
        host = server.rpartition("://")[2].rpartition(":")[0].strip("[]").lower()
        return Opinion(one["outcome"], host, {"none": "tls"}.get(level, level),
                       one["enhanced"] or "", " ".join(one["text"] or ()))


class Client:
    """smtpost with a home of its own."""

    def __init__(self, folder, authority):
        self.folder = pathlib.Path(folder)
        self.folder.mkdir(mode=0o700)
        self.authority = authority
        self.sender = f"{self.folder.name}@{CLIENT}"
        self.count = 0

    def environment(self):
        return {"PATH": os.environ["PATH"], "HOME": str(self.folder),
                "XDG_STATE_HOME": str(self.folder), "LC_ALL": "C.UTF-8"}

    def program(self, settings):
        """The first words of a command, with a configuration."""
        self.count += 1
        config = self.folder / f"config{self.count}"
        config.write_text(f"server = mx:\nehlo-name = {CLIENT}\naliases = none\n"
                          f"tls-trust = {self.authority}\n{settings}")
        config.chmod(0o600)
        return [*common.WRAPPER, common.SMTPOST, "--config", config, "-v"]

    def queue_command(self, settings):
        return [*self.program(settings), "-qf"]

    def command(self, addresses, *options, settings=""):
        return [*self.program(settings), "--report", "json", "-f", self.sender,
                *options, "--", *addresses]

    def send(self, addresses, *options, settings="", message=MESSAGE):
        return Run(subprocess.run(
            self.command(addresses, *options, settings=settings), input=message,
            capture_output=True, timeout=common.LIMIT * 2, check=False,
            env=self.environment()))

    def ask(self, domains):
        """A Run, or what went wrong, for each domain."""
        def one(domain):
            try:
                return self.send([f"bob@{domain}"])
            except (AssertionError, subprocess.SubprocessError) as fault:
                return fault
        with concurrent.futures.ThreadPoolExecutor(4) as pool:
            return dict(zip(domains, pool.map(one, domains)))
