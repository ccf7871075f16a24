"""Round trips of git send-email. The second time it gives the mail to smtpost: the
commands in the comments of --import are run before."""

import os

from import_bench import Row, folder_of
from import_server import Offer

PACKAGES = ("git", "git-email", "libauthen-sasl-perl", "libdigest-hmac-perl",
            "libio-socket-ssl-perl", "libnet-ssleay-perl")
PATCH = "From: Old Author <old@example.test>\nSubject: [PATCH] a fix\n\nA patch.\n"
USER = "[user]\n\tname = Alice Example\n\temail = alice@example.test\n"
SERVER = "[sendemail]\n\tsmtpServer = mail.example.test\n"
LOGIN = "\tsmtpUser = alice\n\tsmtpPass = secret\n"
STARTTLS = "\tsmtpEncryption = tls\n\tsmtpServerPort = 587\n"
WAY_BACK = """#!/bin/sh
set -e
sed -n 's/^# \\(git config\\)/\\1/p' ~/.config/smtpost/config >~/way-back
grep -q sendmailCmd ~/way-back
sh ~/way-back
exec git send-email "$@"
"""


def row(name, config, *options, more_files=None, **more):
    words = ("--quiet", "--confirm=never", "--to=bob@example.org", *options,
             "{home}/0001.patch")
    files = {"{home}/.gitconfig": config, "{home}/0001.patch": PATCH,
             **(more_files or {})}
    more.setdefault("source", "git")
    return Row(name, files, ("git", "send-email", *words), new=("way-back", *words),
               fields=("From", "Subject"), **more)


def stored(line):
    """Files and settings of git's credential helper that reads a file."""
    return {"{home}/.git-credentials": (line + "\n", 0o600)}


def set_up(bench, row):
    folder, own = folder_of("git"), bench.folder / "bin"
    perl = [folder / "usr/share/perl5",
            *(folder / "usr/lib").glob("*-linux-*/perl5/*.*")]
    script = own / "way-back"
    if not script.exists():
        script.write_text(WAY_BACK)
        script.chmod(0o755)
    row.environment = {
        "PATH": f"{own}:{folder}/usr/bin:{os.environ['PATH']}",
        "GIT_EXEC_PATH": str(folder / "usr/lib/git-core"),
        "GITPERLLIB": str(folder / "usr/share/perl5"),
        "PERL5LIB": ":".join(map(str, perl)),
        "GIT_CONFIG_NOSYSTEM": "1", "GIT_TERMINAL_PROMPT": "0"}


HELPER = "[credential]\n\thelper = store\n"
ROWS = [
    row("a server, and nothing else", USER + SERVER),
    row("TLS from the start", USER + SERVER + LOGIN + "\tsmtpEncryption = ssl\n"),
    row("STARTTLS at port 25", USER + SERVER + LOGIN + "\tsmtpEncryption = tls\n"),
    row("STARTTLS at port 587", USER + SERVER + LOGIN + STARTTLS),
    row("a password of git credential", USER + HELPER + SERVER + STARTTLS +
        "\tsmtpUser = alice\n",
        more_files=stored("smtp://alice:secret@mail.example.test%3a587")),
    row("git credential, odd characters", USER + HELPER + SERVER +
        "\tsmtpEncryption = ssl\n\tsmtpUser = \"a'l $i %c\\\\e\"\n",
        more_files=stored("smtp://a%27l%20%24i%20%25c%5ce:p%20%23%24%22w"
                          "@mail.example.test%3a465"),
        offer=Offer(password="p #$\"w")),
    row("git credential asks for the port that git connects to", USER + HELPER +
        SERVER + "\tsmtpEncryption = tls\n\tsmtpUser = alice\n",
        more_files=stored("smtp://alice:wrong@mail.example.test%3a587\n"
                          "smtp://alice:secret@mail.example.test%3a25")),
    row("quotes, escapes and comments", USER + SERVER.replace("mail.", '"mail".') +
        STARTTLS + "\tsmtpUser = al\"ice  #x\";y\n"
        "\tsmtpPass = \" s;\\\\e\\\"c$r\\\net \" # a comment\n",
        offer=Offer(password=" s;\\e\"c$ret ")),
    row("the author is user.email", USER + SERVER + STARTTLS),
    row("author.email", USER + "[author]\n\temail = author@example.test\n" + SERVER),
    row("from", USER + SERVER + "\tfrom = Al Ex <al@example.test>\n"),
    row("--from", USER + SERVER + "\tfrom = Al Ex <al@example.test>\n",
        "--from=Bo Ex <bo@example.test>"),
    row("an envelope sender", USER + SERVER +
        "\tfrom = al@example.test\n\tenvelopeSender = Bounces <b@example.test>\n"),
    row("the envelope sender auto, and --from", USER + SERVER +
        "\tenvelopeSender = auto\n", "--from=bo@example.test"),
    row("an EHLO name", USER + SERVER + "\tsmtpDomain = ehlo.example.test\n"),
    row("LOGIN", USER + SERVER + LOGIN + STARTTLS + "\tsmtpAuth = LOGIN\n"),
    row("LOGIN before PLAIN", USER + SERVER + LOGIN + STARTTLS +
        "\tsmtpAuth = LOGIN PLAIN\n"),
    row("CRAM-MD5", USER + SERVER + LOGIN + STARTTLS + "\tsmtpAuth = CRAM-MD5\n",
        offer=Offer(auth=("CRAM-MD5", "PLAIN"))),
    row("no login", USER + SERVER + LOGIN + STARTTLS + "\tsmtpAuth = none\n"),
    row("only LOGIN is offered", USER + SERVER + LOGIN + STARTTLS,
        offer=Offer(auth=("LOGIN",))),
    row("a certificate file", USER + SERVER + LOGIN + STARTTLS +
        "\tsmtpSSLCertPath = {root}\n"),
    row("no check of the certificate", USER + SERVER + LOGIN + STARTTLS +
        "\tsmtpSSLCertPath =\n"),
    row("the port in the server", USER +
        SERVER.replace(".test", ".test:2525")),
    row("a port by name", USER + SERVER + LOGIN +
        "\tsmtpEncryption = tls\n\tsmtpServerPort = submission\n"),
    row("a login without TLS on this machine", USER + LOGIN.join((
        "[sendemail]\n\tsmtpServer = localhost\n", "\tsmtpServerPort = 2525\n"))),
    row("the default identity", USER + SERVER + STARTTLS +
        "\tidentity = Work\n\tsmtpUser = nobody\n\tsmtpPass = wrong\n"
        '[sendemail "Work"]\n\tsmtpServer = hub.example.test\n\tsmtpUser = bob\n'
        "\tsmtpPass = secret\n\tfrom = bob@example.test\n",
        source="{home}/.gitconfig"),
    row("another identity", USER + SERVER + "\tidentity = home\n"
        '[sendemail "home"]\n\tfrom = home@example.test\n'
        '[sendemail "my work"]\n\tsmtpServer = hub.example.test\n' + STARTTLS + LOGIN,
        "--identity=my work"),
    row("two files, the second goes before the first", USER + "[sendemail]\n" + LOGIN,
        more_files={"{home}/.config/git/config": SERVER + STARTTLS +
                    "\tsmtpUser = bob\n\tsmtpPass = wrong\n"}),
    row("names in any case, and the last value", USER + "[SENDEMAIL]\n"
        "SMTPSERVER = hub.example.test\nsmtpserver = mail.example.test\n"
        "SmtpServerPort = 587\n\tsmtpdomain\n[sendemail]smtpEncryption=\"t\"ls\n"),
]


def random_row(chance):
    encryption, port = chance.choice([
        ("tls", ""), ("tls", "587"), ("ssl", ""), ("ssl", "4650"), ("", ""), ("", "2525")])
    lines = [f"smtpServer = {chance.choice(['mail', 'hub'])}.example.test"]
    if encryption:
        lines.append(f"smtpEncryption = {encryption}")
        lines += chance.choice([[], ["smtpUser = al", "smtpPass = secret"]])
        lines += chance.choice([[], ["smtpAuth = PLAIN"], ["smtpAuth = LOGIN"]])
    if port:
        lines.append(f"smtpServerPort = {port}")
    for more in ("from = F <f@example.test>", "envelopeSender = e@example.test",
                 "smtpDomain = d.example.test"):
        lines += chance.choice([[], [more]])
    chance.shuffle(lines)
    at = chance.randint(0, len(lines))
    own = "".join(f"\t{line}\n" for line in lines[at:])
    return row("random", USER + "[sendemail]\n\tidentity = x.Y\n" +
               "".join(f"\t{line}\n" for line in lines[:at]) +
               f'[sendemail "x.Y"]\n{own}')
