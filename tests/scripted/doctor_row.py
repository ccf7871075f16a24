"""A row of tests/doctor_servers: servers with a fault, and what --doctor finds.

Each row is run twice, each time against fresh servers: with --doctor, and with
a real submission, whose status must be the one that --doctor predicts.
The rows of tests/doctor_setup_faults are played in the same way.
"""

import concurrent.futures
import dataclasses
import os
import subprocess
import sys
import tempfile

from scripted import certificates, suite

# They mostly wait.
AT_ONCE = 6


def serve(**how):
    """One server; the arguments are those of doctor_server.Server."""
    return how


@dataclasses.dataclass
class Row:
    name: str
    servers: list  # of serve(); or one
    # The one finding that is neither ok nor skipped, ("auth.login", "failure");
    # None: all is well.
    finding: tuple = None
    also: tuple = ()  # further ones, about the row's own settings
    # {0} is the address and port of the first server, or its path.
    url: str = "smtps://{0}"
    write: tuple = None  # one of its lines: ("sender", "me@example.com")
    says: str = ""  # a part of its sentence, or of its hint
    tells: bool = True  # whether --doctor tells the submission's status
    status: int = None  # of the submission; None: whatever it is
    logins: int = None  # None: one if a server can be logged in to, else none
    # More settings. FOLDER is a folder of the row's own, CERTS that of the
    # certificates, @PIN-good@ and @SHA256-good@ are digests of one of them.
    config: str = ""
    prepare: callable = None  # makes the certificates that config names
    sender: str = "me@example.com"
    password: str = "hunter2"  # None: no login
    options: tuple = ()  # for --doctor
    reports: tuple = ()  # further ones, which show no secret either
    mails: int = 0  # how often --doctor sends RCPT (with --send)
    exit: int = None  # of --doctor; None: that of the finding's severity
    # What is typed at a terminal, to the question of --doctor. None: there is
    # no terminal. For tests/doctor_networks.
    typed: str = None


EXITS = {"ok": 0, "note": 0, "warning": 1, "failure": 2}


def complaints(done):
    stderr = done.stderr.decode("utf-8", "backslashreplace")
    if "Sanitizer" in stderr or "runtime error" in stderr:
        yield "a sanitizer speaks: " + stderr
    if b"\x1b" in done.stdout + done.stderr:
        yield "a terminal code is shown"
    if b"hunter2" in done.stdout + done.stderr:
        yield "the password is shown"


def judge_statuses(row, report, done, mail):
    """Whether the submission `mail` ended as --doctor (`done`) foretold."""
    wrong = []
    told = mail.returncode if row.tells else None
    if report["submission-exit"] != told:
        wrong.append("the submission ended with %d, not %s: %s" % (
            mail.returncode, report["submission-exit"], mail.stderr.decode()))
    if row.status is not None and mail.returncode != row.status:
        wrong.append("the submission ended with %d: %s" % (
            mail.returncode, mail.stderr.decode()))
    if done.returncode != report["exit"]:
        wrong.append("status %d, and the report says %d" % (
            done.returncode, report["exit"]))
    return wrong


def judge_finding(row, report):
    """Whether exactly the finding of the row is neither ok nor skipped."""
    wrong = []
    found = [check for check in report["checks"]
             if check["severity"] not in ("ok", "skipped")]
    expected = set(row.also) | ({row.finding} if row.finding else set())
    if {(check["id"], check["severity"]) for check in found} != expected or (
            len(found) != len(expected)):
        wrong.append("found %s" % [
            (check["id"], check["severity"], check["text"], check["hint"])
            for check in found])
        return wrong
    for check in found:
        if (check["id"], check["severity"]) != row.finding:
            continue
        lines = [(line.get("setting", line.get("dns")), line["value"])
                 for line in check["write"]]
        if row.write is not None and row.write not in lines:
            wrong.append("it writes %s" % lines)
        if row.says not in "%s\n%s" % (check["text"], check["hint"]):
            wrong.append("it says: %s; hint: %s" % (check["text"],
                                                    check["hint"]))
    return wrong


class Skip(Exception):
    """Why a row cannot be played here."""


def play_all(rows, play, prepare=None):
    """Plays the rows, or those with a part of their name on the command line, and
    prints TAP. `play` is given the program, the certificates, the row and a
    folder of its own, and returns what is wrong; `prepare` is called before,
    with a folder. Returns whether a row failed."""
    if not certificates.available():
        print("1..0 # SKIP certtool (gnutls-bin) is missing")
        return False
    suite.catch_signals()
    program = os.path.abspath(os.environ.get("SMTPOST", "./smtpost"))
    parts = sys.argv[1:]
    chosen = [row for row in rows
              if not parts or any(part in row.name for part in parts)]
    failed = False
    print("1..%d" % len(chosen), flush=True)
    with tempfile.TemporaryDirectory(prefix="doctor_rows.") as scratch, \
            concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
        if prepare:
            prepare(scratch)
        os.mkdir(os.path.join(scratch, "certificates"))
        certs = certificates.Certificates(
            os.path.join(scratch, "certificates"))

        def play_one(number, row):
            folder = os.path.join(scratch, str(number))
            os.mkdir(folder)
            try:
                return play(program, certs, row, folder)
            except Skip as why:
                return str(why)
            except (OSError, subprocess.SubprocessError) as error:
                return [str(error)]

        results = pool.map(play_one, range(len(chosen)), chosen)
        for number, wrong in enumerate(results):
            skip = isinstance(wrong, str)
            print("%sok %d - %s%s" % (
                "not " if wrong and not skip else "", number + 1,
                chosen[number].name, " # SKIP " + wrong if skip else ""))
            for text in [] if skip else wrong:
                print("\n".join("# " + line for line in text.splitlines()))
            sys.stdout.flush()
            failed |= bool(wrong) and not skip
    return failed
