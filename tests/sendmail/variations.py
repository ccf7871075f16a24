"""Calls that follow the rules of the recorded ones, made at random from a seed.

Each is made of pieces whose meaning is known, and so what must arrive is known
without parsing the call.
"""

import random

from sendmail import judge, stage

PEOPLE = ["bob@example.org", "carol@example.net", "dave@example.com", "zoe@example.net",
          "eve+tag@example.org", "o'hara@example.org", '"two words"@example.org',
          "x@[192.0.2.1]", "UPPER@Example.ORG", "root", "alice", "a.b.c@sub.example.org"]
IGNORED = [["-oem"], ["-oee"], ["-oep"], ["-oeq"], ["-odb"], ["-odi"], ["-odq"], ["-om"],
           ["-o7"], ["-o8"], ["-m"], ["-n"], ["-U"], ["-G"], ["-mn"], ["-bm"],
           ["-h", "3"], ["-h3"], ["-L", "tag"], ["-Ltag"], ["-O", "DeliveryMode=b"],
           ["-OErrorMode=p"], ["-A", "c"], ["-Am"], ["-X", "/nonexistent/log"],
           ["-X/nonexistent/log"], ["-p", "SMTP:host"], ["-pSMTP"], ["-d"], ["-d0.1"],
           ["-B8BITMIME"], ["-B", "7BIT"], ["-em"], ["-oA/nonexistent/aliases"],
           ["-C", "/nonexistent/sendmail.cf"], ["-FCronDaemon"], ["-F", "Full Name"],
           ["-F", ""], ["-F", "Jörg \"x\" <y>"], ["-oo"], ["-ov"], ["-O", "QueueDirectory=/tmp"]]
DOTS = [["-i"], ["-oi"], ["-oitrue"], ["-o", "i"], ["-O", "IgnoreDots=true"],
        ["-OIgnoreDots=true"], ["-mi"], ["-im"]]
SENDERS = [("alice@sender.example", "alice@sender.example"), ("", ""), ("<>", "<>"),
           ("<bounce@sender.example>", "<bounce@sender.example>"), ("root", "root"),
           ("Alice Example <alice@sender.example>", "Alice Example <alice@sender.example>"),
           ("b+x=y@sender.example", "b+x=y@sender.example")]
NOTIFY = ["never", "failure", "failure,delay", "success,failure,delay", "SUCCESS"]
BODIES = [
    b"hello\n", b"", b"no newline", b"a\n.\nb\n", b"..two\n.x\n.\n.\nend\n", b"From here\n",
    "Grüße aus Köln\n€\n".encode(), b"latin \xe4\xf6\xfc\n", b"x" * 1500 + b"\nshort\n",
    b"a\r\nb\nc\r\n", b"nul \0 in it\n", b"tab\tand blank \n \n", b"\n\n\n",
    ("ü" * 700 + "\n.\n").encode(), b"a\rb\n", b"word " * 400 + b"\n", b"\x1b[1m\n=3D\n",
    b"-- \nsignature\n", b"invalid \xff\xfe\xc3\n", b"line\n" * 3000]
SUBJECTS = [b"plain", "Grüße".encode(), b"latin \xe4", b"=?UTF-8?Q?Gr=C3=BC=C3=9Fe?=", b"",
            b"long " * 300, b"x" * 990, b"folded\n and on\n\tand on", "😀 Emoji".encode()]
FROMS = [b"From: alice@sender.example\n", b"From: root (Cron Daemon)\n", b"",
         b"From: Anacron <root>\n", b"From: alice\n",
         "From: Jörg Müller <alice@sender.example>\n".encode(),
         b'From: "A, B" <alice@sender.example>\n', b"fRoM : alice@sender.example\n",
         b"From: =?ISO-8859-1?Q?J=F6rg?= <alice@sender.example>\n"]
TYPES = [b"", b"MIME-Version: 1.0\nContent-Type: text/plain; charset=UTF-8\n"
              b"Content-Transfer-Encoding: 8bit\n",
         b"MIME-Version: 1.0\nContent-Type: text/plain; charset=iso-8859-1\n"
         b"Content-Transfer-Encoding: 8bit\n",
         b"Content-Type: text/plain; charset=utf-8\n"]
OTHERS = [b"", b"Date: Sat, 21 Nov 2026 22:43:14 +0000\n", b"Message-ID: <1.2@sender.example>\n",
          b"X-Cron-Env: <SHELL=/bin/sh>\nX-Cron-Env: <HOME=/home/alice>\n",
          b"Reply-To: alice\n", b"Sender: root (System)\n",
          b"X-Long: " + b"y" * 1200 + b"\n", b"Auto-Submitted: auto-generated\n",
          "X-Raw: ünï\n".encode()]
MULTIPART = """MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="=_b"

prologue
--=_b
Content-Type: multipart/alternative; boundary=in

--in
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: 8bit

Grüße
.
From here
--in
Content-Type: text/html; charset=utf-8
Content-Transfer-Encoding: quoted-printable

<p>Gr=C3=BC=C3=9Fe</p>
--in--
--=_b
Content-Type: application/octet-stream
Content-Transfer-Encoding: base64
Content-Disposition: attachment; filename="Grüße.bin"

AAECAwQFBgcICQoLDA0ODxAREhM=
--=_b
Content-Type: message/rfc822

From: a@x.example
Subject: Inneres ü

Text ü
--=_b
Content-Type: text/plain; charset=iso-8859-1

LONG
--=_b--
epilogue
""".encode().replace(b"LONG", b"lang \xfc" + b"z" * 1200)
GROUPS = [b"To: undisclosed-recipients:;\n",
          b"Cc: Team: bob@example.org, Carol <carol@example.net>;\n",
          b"Resent-From: alice@sender.example\nResent-Date: Sat, 21 Nov 2026 22:45:12 +0000\n"
          b"Resent-Message-ID: <3@sender.example>\nResent-To: zoe@example.net\n"
          b"Resent-Bcc: dave@example.com\n",
          b"To: bob@example.org (a (nested) note)\n",
          b"CC: =?UTF-8?Q?J=C3=B6rg?= <bob@example.org>,,\n , carol@example.net\n"]
MISTAKES = [lambda argv: argv[:1] + ["-Z"] + argv[1:],
            lambda argv: argv + ["bob@example.org", "-i"],
            lambda argv: argv[:1] + ["-iZ"] + argv[1:], lambda argv: argv[:1] + ["-f"],
            lambda argv: argv[:1] + ["-i", "-N"], lambda argv: argv[:1] + ["a@b.example", "-X/x"],
            lambda argv: argv[:1] + ["--config=/x"] + argv[1:]]
SIGNALS = ["PIPE", "HUP", "INT", "QUIT", "TSTP", "CHLD"]


def header_of(dice, with_recipients):
    fields = [dice.choice(FROMS), b"Subject: " + dice.choice(SUBJECTS) + b"\n",
              dice.choice(TYPES)]
    fields += dice.sample(OTHERS, dice.randint(0, 3))
    if with_recipients or dice.random() < 0.5:
        fields.append(b"To: " + people(dice).encode() + b"\n")
        if dice.random() < 0.4:
            fields.append(b"Cc: " + people(dice).encode() + b"\n")
        if dice.random() < 0.4:
            name = dice.choice([b"Bcc", b"BCC", b"bcc ", b"Bcc"])
            fields.append(name + b": " + people(dice).encode() + b"\n")
    dice.shuffle(fields)
    return b"".join(fields)


def message_of(dice, with_recipients):
    header = header_of(dice, with_recipients)
    if dice.random() < 0.15:
        header = dice.choice(GROUPS) + header
    if dice.random() < 0.12:
        kept = [field for field in header.split(b"\n") if not field.startswith(
            (b"MIME-V", b"Content-"))]
        return b"\n".join(kept) + MULTIPART
    return header + b"\n" + dice.choice(BODIES)


def people(dice):
    written = []
    for path in dice.sample(PEOPLE, dice.randint(1, 3)):
        form = dice.choice(["{}", "{}", "<{}>", "Some One <{}>", '"A, B" <{}>', "{} (note)"])
        written.append(form.format(path))
    return dice.choice([", ", ",", ",\n ", ", \n\t"]).join(written)


def operands(dice):
    words = []
    for _ in range(dice.randint(1, 3)):
        paths = dice.sample(PEOPLE, dice.choice([1, 1, 1, 2]))
        form = dice.choice(["{}", "{}", "{}", "<{}>", "Some One <{}>"])
        words.append(",".join(form.format(path) for path in paths))
    return words


def options(dice, wanted):
    groups = [list(group) for group in dice.sample(IGNORED, dice.randint(0, 4))]
    if wanted.ignore_dots:
        groups += [list(dice.choice(DOTS)) for _ in range(dice.randint(1, 2))]
    if wanted.from_header:
        letters = dice.choice(["-t", "-t", "-tm", "-mt"])
        if wanted.ignore_dots:
            letters = dice.choice([letters, "-ti", "-it"])
        groups.append([letters])
    dice.shuffle(groups)
    for _ in range(dice.choice([0, 1, 1, 2])):
        # The last one counts.
        given, meant = dice.choice(SENDERS)
        letter = dice.choice(["-f", "-f", "-r"])
        joined = given != "" and dice.random() < 0.5
        groups.append([letter + given] if joined else [letter, given])
        wanted.reverse_path = meant
    if dice.random() < 0.3:
        wanted.notify = dice.choice(NOTIFY)
        groups.append(dice.choice([["-N", wanted.notify], ["-N" + wanted.notify]]))
    if dice.random() < 0.3:
        wanted.ret = dice.choice(["full", "hdrs"])
        groups.append(dice.choice([["-R", wanted.ret], ["-R" + wanted.ret]]))
    if dice.random() < 0.2:
        wanted.envelope_id = "QQ314159"
        groups.append(["-V", wanted.envelope_id])
    return [word for group in groups for word in group]


def make(seed, number, machine):
    dice = random.Random(f"{seed}-{number}")
    wanted = judge.Meaning()
    wanted.from_header = dice.random() < 0.5
    wanted.ignore_dots = dice.random() < 0.7
    argv = [dice.choice(["sendmail", "/usr/sbin/sendmail", "/usr/lib/sendmail"])]
    argv += options(dice, wanted)
    if not wanted.from_header or dice.random() < 0.3:
        wanted.operands = operands(dice)
        argv += dice.choice([[], ["--"]]) + wanted.operands
    elif dice.random() < 0.2:
        argv.append("--")
    if "-bm" in argv:
        wanted.mode = "m"
    if "--" not in argv and dice.random() < 0.04:
        argv = dice.choice(MISTAKES)(argv)
        wanted.refused = 64
    message = message_of(dice, wanted.from_header)
    if dice.random() < 0.2:
        message = b"From alice Sat Nov 21 22:00:00 2026\n" + message
    if dice.random() < 0.3:
        message = message.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
    elif dice.random() < 0.2:
        head, _, body = message.partition(b"\n\n")
        message = head.replace(b"\n", b"\r\n") + b"\r\n\r\n" + body
    user = dice.choice(["alice", "root", "jose"])
    env = {"PATH": "/usr/bin:/bin", "HOME": machine.home(user)}
    if machine.kind != "none" and dice.random() < 0.4:
        env = dice.choice([{}, {"HOME": machine.home("root"), "USER": "root"},
                           {"HOME": "/nonexistent"}, {"LOGNAME": "nobody", "HOME": ""}])
    return stage.Call(
        argv, message, env, user, dice.choice(["/", str(machine.folder / "tmp")]),
        dice.choice([0o022, 0o077, 0]),
        [dice.choice(["pipe", "regular file", "socket"]),
         dice.choice(["pipe", "pipe", "/dev/null", "closed"]),
         dice.choice(["pipe", "pipe", "/dev/null", "closed"])],
        {fd: "regular file" for fd in dice.sample(range(3, 13), dice.choice([0, 0, 1, 3]))},
        dice.sample(SIGNALS, dice.choice([0, 0, 1, 4])),
        dice.sample(SIGNALS, dice.choice([0, 0, 2]))), wanted
