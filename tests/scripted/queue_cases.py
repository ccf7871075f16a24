"""Commands of the queue that a kill or an error strikes, and what must come of
them: for tests/queue_kills and tests/queue_faults.

A case prepares a spool, and has a command. After the strike other runs finish
what is left, against a server that knows what it took whole. Then each
recipient must have the mail as often as the case says: `least` and `most`, as
long as no record said that a delivery was in doubt.
"""

import os
import re
import shutil
import subprocess
import time

from queue_spool import Mail, Spool, crc32c, word
from scripted.spool import LIMIT, SMTPOST, Server, sealed_lines

BODY = b"First line.\n.\n..dots\n" + b"more\n" * 50 + b"The end.\n"
CHUNK_END = BODY.replace(b"\n", b"\r\n")
DATA_END = CHUNK_END.replace(b"\r\n.", b"\r\n..")
MESSAGE = b"From: me@example.com\nSubject: hello\n\n" + BODY
STORED = (b"From: me@example.com\nDate: Mon, 1 Dec 2025 10:00:00 +0000\n"
          b"Message-ID: <x@example.com>\nSubject: hello\n\n" + BODY)
SETTINGS = ("tls = none", "ehlo-name = client.example",
            "sender = me@example.com", "timeout = 5s", "timeout-connect = 5s",
            "queue = on-tempfail", "queue-flush = no", "queue-retry = 1s 1s")
ID = "6929CB1F03A2"
OTHERS = ("6929CB1F03B3", "6929CB1F03B4", "6929CB1F03B5")
ME = "me@example.com"
TO = "a@example.org"


def refuse(verb, text, **fits):
    def reply(state):
        return text if state["verb"] == verb and all(
            state[key].startswith(value) for key, value in fits.items()) \
            else None
    return reply


def count_doubts(lines):
    """(recipients, attempts that may have delivered the mail)"""
    recipients, doubts, is_pending, is_unsure = [], 0, False, False
    for words in (line.split(" ") for line in lines):
        if words[0] == "rcpt":
            recipients.append(words[2])
        elif words[0] == "doubt":
            is_pending = True
        elif words[0] == "result":
            is_unsure |= words[8] == "1"
        elif words[0] in ("next", "done"):
            doubts += is_unsure
            is_pending = is_unsure = False
    return recipients, doubts + (is_pending or is_unsure)


class Case:
    """What a command does, and what must come of it."""

    name = ""
    as_sendmail = False
    settings = ()
    extensions = ("PIPELINING", "8BITMIME")
    message = None
    # Recipients, and how often each must have the mail in the end: if the
    # command ended with 0, and if it did not.
    told = {TO: (1, 1)}
    untold = {TO: (1, 1)}
    says_why = True  # on stderr, if it does not succeed
    is_alone = True  # the only queue that is looked at
    slowness = 1  # a sample has so many times fewer calls
    status = 0  # the one that says that all went well

    def __init__(self, folder, server):
        self.folder, self.server = folder, server
        self.spool = os.path.join(folder, "spool")
        self.spools = [self.spool]
        self.log = os.path.join(folder, "log")
        self.config = os.path.join(folder, "smtpost", "config")
        self.sendmail = os.path.join(folder, "sendmail")
        self.doubts = {}
        os.makedirs(os.path.join(folder, "smtpost"))
        os.symlink(SMTPOST, self.sendmail)
        self.configure("queue-dir = " + self.spool)
        server.settle()
        server.taken, server.extensions = [], self.extensions
        server.reply = lambda state: None
        self.prepare()
        server.reply = self.reply_now

    def configure(self, *settings):
        """A setting of the case replaces the usual one of its name."""
        own = [setting.split(" =")[0] for setting in self.settings]
        with open(self.config, "w", encoding="utf-8") as file:
            file.write("\n".join((
                "[work]", "server = smtp://127.0.0.1:%d" % self.server.port,
                "log = " + self.log, *self.settings, *settings,
                *(setting for setting in SETTINGS
                  if setting.split(" =")[0] not in own), "")))

    @classmethod
    def why_not(cls):
        """Why this case cannot be tried here; None if it can."""
        return None

    # For the cases:

    def prepare(self):
        """Puts mails into the spool."""

    def command(self):
        return ["-qf"]

    def reply_now(self, state):
        """The server's replies to the command that is struck."""

    def reply_later(self, state):
        """And to the runs that follow."""

    def judge_now(self, status):
        """What is wrong with the state right after the command."""
        return []

    def judge_whole(self):
        """The same, if nothing has struck the command."""
        return []

    def judge_refused(self):
        """The same, if it said that it has failed."""
        return []

    # For the suites:

    def mail(self, name=ID, to=(TO,), **more):
        return Mail(Spool(self.spool), name, to=to, profile="work",
                    content=STORED, **{"arrived": int(time.time()), **more})

    def environment(self, **more):
        return {"PATH": os.environ["PATH"], "HOME": self.folder,
                "XDG_CONFIG_HOME": self.folder, "LC_ALL": "C",
                "ASAN_OPTIONS": os.environ.get("ASAN_OPTIONS", "") +
                ":verify_asan_link_order=0", **more}

    def run(self, arguments, prefix=(), program=SMTPOST, **more):
        """(exit status, stdout, stderr)"""
        # With -C no other queue of this user is run or changed.
        own = ("-C", self.config) if self.is_alone and \
            arguments[0].startswith(("-q", "--queue")) else ()
        ended = subprocess.run(
            [*prefix, program, *own, *arguments], input=self.message or b"",
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=LIMIT,
            check=False, env=self.environment(**more))
        self.server.settle()
        self.note_doubts()
        return ended.returncode, ended.stdout, ended.stderr

    def strike(self, prefix=(), **more):
        result = self.run(self.command(), prefix,
                          self.sendmail if self.as_sendmail else SMTPOST,
                          **more)
        self.server.reply = self.reply_later
        return result

    def files(self, place="mail"):
        found = []
        for spool in self.spools:
            if os.path.isdir(os.path.join(spool, place)):
                found += os.listdir(os.path.join(spool, place))
        return sorted(found)

    def mails(self, place="mail"):
        return [name[:-4] for name in self.files(place)
                if name.endswith(".env")]

    def lines(self, name, place="mail"):
        """The lines of an envelope; none if the mail is gone."""
        for spool in self.spools:
            path = os.path.join(spool, place, name + ".env")
            if os.path.exists(path):
                with open(path, "rb") as file:
                    return sealed_lines(file.read())
        return []

    def note_doubts(self):
        """Remembers what the records of each mail say of a duplicate."""
        for place in ("mail", "dead"):
            for name in self.mails(place):
                recipients, doubts = count_doubts(self.lines(name, place))
                self.doubts[name] = (recipients, max(
                    doubts, self.doubts.get(name, ((), 0))[1]))

    def recover(self):
        """Runs until nothing is left. Returns what is wrong."""
        wrong = []
        for _ in range(2):
            status, _, errors = self.run(["-qf"])
            if status != 0:
                wrong.append("-qf ended with %d: %s" % (
                    status, errors.decode()))
        remains = [name for name in self.files()
                   if name[:-4] not in self.mails()]
        if remains:
            wrong.append("left over after a run: %s" % remains)
        for place in ("mail", "dead"):
            for name in self.mails(place):
                self.run(["--queue-release", name])
        for _ in range(3):
            names = self.mails()
            if names:
                self.run(["--queue-run", *names])
        return wrong

    def read_log(self):
        with open(self.log, "a+", encoding="utf-8") as file:
            file.seek(0)
            return file.read()

    def has_warning(self):
        return " warning=" in self.read_log()

    def count(self, recipient):
        return sum(recipient in recipients
                   for _, recipients, _ in self.server.taken)

    def judge(self, status):
        """What is wrong at the end."""
        wrong = [
            "%s has a part of a mail" % recipients
            for sender, recipients, content in self.server.taken
            if sender != "" and not content.endswith((DATA_END, CHUNK_END))]
        log = self.read_log()
        for recipient, (least, most) in (
                self.told if status in (0, self.status)
                else self.untold).items():
            found = self.count(recipient)
            allowed = most + sum(doubts for recipients, doubts
                                 in self.doubts.values()
                                 if recipient in recipients)
            if not least <= found <= allowed:
                wrong.append("status %d, and %s got %d, not %d to %d" % (
                    status, recipient, found, least, allowed))
            if found > most and "possible duplicate" not in log:
                wrong.append("the log says of no duplicate for " + recipient)
        if self.files():
            wrong.append("files at the end: %s" % self.files())
        if self.files("dead"):
            wrong.append("dead at the end: %s" % self.files("dead"))
        return wrong

    def close(self):
        shutil.rmtree(self.folder, ignore_errors=True)


# Handing over. Whoever was not told of success may find that it left or not.


class Deferred(Case):
    """A submission that the server puts off."""

    name = "a submission that is deferred"
    message = MESSAGE
    untold = {TO: (0, 1)}

    def prepare(self):
        Spool(self.spool)

    def judge_refused(self):
        return ["it was refused, and waits: %s" % self.files()] * bool(
            self.mails())

    def command(self):
        return ["-f", ME, TO]

    def reply_now(self, state):
        return "451 4.3.0 later" if state["verb"] == "MAIL" else None


class DeferredAnew(Deferred):
    name = "a submission that makes the spool"

    def prepare(self):
        pass


class AsSendmail(Deferred):
    name = "sendmail, and no server answers"
    as_sendmail = True

    def command(self):
        return ["-i", TO]

    def reply_now(self, state):
        return Server.CLOSE if state["verb"] == "GREETING" else None


class Unanswered(Deferred):
    """The server takes it and says nothing, so it goes twice."""

    name = "a submission whose answer is lost"
    told = {TO: (1, 1)}

    def reply_now(self, state):
        if state["verb"] == "CONTENT":
            self.server.taken.append(
                (ME, [TO], b"unanswered\r\n" + DATA_END))
            return Server.CLOSE
        return None


class InDoubtHeld(Unanswered):
    name = "a submission in doubt that is held"
    settings = ("in-doubt = hold",)
    told = {TO: (1, 1)}
    status = 80


class Rest(Deferred):
    name = "a submission of which a part is deferred"
    told = {TO: (1, 1), "later@example.org": (1, 1)}
    untold = {TO: (0, 1), "later@example.org": (0, 1)}

    def command(self):
        return ["-f", ME, TO, "later@example.org"]

    def reply_now(self, state):
        return refuse("RCPT", "450 4.2.0 later", recipient="later")(state)


class Delayed(Deferred):
    name = "--delay"

    def command(self):
        return ["--delay", "2h", "-f", ME, TO]


class Always(Deferred):
    name = "queue = always"
    settings = ("queue = always",)


class QueuedOnly(Deferred):
    name = "sendmail -odq"
    as_sendmail = True

    def command(self):
        return ["-odq", "-i", TO]


# The service. What its client heard counts, and not the exit status.


class Service(Case):
    name = "the service, and no server answers"
    says_why = False  # but by replies, as far as the client hears them
    recipients = (TO,)
    greeting = "EHLO me"
    untold = {TO: (0, 1)}

    @property
    def message(self):
        return "\r\n".join((
            self.greeting, "MAIL FROM:<%s>" % ME,
            *("RCPT TO:<%s>" % name for name in self.recipients),
            "DATA", "")).encode() + MESSAGE.replace(b"\n", b"\r\n").replace(
                b"\r\n.", b"\r\n..") + b".\r\nQUIT\r\n"

    def command(self):
        return ["-bs"]

    def strike(self, prefix=(), **more):
        status, stdout, errors = super().strike(prefix, **more)
        before, _, last = stdout.decode().partition("\r\n354")
        # A client keeps those that were put off at RCPT.
        if before.count("\r\n250 2.1.5 ") < len(self.recipients):
            return status or 75, stdout, errors
        last = last.split("\r\n")[1:]
        count = len(self.recipients) if self.greeting == "LHLO me" else 1
        heard = [line for line in last[:count]
                 if re.match("250 2[.]0[.]0 (taken|queued as [0-9A-F]{12}$)",
                             line)]
        # A recipient that is refused at RCPT is not promised anything.
        return (0 if len(heard) == count and b"\r\n4" not in stdout
                else status or 75), stdout, errors

    def reply_now(self, state):
        return Server.CLOSE if state["verb"] == "GREETING" else None


class ServiceMixed(Service):
    name = "the service, one recipient is put off and one gets it"
    recipients = (TO, "later@example.org")
    told = {TO: (1, 1), "later@example.org": (1, 1)}
    untold = {TO: (0, 1), "later@example.org": (0, 1)}

    def reply_now(self, state):
        return refuse("RCPT", "450 4.2.0 later", recipient="later")(state)


class ServiceLmtp(ServiceMixed):
    name = "the service with LMTP, the same"
    greeting = "LHLO me"


class ServiceUnanswered(Service):
    name = "the service, and the answer is lost"
    reply_now = Unanswered.reply_now


class ServiceInDoubtHeld(ServiceUnanswered):
    name = "the service in doubt, and the mail is held"
    settings = ("in-doubt = hold",)

    def strike(self, prefix=(), **more):
        status, stdout, errors = super().strike(prefix, **more)
        return 0 if b"\n250 2.0.0 held as " in stdout else status, \
            stdout, errors


class ServiceAlways(Service):
    name = "the service with queue = always"
    settings = ("queue = always",)


# Runs. The mails are in the spool, so they must leave.


class Run(Case):
    """One recipient gets it, the other is refused, and the sender hears it."""

    name = "a run with a notification"
    told = untold = {TO: (1, 1), "bad@example.org": (0, 0), ME: (1, 1)}

    def prepare(self):
        self.mail(to=(TO, "bad@example.org"))

    def reply_now(self, state):
        return refuse("RCPT", "550 5.1.1 no such user", recipient="bad")(state)

    reply_later = reply_now


class RunCopied(Case):
    """The first recipient gets it, and so the folder; the second one later."""

    name = "a run that keeps a copy"
    settings = ("sent-copy = Sent/",)
    told = untold = {TO: (1, 1), "later@example.org": (1, 1)}

    def prepare(self):
        self.mail(to=(TO, "later@example.org"), wants_copy=True)

    def reply_now(self, state):
        return refuse("RCPT", "450 4.2.0 later", recipient="later")(state)

    def copies(self):
        folder = os.path.join(os.path.dirname(self.config), "Sent", "cur")
        return [os.path.join(folder, name) for name in (
            os.listdir(folder) if os.path.isdir(folder) else ())]

    def judge_whole(self):
        return [] if len(self.copies()) == 1 else ["there is no copy"]

    def judge(self, status):
        wrong = super().judge(status)
        if len(self.copies()) > 1:
            wrong.append("there are %d copies" % len(self.copies()))
        for path in self.copies():
            with open(path, "rb") as file:
                if not file.read().endswith(BODY):
                    wrong.append("a copy is not whole")
        return wrong


class RunMany(Case):
    name = "a run with four mails"
    told = untold = {"r%d@example.org" % i: (1, 1) for i in range(4)}

    def prepare(self):
        for i, name in enumerate((ID, *OTHERS)):
            self.mail(name, to=("r%d@example.org" % i,))


class RunChunks(RunMany):
    name = "a run with BDAT"
    extensions = ("PIPELINING", "8BITMIME", "CHUNKING")


class RunDeferred(Case):
    name = "a run, and the server puts the mail off"

    def prepare(self):
        self.mail()

    def reply_now(self, state):
        return "451 4.3.0 later" if state["verb"] == "CONTENT" else None


class RunInDoubt(Case):
    name = "a run in doubt, and the mail is held"
    settings = ("in-doubt = hold",)

    def prepare(self):
        self.mail()

    def reply_now(self, state):
        return Server.CLOSE if state["verb"] == "CONTENT" else None


class Expired(Case):
    """The lifetime of the mail is over."""

    name = "a run that gives a mail up"
    told = untold = {TO: (0, 1), ME: (0, 1)}

    def prepare(self):
        self.mail(arrived=int(time.time()) - 999999)
        with open(os.path.join(self.spool, "clock"), "w",
                  encoding="ascii") as file:
            file.write("999999 %d %d\n" % (time.time(), time.time()))

    def reply_now(self, state):
        return refuse("RCPT", "450 4.2.0 full", recipient=TO)(state)

    def judge(self, status):
        wrong = super().judge(status)
        if self.count(TO) + self.count(ME) == 0:
            wrong.append("nobody got it, and nobody heard of it")
        return wrong


class Buried(Case):
    """A refusal that nobody can hear of. The administrator releases it."""

    name = "a run that puts a mail aside"

    def prepare(self):
        self.mail(sender="")

    def reply_now(self, state):
        return refuse("RCPT", "550 5.1.1 no such user")(state)


class Compacted(Case):
    name = "a run that writes a long envelope anew"
    grown = None  # the records that are outdated

    def prepare(self):
        mail = self.mail(arrived=1764412191)
        if Compacted.grown is None:
            self.grow(mail)
        text, end = Compacted.grown
        with open(mail.env, "ab") as file:
            file.write(text)
        mail.sum = end

    @staticmethod
    def grow(mail):
        text, total = [], mail.sum
        for second in range(1100):
            for words in (("try", second, 1, "host"),
                          ("result", second, 1, "delayed", "rcpt", "temporary",
                           451, "4.2.1", 0, "x" * 900),
                          ("next", second, second)):
                line = b" ".join(word(w) for w in words)
                total = crc32c(line, total)
                text.append(b"%s #%08x\n" % (line, total))
        Compacted.grown = b"".join(text), total

    def reply_now(self, state):
        return "451 4.2.1 later" if state["verb"] == "RCPT" else None

    def judge_whole(self):
        size = os.path.getsize(os.path.join(self.spool, "mail", ID + ".env"))
        return ["the envelope has %d octets" % size] * (size > 5000)


class Damaged(Case):
    name = "a run that puts a damaged mail aside"
    told = untold = {TO: (0, 0)}

    def prepare(self):
        with open(self.mail().eml, "ab") as file:
            file.write(b"x")

    def recover(self):
        wrong = super().recover()
        if self.files("dead") != [ID + ".eml", ID + ".env"]:
            wrong.append("dead: %s" % self.files("dead"))
        status, _, errors = self.run(["--queue-remove", ID, "--yes"])
        if status != 0:
            wrong.append("it cannot be removed: %s" % errors.decode())
        return wrong


class AllUsers(Case):
    """Root runs the queues of two users, who may both be struck. /var/spool and
    the system's configuration are replaced in a mount namespace."""

    name = "a run with --all-users"
    is_alone = False
    slowness = 4
    users = {61234: ID, 61235: OTHERS[0]}
    told = untold = {"u61234@example.org": (1, 1),
                     "u61235@example.org": (1, 1)}

    @classmethod
    def why_not(cls):
        if os.geteuid() != 0 or subprocess.run(
                ["unshare", "-m", "true"], stderr=subprocess.DEVNULL,
                check=False).returncode != 0:
            return "needs root and mount namespaces"
        if not os.path.isdir(configured_folder()):
            return "there is no folder " + configured_folder()
        return None

    def prepare(self):
        os.chmod(self.folder, 0o777)
        self.configure()
        with open(self.log, "w", encoding="ascii"):
            os.chmod(self.log, 0o666)
        users = os.path.join(self.folder, "var", "smtpost", "users")
        os.makedirs(users)
        os.chmod(users, 0o1777)
        self.spools = []
        for uid, name in self.users.items():
            self.spool = os.path.join(users, str(uid))
            self.spools.append(self.spool)
            self.mail(name, to=("u%d@example.org" % uid,))
            subprocess.run(["chown", "-R", "%d:%d" % (uid, uid), self.spool],
                           check=True)

    def run(self, arguments, prefix=(), program=SMTPOST, **more):
        if arguments[0] in ("-qf", "--queue-run"):
            arguments = ["-qf", "--all-users"]
        return super().run(arguments, (
            "unshare", "-m", "--propagation", "private", "sh", "-c",
            'mount --bind "$1/var" /var/spool && '
            'mount --bind "$1" "$2" && shift 2 && exec env "$@"', "sh",
            self.folder, configured_folder(), *("%s=%s" % item for item in more.items()), *prefix), program)


def configured_folder():
    """The folder that has the system's smtpost/config, as it was compiled in."""
    with open(SMTPOST, "rb") as file:
        return re.search(
            rb"(/[ -~]*)/smtpost/config\0", file.read()).group(1).decode()


# By hand.


class Hand(Case):
    def prepare(self):
        self.mail()


class Remove(Hand):
    name = "--queue-remove"
    told = {TO: (0, 0)}
    untold = {TO: (0, 1)}

    def command(self):
        return ["--queue-remove", ID, "--yes"]


class Hold(Hand):
    name = "--queue-hold"

    def command(self):
        return ["--queue-hold", ID]

    def judge_now(self, status):
        return ["it is not held"] * (
            status == 0 and "hold" not in [
                line.split(" ")[0] for line in self.lines(ID)])


class Release(Case):
    name = "--queue-release"

    def prepare(self):
        self.mail().add(["hold", 1764412350, 1000])

    def command(self):
        return ["--queue-release", ID]


class Dead(Case):
    """A mail in the folder `dead`."""

    def prepare(self):
        self.mail(folder="dead").add(
            ["result", 1764412350, 1, "failed", "rcpt", "refused", 550,
             "5.1.1", 0, "no"], ["next", 1764412350, 1764412650],
            ["dead", 1764412350, "nobody can be told"])


class ReleaseDead(Dead):
    name = "--queue-release from the folder dead"

    def command(self):
        return ["--queue-release", ID]


class RemoveDead(Dead):
    name = "--queue-remove from the folder dead"
    told = {TO: (0, 0)}
    untold = {TO: (0, 1)}

    def command(self):
        return ["--queue-remove", ID, "--yes"]


CASES = (Deferred, DeferredAnew, AsSendmail, Unanswered, InDoubtHeld, Rest,
         Delayed, Always, QueuedOnly, Service, ServiceMixed, ServiceLmtp,
         ServiceUnanswered, ServiceInDoubtHeld, ServiceAlways, Run, RunCopied,
         RunMany, RunChunks, RunDeferred, RunInDoubt, Expired, Buried,
         Compacted, Damaged, AllUsers, Remove, Hold, Release, ReleaseDead,
         RemoveDead)
