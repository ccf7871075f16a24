"""For the benchmark and the suites about size and cost: starts the sink, runs
clients and measures them."""

import collections
import json
import os
import pathlib
import re
import select
import shutil
import signal
import subprocess
import tempfile

SMTPOST = os.path.abspath(os.environ.get("SMTPOST", "./smtpost"))
TOOLS = pathlib.Path(os.environ.get("BENCH_TOOLS", "tests/bench")).resolve()
# user "me", password "secret"; some clients send the user twice
LOGIN = "AG1lAHNlY3JldA==,bWUAbWUAc2VjcmV0"
LIMIT = 300

HEADER = (b"From: me@example.com\nTo: list@example.com\nSubject: x\n"
          b"Date: Mon, 01 Jan 2024 00:00:00 +0000\nMessage-ID: <1@example.com>\n")

Usage = collections.namedtuple("Usage", "wall user system memory status out err")


def is_sanitized():
    """Whether the program has sanitizers, which change its memory and calls."""
    return b"__asan_init" in pathlib.Path(SMTPOST).read_bytes()


def crlf(data):
    """The message in wire form, with an end of the last line."""
    data = re.sub(rb"\r\n|\r|\n", b"\r\n", data)
    return data if data.endswith(b"\r\n") or not data else data + b"\r\n"


class Folder:
    """A scratch folder, removed at the end."""

    def __init__(self):
        self.path = pathlib.Path(tempfile.mkdtemp(prefix="smtpost-bench-"))
        self.sinks = []

    def __enter__(self):
        return self

    def __exit__(self, *fault):
        for sink in self.sinks:
            sink.close()
        shutil.rmtree(self.path)

    def sink(self, *options):
        self.sinks.append(Sink(*options))
        return self.sinks[-1]

    def write(self, name, data):
        file = self.path / name
        file.touch(mode=0o600)
        file.write_bytes(data)
        return file


class Sink:
    def __init__(self, *options):
        self.process = subprocess.Popen([TOOLS / "sink", *map(str, options)],
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.port = int(self.process.stdout.readline())

    def take(self):
        """What the sink reports of the next session."""
        if not select.select([self.process.stdout], [], [], LIMIT)[0]:
            raise AssertionError("no session came to its end")
        return json.loads(self.process.stdout.readline())

    def close(self):
        self.process.stdin.close()
        try:
            self.process.wait(5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process.stdout.close()


def run(folder, argv, stdin, env=None):
    """Runs a command. `stdin` is a path, an open file, or octets for a pipe."""
    told = folder.path / "usage"
    told.unlink(missing_ok=True)
    is_file = not isinstance(stdin, bytes)
    name = stdin if isinstance(stdin, os.PathLike) else os.devnull
    with open(name, "rb") as source, \
            open(folder.path / "out", "w+b") as out, open(folder.path / "err", "w+b") as err:
        process = subprocess.Popen(
            [TOOLS / "measure", told, *map(str, argv)], stdout=out, stderr=err,
            stdin=stdin if hasattr(stdin, "fileno") else source if is_file else subprocess.PIPE,
            start_new_session=True, cwd=folder.path,
            env={"PATH": os.environ["PATH"], "HOME": str(folder.path), "LC_ALL": "C.UTF-8",
                 "TMPDIR": str(folder.path), **(env or {})})
        try:
            process.communicate(None if is_file else stdin, timeout=LIMIT)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate()
            raise AssertionError(f"{argv[0]} does not come to an end") from None
        out.seek(0)
        err.seek(0)
        wall, user, system, memory, status = told.read_text().split()
        return Usage(float(wall), float(user), float(system), int(memory), int(status),
                     out.read(), err.read())
