"""The setting `log`: syslog and journal on sockets of the test, and files."""

import json
import os
import pathlib
import re
import signal
import socket
import stat
import struct
import subprocess
import time

from common import expect
from sendmail import stage
from sendmail.recorded import talk

NODES = ["null", "zero", "full", "random", "urandom", "tty"]
MESSAGE = b"Message-ID: <1.2@sender.example>\nSubject: x\n\nhello\n"


class Log:
    """A datagram socket at /dev/log, in a /dev of the test's own."""

    def __init__(self, machine):
        if machine.kind == "none":
            raise stage.Refusal("no namespaces here, so no /dev/log of our own")
        self.folder = machine.folder / "dev"
        if not self.folder.exists():
            self.folder.mkdir(mode=0o755)
            for name in NODES:
                (self.folder / name).touch()
                stage.run("mount", "--bind", f"/dev/{name}", self.folder / name)
            for name, target in (("fd", "/proc/self/fd"), ("stdin", "fd/0"), ("stdout", "fd/1")):
                os.symlink(target, self.folder / name)
            stage.run("mount", "--rbind", self.folder, "/dev")
        self.socket = None

    def open(self, kind=socket.SOCK_DGRAM, size=None):
        self.close()
        self.socket = socket.socket(socket.AF_UNIX, kind)
        if size is not None:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, size)
        self.socket.bind("/dev/log")
        os.chmod("/dev/log", 0o666)
        if kind == socket.SOCK_STREAM:
            self.socket.listen(1)
        self.socket.settimeout(0.2)
        return self

    def close(self):
        if self.socket is not None:
            self.socket.close()
            self.socket = None
            os.unlink("/dev/log")

    def lines(self):
        """Pairs of the priority and the text behind time and name."""
        found = []
        try:
            while True:
                line = self.socket.recv(65536).decode()
                priority, _, rest = line[1:].partition(">")
                head, _, text = rest.partition("]: ")
                expect("name", "smtpost[" in head, True)
                expect("one line", any(c in text for c in "\n\r\0\t\x1b"), False)
                found.append((int(priority), text))
        except socket.timeout:
            return found

    def words(self):
        found = []
        for priority, text in self.lines():
            words = {}
            while text:
                name, _, text = text.partition("=")
                if name in ("text", "warning"):
                    words[name], text = text, ""
                else:
                    words[name], _, text = text.partition(" ")
            found.append((priority, words))
        return found


INFO, NOTICE, WARNING, ERR = 22, 21, 20, 19  # LOG_MAIL


def succeeds_as_before(bench):
    result = bench.machine.run(bench.call(stdin=MESSAGE))
    expect(result.describe(), (result.status, result.out, result.err), (0, b"", b""))
    expect("mails", len(bench.server.take()[0]), 1)


def nothing_by_default(bench, log):
    log.open()
    succeeds_as_before(bench)
    expect("lines", log.lines(), [])


def a_line_a_recipient(bench, log):
    log.open()
    bench.reset("log = syslog")
    bench.server.refusals = {"bob@example.org": "550 5.1.1 no such user",
                             "zoe@example.net": "450 4.2.1 later"}
    argv = ["sendmail", "-i", "-f", "bounce@sender.example", "carol@example.net",
            "bob@example.org", "zoe@example.net"]
    bench.machine.run(bench.call(argv, MESSAGE))
    bench.server.refusals = {}
    mail = bench.server.take()[0][0]
    shared = {"profile": "default", "server": bench.server.url,
              "message-id": "<1.2@sender.example>",
              "uid": str(bench.machine.account("alice").pw_uid),
              "from": "<bounce@sender.example>", "size": str(len(mail.data))}
    expect("lines", log.words(), [
        (INFO, {**shared, "to": "<carol@example.net>", "code": "250", "enhanced": "2.0.0",
                "outcome": "relayed", "stage": "data", "text": "taken"}),
        (ERR, {**shared, "to": "<bob@example.org>", "code": "550", "enhanced": "5.1.1",
               "outcome": "failed", "stage": "rcpt", "text": "no such user"}),
        (WARNING, {**shared, "to": "<zoe@example.net>", "code": "450", "enhanced": "4.2.1",
                   "outcome": "deferred", "stage": "rcpt", "text": "later"})])


def unreachable(bench, log):
    log.open()
    bench.machine.configure("server = smtp://127.0.0.1:1\ntls = none\nlog = syslog\n")
    bench.fail(75, stdin=MESSAGE)
    (priority, words), = log.words()
    expect("outcome", (priority, words["outcome"], words["stage"], words["code"]),
           (WARNING, "deferred", "connect", "-"))


def hostile(bench, log):
    log.open()
    bench.reset("log = syslog")
    bench.server.content_reply = "250 2.0.0 ok\x1b[2J\tto=<x@y> \\"
    argv = ["sendmail", "-i", "-f", '"a> to=<x"@s.example', '"b c"@example.org']
    message = b"Message-ID: <1\xe2\x80\xae @x>\nSubject: x\n\nhello\n"
    bench.machine.run(bench.call(argv, message))
    bench.server.content_reply = None
    bench.server.take()
    lines = [words for _, words in log.words() if "warning" not in words]
    expect("lines", len(lines), 1)
    expect("from", lines[0]["from"], '<"a>\\x20to=<x"@s.example>')
    expect("to", lines[0]["to"], '<"b\\x20c"@example.org>')
    expect("text", lines[0]["text"], "ok\\x1b[2J\\x09to=<x@y> \\x5c")


def no_secret(bench, log):
    log.open()
    bench.reset("log = syslog", "user = hunter", "password-command = echo hunter2")
    bench.fail(77, stdin=MESSAGE)
    lines = log.lines()
    expect("lines", len(lines), 1)
    expect("secret", "hunter2" in lines[0][1], False)


def before_the_wire(bench, log):
    log.open()
    bench.reset("log = syslog")
    bench.fail(65, ["sendmail", "-i", "bob@@example.org"])
    (priority, words), = log.words()
    expect("priority", priority, ERR)
    if "bob@@example.org" not in words["warning"]:
        raise AssertionError(words)


def warnings(bench, log):
    """Requests that could not be met are logged, and repairs."""
    log.open()
    bench.reset("log = syslog", server=bench.strict)
    argv = ["sendmail", "-i", "-N", "failure", "bob@example.org"]
    result = bench.machine.run(bench.call(argv, MESSAGE))
    expect(result.describe(), (result.status, result.err), (0, b""))
    told = [words["warning"] for _, words in log.words() if "warning" in words]
    expect("a warning of DSN", any("DSN" in text for text in told), True)
    result = bench.machine.run(bench.call(["sendmail", "-i", "-N", "often", "bob@example.org"]))
    expect(result.describe(), (result.status, result.err), (0, b""))
    told = [words["warning"] for _, words in log.words() if "warning" in words]
    expect("a warning of -N", any("-N" in text for text in told), True)
    result = bench.machine.run(bench.call(stdin=b"Subject: x\n\n" + b"y" * 2000 + b"\n"))
    expect(result.describe(), (result.status, result.err), (0, b""))
    told = [words["warning"] for _, words in log.words() if "warning" in words]
    expect("a note of the repair", len(told) > 0, True)


def warnings_without_mail(bench, log):
    """Options that were ignored are logged even if the mail fails before it is sent."""
    log.open()
    for setting, status, operand in (
            ("domain = x.example", 65, "bob@@example.org"),
            ("user = me\npassword-file = /nonexistent", 78, "bob@example.org")):
        bench.reset("log = syslog", setting)
        bench.fail(status, ["sendmail", "-i", "-N", "often", "-R", "half", operand])
        told = [words["warning"] for _, words in log.words()]
        expect(setting, ["-N often" in told[0], "-R half" in told[1], len(told)],
               [True, True, 3])


def seven_bit(bench, log):
    """A server without 8BITMIME: what is encoded for it is logged, by -bs too."""
    message = (b"Subject: x\nMIME-Version: 1.0\n"
               b"Content-Type: text/plain; charset=utf-8\n"
               b"Content-Transfer-Encoding: 8bit\n\n\xc3\xa4\n")
    session = (b"EHLO me\r\nMAIL FROM:<a@x.example>\r\nRCPT TO:<b@x.example>\r\n"
               b"DATA\r\n" + message.replace(b"\n", b"\r\n") + b".\r\nQUIT\r\n")
    told = []
    for argv, stdin in ((None, message), (["sendmail", "-bs", "-N", "often"], session)):
        log.open()
        bench.reset("log = syslog", server=bench.strict)
        call = bench.call(argv, stdin)
        result = talk(bench.machine, call)[1] if argv else bench.machine.run(call)
        expect(result.describe(), result.status, 0)
        expect("mails", len(bench.strict.take()[0]), 1)
        told.append([words["warning"] for _, words in log.words() if "warning" in words])
    expect("the option", [text for text in told[1] if "-N often" in text], told[1][:1])
    expect("by -bs as without", told[1][1:], told[0])
    expect("a note", ["quoted-printable" in text or "base64" in text for text in told[0]], [True])


def no_log_daemon(bench, log):
    log.close()
    bench.reset("log = syslog")
    succeeds_as_before(bench)
    bench.server.refusals = {"bob@example.org": "550 5.1.1 no such user"}
    try:
        bench.fail(67, says=b"no such user")
    finally:
        bench.server.refusals = {}


def stuck_log_daemon(bench, log):
    """No program reads the socket, and its queue is full."""
    bench.reset("log = syslog")
    for kind in (socket.SOCK_DGRAM, socket.SOCK_STREAM):
        log.open(kind)
        fillers = []
        for _ in range(40):
            filler = socket.socket(socket.AF_UNIX, kind)
            filler.setblocking(False)
            try:
                filler.connect("/dev/log")
                while True:
                    filler.send(b"x")
            except OSError:
                fillers.append(filler)
        began = time.monotonic()
        for blocked in ([], ["ALRM"]):
            result = bench.machine.run(bench.call(stdin=MESSAGE, blocked=blocked))
            expect(result.describe(), (result.status, result.out, result.err), (0, b"", b""))
            expect("mails", len(bench.server.take()[0]), 1)
        if time.monotonic() - began > 16:
            raise AssertionError("it waited for the log")
        for filler in fillers:
            filler.close()


def closed_descriptors(bench, log):
    """Nothing of the log gets into descriptors that the caller left open."""
    log.open()
    bench.reset("log = syslog")
    call = bench.call(stdin=MESSAGE, fds=["pipe", "closed", "closed"], leaked={3: "regular file"})
    result = bench.machine.run(call)
    mails, refused, _ = bench.server.take()
    expect(result.describe(), (result.status, refused, len(mails)), (0, [], 1))
    expect("leaked", result.leaked, {3: b"leaked"})
    expect("lines", len(log.lines()), 1)


def by_dialogue(bench, log):
    """-bs logs one line for each recipient of each message too."""
    log.open()
    bench.reset("log = syslog")
    mail = (b"MAIL FROM:<a@x.example>\r\nRCPT TO:<b@x.example>\r\nRCPT TO:<c@x.example>\r\n"
            b"DATA\r\n" + MESSAGE.replace(b"\n", b"\r\n") + b".\r\n")
    call = bench.call(["sendmail", "-bs"], b"EHLO me\r\n" + mail + mail + b"QUIT\r\n")
    heard, result = talk(bench.machine, call)
    expect(result.describe(), (heard.bad, result.status, result.err), ([], 0, b""))
    bench.server.take()
    told = [(words["from"], words["to"], words["outcome"], words["uid"])
            for _, words in log.words()]
    uid = str(bench.machine.account("alice").pw_uid)
    expect("lines", told, [("<a@x.example>", to, "relayed", uid)
                           for to in ("<b@x.example>", "<c@x.example>")] * 2)
    call = bench.call(["sendmail", "-bs"], b"EHLO me\r\n" + mail.replace(
        b"hello", b"y" * 2000) + b"QUIT\r\n")
    heard, result = talk(bench.machine, call)
    bench.server.take()
    expect(result.describe(), (heard.bad, result.status), ([], 0))
    told = [words["warning"] for _, words in log.words() if "warning" in words]
    expect("repairs", any("repaired" in text for text in told), True)


class Journal:
    """A datagram socket where that of systemd-journald would be."""

    def __init__(self, machine):
        path = pathlib.Path("/run/systemd/journal/socket")
        if machine.kind == "none":
            raise stage.Refusal("no namespaces here, so no /run of our own")
        if not path.parent.exists() or not (path.parent / "ours").exists():
            stage.run("mount", "-t", "tmpfs", "-o", "mode=755", "tmpfs", "/run")
            path.parent.mkdir(parents=True)
            (path.parent / "ours").touch()
        path.unlink(missing_ok=True)
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(str(path))
        path.chmod(0o666)
        self.socket.settimeout(0.2)

    def entries(self):
        found = []
        try:
            while True:
                found.append(self.read_entry(self.socket.recv(1 << 20)))
        except socket.timeout:
            return found

    def read_entry(self, data):
        """The native protocol: NAME=VALUE, or NAME, a length and the VALUE."""
        fields = {}
        while data:
            line, _, rest = data.partition(b"\n")
            name, equals, value = line.partition(b"=")
            if not equals:
                size, = struct.unpack("<Q", rest[:8])
                value, rest = rest[8:8 + size], rest[8 + size:]
                expect("the end of the value", rest[:1], b"\n")
                rest = rest[1:]
            expect("once", name.decode() in fields, False)
            fields[name.decode()] = value.decode()
            data = rest
        return fields


def journal(bench, _):
    log = Journal(bench.machine)
    bench.reset("log = journal")
    bench.server.refusals = {"bob@example.org": "550 5.1.1 no such user"}
    argv = ["sendmail", "-i", "-f", "", "-N", "often", '"b c"@example.org', "bob@example.org"]
    bench.machine.run(bench.call(argv, MESSAGE))
    bench.server.refusals = {}
    size = len(bench.server.take()[0][0].data)
    warning, first, second = log.entries()
    uid = str(bench.machine.account("alice").pw_uid)
    shared = {"SYSLOG_IDENTIFIER": "smtpost", "SYSLOG_FACILITY": "2",
              "SMTPOST_PROFILE": "default", "SMTPOST_UID": uid}
    for entry in (warning, first, second):
        expect("pid", entry.pop("SYSLOG_PID").isdigit(), True)
        expect("message", entry.pop("MESSAGE").startswith("profile=default server="), True)
    if "-N often" not in warning.pop("SMTPOST_WARNING"):
        raise AssertionError(warning)
    expect("warning", warning, {**shared, "PRIORITY": "5"})
    shared.update(SMTPOST_SERVER=bench.server.url, SMTPOST_FROM="", SMTPOST_SIZE=str(size),
                  SMTPOST_MESSAGE_ID="<1.2@sender.example>")
    expect("relayed", first, {
        **shared, "PRIORITY": "6", "SMTPOST_TO": '"b c"@example.org', "SMTPOST_CODE": "250",
        "SMTPOST_ENHANCED": "2.0.0", "SMTPOST_OUTCOME": "relayed", "SMTPOST_STAGE": "data",
        "SMTPOST_TEXT": "taken"})
    expect("failed", second, {
        **shared, "PRIORITY": "3", "SMTPOST_TO": "bob@example.org", "SMTPOST_CODE": "550",
        "SMTPOST_ENHANCED": "5.1.1", "SMTPOST_OUTCOME": "failed", "SMTPOST_STAGE": "rcpt",
        "SMTPOST_TEXT": "no such user"})
    bench.reset("log = journal", "log-format = json")
    bench.send(stdin=MESSAGE)
    entry, = log.entries()
    told = json.loads(entry["MESSAGE"])
    expect("JSON", (told["to"], told["outcome"], told["priority"]),
           ("bob@example.org", "relayed", "info"))


def log_file(bench, _):
    """Each line is appended by one write, and a new file is private."""
    folder = bench.machine.folder / "tmp/log"
    folder.mkdir(exist_ok=True)
    folder.chmod(0o777)
    path = folder / "smtpost.log"
    for mask in (0o000, 0o022):
        path.unlink(missing_ok=True)
        bench.reset(f"log = {path}")
        for _ in range(2):
            bench.send(stdin=MESSAGE, umask=mask)
        expect("mode", stat.S_IMODE(path.stat().st_mode), 0o600)
        lines = path.read_text().splitlines()
        expect("lines", len(lines), 2)
        for line in lines:
            if not re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ smtpost\[\d+\]: "
                                r"profile=default server=.* text=taken", line):
                raise AssertionError(line)
    bench.reset(f"log = {path}", "log-format = json")
    bench.send(["sendmail", "-i", "bob@example.org", "carol@example.net"], MESSAGE)
    told = [json.loads(line) for line in path.read_text().splitlines()[2:]]
    expect("JSON", [(line["to"], line["code"], line["text"], line["message-id"]) for line in told],
           [(to, 250, "taken", "<1.2@sender.example>")
            for to in ("bob@example.org", "carol@example.net")])
    # A fault of the log changes nothing else; -v reports it.
    for bad in (folder, folder / "none/x", pathlib.Path("/dev/full")):
        bench.reset(f"log = {bad}")
        bench.send(stdin=MESSAGE)
        result = bench.machine.run(bench.call(["sendmail", "-v", "bob@example.org"], MESSAGE))
        bench.server.take()
        expect(result.describe(),
               (result.status, f"cannot write the log to {bad}: ".encode() in result.err),
               (0, True))
    os.mkfifo(folder / "fifo")
    (folder / "fifo").chmod(0o666)
    bench.reset(f"log = {folder}/fifo")
    bench.send(stdin=MESSAGE)


def keeps_the_alarm(bench, log):
    """An alarm(2) of the caller ends a dialogue, whatever was logged before."""
    log.open()
    bench.reset("log = syslog")
    mail = (b"EHLO me\r\nMAIL FROM:<a@x.example>\r\nRCPT TO:<b@x.example>\r\nDATA\r\n" +
            MESSAGE.replace(b"\n", b"\r\n") + b".\r\n")
    call = bench.call(["sendmail", "-bs"], mail)
    call.before_exec = lambda: signal.alarm(2)
    running = bench.machine.start(call)
    running.drop = lambda number: None  # standard input stays open
    began = time.monotonic()
    while not running.has_ended() and time.monotonic() < began + 20:
        running.step(0.05)
        time.sleep(0.01)
    expect("lines", len(log.lines()), 1)
    bench.server.take()
    expect("ended by", running.result.status, -signal.SIGALRM)


def never_to_the_client(bench, _):
    """As under inetd, all three descriptors are the connection to the client."""
    bench.reset("log = stderr")
    ours, theirs = socket.socketpair()
    process = subprocess.Popen([bench.machine.program, "-bs"], stdin=theirs, stdout=theirs,
                               stderr=theirs)
    theirs.close()
    with ours, ours.makefile("rwb") as client:
        client.write(b"EHLO me\r\nMAIL FROM:<a@x.example>\r\nRCPT TO:<b@x.example>\r\nDATA\r\n")
        client.flush()
        while not client.readline().startswith(b"354"):
            pass
        client.write(MESSAGE.replace(b"\n", b"\r\n") + b".\r\nQUIT\r\n")
        client.flush()
        rest = client.read().splitlines()
    process.wait()
    bench.server.take()
    expect("replies", [line[:4] for line in rest], [b"250 ", b"221 "])


CASES = [
    ("not on standard error that is the client's", never_to_the_client),
    ("an alarm that the caller has set is kept", keeps_the_alarm),
    ("a file", log_file),
    ("the journal's fields", journal),
    ("what -bs submits", by_dialogue),
    ("nothing by default", nothing_by_default),
    ("a line for each recipient", a_line_a_recipient),
    ("a server that cannot be reached", unreachable),
    ("hostile text stays in its word", hostile),
    ("no secret", no_secret),
    ("a failure before the wire", before_the_wire),
    ("warnings and repairs", warnings),
    ("what was dropped, without a mail", warnings_without_mail),
    ("what a server without 8BITMIME needs", seven_bit),
    ("no log daemon changes nothing", no_log_daemon),
    ("a log daemon that hangs is not waited for", stuck_log_daemon),
    ("closed descriptors", closed_descriptors),
]


def tests(bench):
    found = []

    def run(case):
        log = Log(bench.machine)
        try:
            case(bench, log)
        finally:
            log.close()

    for name, case in CASES:
        found.append((f"log: {name}", lambda bench, case=case: run(case)))
    return found
