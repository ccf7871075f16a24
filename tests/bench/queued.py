"""The queue in the benchmark: beside the floor (floor.c), which does only what
the disk and the server require of any queue."""

import shutil
import statistics
import time

from bench.harness import HEADER, SMTPOST, TOOLS, crlf, run
from queue_spool import Mail, Spool

FLOOR = TOOLS / "floor"
PARTS = 10  # in which mails are added, floor and smtpost in turn
MESSAGE = HEADER + b"\n" + b"The quick brown fox jumps over the lazy dog, day by day.\n" * 15
TURN = 5  # milliseconds of a round trip


class Place:
    """A queue of its own with a configuration, for a while."""

    def __init__(self, bench, port=1):
        self.bench, self.folder = bench, bench.folder
        self.spool = Spool(self.folder.path / "queue")
        self.message = self.folder.write("message", MESSAGE)
        self.config = self.folder.write("queue.conf", (
            "[work]\n" f"server = smtp://127.0.0.1:{port}\ntls = none\n"
            "ehlo-name = client.example\nsender = me@example.com\nreport = none\n"
            f"max-messages = 1000000\nmax-queue = 1000000 100G\nqueue-dir = {self.spool.path}\n"
        ).encode())

    def __enter__(self):
        return self

    def __exit__(self, *fault):
        shutil.rmtree(self.spool.path)

    def fill(self, count, content=MESSAGE):
        now = int(time.time())
        for at in range(count):
            Mail(self.spool, f"{now >> 8:06X}{at:06X}", arrived=now, profile="work",
                 content=content, to=["r0@example.com"])

    def run(self, *words, stdin=b""):
        # root may have a queue on this machine, too.
        usage = run(self.folder, words, stdin, {"SMTPOST_QUEUE_DIR": str(self.spool.path)})
        if usage.status != 0:
            raise AssertionError(f"{words}: exit {usage.status}, {usage.err[-200:]!r}")
        return usage

    def smtpost(self, *words, stdin=b""):
        return self.run(SMTPOST, "--config", self.config, *words, stdin=stdin)


def in_turn(commands, rounds):
    """The usages of each command, a list for each name."""
    usages = {name: [] for name in commands}
    for _ in range(rounds):
        for name, command in commands.items():
            usages[name].append(command())
    return usages


def compare(usages, each=1):
    """The rows of a table; times are medians, for one of `each`, in ms."""
    walls = {name: statistics.median(one.wall for one in all_of) * 1000 / each
             for name, all_of in usages.items()}
    return [[name, f"{walls[name]:.2f}", f"{walls[name] / walls['floor']:.2f}",
             f"{statistics.median(one.user + one.system for one in all_of) * 1000 / each:.2f}",
             f"{max(one.memory for one in all_of) / 1024:.1f}"]
            for name, all_of in usages.items()]


def listing(bench, count):
    with Place(bench) as place:
        place.fill(count, b"x\n")
        usages = in_turn({
            "floor": lambda: place.run(FLOOR, "list", place.spool.path / "mail"),
            "--queue-list": lambda: place.smtpost("--queue-list"),
            "--queue-list --report json":
                lambda: place.smtpost("--queue-list", "--report", "json"),
            "-bp": lambda: place.smtpost("-bp"),
        }, 5)
    if usages["--queue-list"][0].out.count(b"\n") != count:
        raise AssertionError("mails are missing")
    bench.say(f"Listing a queue of {count:,} mails", "", *bench.tables(
        ["how", "ms", "to the floor", "CPU ms", "MiB of memory"], compare(usages)), "")


def adding(bench, count):
    some = max(1, count // PARTS)
    with Place(bench) as place:
        other = place.folder.path / "floor"
        other.mkdir()

        def repeat(*words):
            return place.run(FLOOR, "repeat", some, place.message, *words)

        usages = in_turn({
            "floor": lambda: repeat(FLOOR, "add", other),
            "smtpost -odq": lambda: repeat(SMTPOST, "--config", place.config, "-odq",
                                           "r0@example.com"),
        }, PARTS)
        if len(place.spool.names()) != 2 * some * PARTS:
            raise AssertionError("mails are missing")
        shutil.rmtree(other)
    bench.say(f"Adding {count:,} mails to a queue, each by its own process", "", *bench.tables(
        ["how", "ms a mail", "to the floor", "CPU ms", "MiB of memory"],
        compare(usages, some)), "")


def running(bench, count):
    wire = bench.folder.write("wire", crlf(MESSAGE))
    notes = bench.folder.path / "notes"
    notes.mkdir()
    for patience, how in ((0, "on this machine"), (TURN, f"with round trips of {TURN} ms")):
        sink = bench.sink("plain", "--patience", str(patience), "--as", "ESMTP Postfix")
        turns = {}

        def send(name, *folder):
            with Place(bench, sink.port) as place:
                if name == "--queue-run":
                    place.fill(count)
                    usage = place.smtpost(name)
                else:
                    usage = place.run(FLOOR, "send", sink.port, count, *folder, stdin=wire)
            got = sink.take()
            turns[name] = got["turns"] / count
            if got["messages"] != count:
                raise AssertionError(f"arrived: {got}")
            return usage

        usages = in_turn({
            "the server alone": lambda: send("the server alone"),
            "floor": lambda: send("floor", notes),
            "--queue-run": lambda: send("--queue-run"),
        }, 3)
        bench.say(f"Sending {count:,} mails of a queue, {how}", "", *bench.tables(
            ["how", "ms a mail", "to the floor", "CPU ms", "MiB of memory", "turns a mail"],
            [[*row, f"{turns[row[0]]:.2f}"] for row in compare(usages, count)]), "")
    notes.rmdir()


def recipients(bench, count):
    rows = []
    for number in (count // 2, count):
        sink = bench.sink("plain")
        names = bench.folder.write("names", b"".join(
            b"r%d@example.com\n" % at for at in range(number)))
        with Place(bench, sink.port) as place:
            steps = [place.smtpost("-odq", "--recipients", names, stdin=place.message),
                     place.smtpost("-bp"), place.smtpost("--queue-run")]
        if sink.take()["count"] != number:
            raise AssertionError("recipients are missing")
        rows.append([f"{number:,}"] + [cell for one in steps for cell in (
            f"{one.wall:.2f}", f"{one.memory / 1024:.1f}")])
    bench.say("A mail of the queue with very many recipients", "", *bench.tables(
        ["recipients", "add s", "MiB", "mailq s", "MiB", "run s", "MiB"], rows), "")


def measure(bench, mails):
    listing(bench, mails)
    adding(bench, mails // 10)
    running(bench, mails // 50)
    recipients(bench, mails)
