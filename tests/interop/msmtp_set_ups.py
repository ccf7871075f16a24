"""Set-ups of mail readers and scripts for msmtp, as their documentation, the ArchWiki
and the EmacsWiki show them. {msmtp} is the program."""

import dataclasses

from import_bench import HOST, Row
from import_server import Offer

# The programs, where they are, and the packages that have them.
PROGRAMS = {
    "msmtp": ("/usr/bin/msmtp", ["msmtp"]),
    "mutt": ("/usr/bin/mutt", ["mutt"]),
    "neomutt": ("/usr/bin/neomutt", ["neomutt"]),
    "git": ("/usr/lib/git-core/git-send-email", ["git-email"]),
    "emacs": ("/usr/bin/emacs-nox", ["emacs-nox"]),
    "s-nail": ("/usr/bin/s-nail", ["s-nail"]),
    "php": ("/usr/bin/php", ["php-cli"]),
}

MSMTPRC = """\
defaults
auth on
tls on
tls_trust_file {root}

account work
host mail.example.test
port 587
from alice@example.test
user alice
password secret

account private
host hub.example.test
port 465
tls_starttls off
from alice@private.example
user alice@private.example
password secret

account default : work
"""

MESSAGE = (b"From: Alice Example <alice@example.test>\nTo: bob@example.org\n"
           b"Cc: carol@example.org\nBcc: dave@example.org\nSubject: A test\n\nHello\n")
CRON = (b"From: root (Cron Daemon)\nTo: bob@example.org\nSubject: Cron <root@x> run\n\n"
        b"Hello\n")
PRIVATE = MESSAGE.replace(b"alice@example.test", b"alice@private.example")
FIELDS = ("From", "To", "Cc", "Bcc", "Subject")
LAYOUT = Row("layout", {}, (), "", user="alice")

# What smtpost does in another way, on purpose: (msmtp, smtpost).
OWN_EHLO = {"ehlo": ("localhost", HOST)}
OWN_PORT = {"port": (25, 587)}


@dataclasses.dataclass
class Caller:
    """A program and its files; is_silent: the caller says nothing itself."""
    name: str
    program: str
    words: tuple
    files: dict = dataclasses.field(default_factory=dict)
    message: bytes = MESSAGE
    count: int = 1
    status: int = 0
    fields: tuple = FIELDS
    differs: dict = dataclasses.field(default_factory=dict)
    offer: Offer = dataclasses.field(default_factory=Offer)
    environment: dict = dataclasses.field(default_factory=dict)
    is_silent: bool = True


MUTT = ("-n", "-F", "{home}/muttrc", "-s", "A test", "-c", "carol@example.org",
        "-b", "dave@example.org", "bob@example.org")


def mutt(name, lines, program="mutt", **more):
    # The rest is what every muttrc here has.
    text = "set copy=no charset=utf-8\n" + lines
    return Caller(f"{program}: {name}", program, (program, *MUTT),
                  {"{home}/muttrc": text}, message=b"Hello\n", **more)


WORK = 'set from="alice@example.test" realname="Alice Example" use_from=yes\n'
HOME = 'set from="alice@private.example" realname="Alice Example" use_from=yes\n'
MUTTS = [row for program in ("mutt", "neomutt") for row in (
    mutt("an account", WORK + 'set sendmail="{msmtp} -a work"\n', program),
    mutt("the default account", WORK + 'set sendmail="{msmtp}"\n', program),
    mutt("an account by the envelope", HOME + 'set sendmail="{msmtp}"\n'
         "set envelope_from=yes\n", program),
    mutt("another account and envelope", WORK + 'set sendmail="{msmtp} -a private"\n'
         "set envelope_from=yes\n", program),
    mutt("--read-envelope-from", HOME
         + 'set sendmail="{msmtp} --read-envelope-from"\n', program),
    mutt("--read-recipients too", WORK + "set write_bcc=yes\n"
         'set sendmail="{msmtp} --read-envelope-from --read-recipients"\n', program),
    mutt("long names", WORK + 'set sendmail="{msmtp} --account=work"\n'
         "set sendmail_wait=0\n", program),
)]

PATCH = """\
From 0123456789012345678901234567890123456789 Mon Sep 17 00:00:00 2001
From: Alice Example <alice@example.test>
Date: Mon, 1 Jan 2024 00:00:00 +0000
Subject: [PATCH] A test

Hello
---
 a | 1 +
 1 file changed, 1 insertion(+)

diff --git a/a b/a
new file mode 100644
index 0000000..ce01362
--- /dev/null
+++ b/a
@@ -0,0 +1 @@
+hello
--
2.39.5
"""
GIT = """\
[user]
	name = Alice Example
	email = alice@example.test
[sendemail]
	confirm = never
	validate = false
	suppressCc = all
	quiet = true
"""


def git(name, lines, *words, **more):
    return Caller(f"git send-email: {name}", "git",
                  ("git", "send-email", *words, "--to=bob@example.org",
                   "--cc=carol@example.org", "--bcc=dave@example.org", "{home}/patch"),
                  {"{home}/patch": PATCH, "{home}/.gitconfig": GIT + lines},
                  message=b"", is_silent=False, **more)


GITS = [
    git("sendmailCmd", "	sendmailCmd = {msmtp} -a work\n"),
    git("sendmailCmd and envelopeSender", "	sendmailCmd = {msmtp} -a private\n"
        "	envelopeSender = auto\n"),
    git("smtpServer with options", "	smtpServer = {msmtp}\n"
        "	smtpServerOption = -a\n	smtpServerOption = work\n	envelopeSender = auto\n"),
    git("smtpServer alone", "	smtpServer = {msmtp}\n"),
    git("an identity", '[sendemail "private"]\n	smtpServer = {msmtp}\n'
        "	smtpServerOption = --account=private\n"
        "	from = Alice Example <alice@private.example>\n	envelopeSender = auto\n",
        "--identity=private"),
    git("--read-envelope-from", "	sendmailCmd = {msmtp} --read-envelope-from\n"),
]

# What runs in each Emacs: a file of its own, no terminal.
MESSAGE_MODE = """\
(setq user-full-name "Alice Example" user-mail-address "alice@example.test"
      message-kill-buffer-on-exit t message-interactive t
      message-confirm-send nil message-signature nil
      message-default-headers "" mail-host-address "example.test"
      sendmail-program "{msmtp}")
%s
(require 'message)
(message-mail "bob@example.org" "A test")
(message-goto-from)
(goto-char (point-min))
(when (re-search-forward "^From:.*\\n" nil t) (replace-match ""))
(goto-char (point-min))
(insert "From: Alice Example <%s>\\nCc: carol@example.org\\nBcc: dave@example.org\\n")
(message-goto-body)
(insert "Hello\\n")
(message-send)
"""
MAIL_MODE = """\
(setq user-full-name "Alice Example" user-mail-address "alice@example.test"
      mail-host-address "example.test" mail-interactive t
      sendmail-program "{msmtp}")
%s
(require 'sendmail)
(mail-setup "bob@example.org" "A test" nil "carol@example.org" nil nil nil)
(goto-char (point-min))
(when (re-search-forward "^From:.*\\n" nil t) (replace-match ""))
(goto-char (point-min))
(insert "From: Alice Example <%s>\\nBcc: dave@example.org\\n")
(goto-char (point-max))
(insert "Hello\\n")
(mail-send)
"""


def emacs(name, mode, lines, address="alice@example.test", **more):
    return Caller(f"Emacs: {name}", "emacs",
                  ("emacs-nox", "--batch", "-Q", "-l", "{home}/send.el"),
                  {"{home}/send.el": mode % (lines, address)}, message=b"",
                  is_silent=False, **more)


BY_SENDMAIL = "(setq message-send-mail-function 'message-send-mail-with-sendmail)\n"
EMACSES = [
    emacs("message-mode, --read-envelope-from", MESSAGE_MODE, BY_SENDMAIL + """\
(setq message-sendmail-f-is-evil t
      message-sendmail-extra-arguments '("--read-envelope-from"))"""),
    emacs("message-mode, the account by From", MESSAGE_MODE, BY_SENDMAIL + """\
(setq message-sendmail-f-is-evil t
      message-sendmail-extra-arguments '("--read-envelope-from"))""",
          "alice@private.example"),
    emacs("message-mode, an account", MESSAGE_MODE, BY_SENDMAIL + """\
(setq message-sendmail-f-is-evil t
      message-sendmail-extra-arguments '("-a" "private"))"""),
    emacs("message-mode, envelope by the header", MESSAGE_MODE, BY_SENDMAIL + """\
(setq mail-specify-envelope-from t message-sendmail-envelope-from 'header
      mail-envelope-from 'header)""", "alice@private.example"),
    emacs("mail-mode, envelope by the header", MAIL_MODE, """\
(setq send-mail-function 'sendmail-send-it
      mail-specify-envelope-from t mail-envelope-from 'header)""",
          "alice@private.example"),
]


def script(name, command, **more):
    return Caller("script: " + name, "msmtp", ("sh", "-c", command), **more)


S_NAIL = ("s-nail", "-:/", "-Sv15-compat", "-Smta={msmtp}", "-Ssendwait",
          "-Sfrom=Alice Example <alice@example.test>", "-Sttycharset=utf-8")
LETTER = ("-s", "A test", "-c", "carol@example.org", "-b", "dave@example.org",
          "bob@example.org")
OTHERS = [
    Caller("s-nail: mta", "s-nail", (*S_NAIL, *LETTER), message=b"Hello\n"),
    Caller("s-nail: mta with arguments", "s-nail",
           (*S_NAIL, "-Smta-arguments=-a private", *LETTER), message=b"Hello\n"),
    Caller("s-nail: the envelope by -r", "s-nail",
           (*S_NAIL, "-r", "alice@private.example", *LETTER), message=b"Hello\n"),
    Caller("PHP: sendmail_path", "php",
           ("php", "-n", "-d", "sendmail_path={msmtp} -a default -t", "-r",
            'exit(mail("bob@example.org", "A test", "Hello", '
            '"From: Web <web@example.test>\\r\\nBcc: dave@example.org") ? 0 : 1);')),
    Caller("PHP: -f and a file", "php",
           ("php", "-n", "-d", "sendmail_path={msmtp} -t -i", "-r",
            'exit(mail("bob@example.org", "A test", "Hello", '
            '"From: Web <web@example.test>", "-falice@private.example") ? 0 : 1);')),
    Caller("cron: -t", "msmtp", ("{msmtp}", "-t"),
           message=b"From: root@example.test (Cron Daemon)\nTo: bob@example.org\n"
                   b"Subject: Cron <root@x> run\nAuto-Submitted: auto-generated\n\nHello\n"),
    script("recipients after --", "{msmtp} -- bob@example.org carol@example.org"),
    script("-t with more recipients", "{msmtp} -t erin@example.org"),
    script("both read from the message", "{msmtp} --read-recipients --read-envelope-from",
           message=PRIVATE),
    script("the newest sender", "{msmtp} -t --read-envelope-from",
           message=b"Resent-From: resent@example.test\nResent-To: erin@example.org\n"
                   + MESSAGE,
           # As msmtp since 1.8.27, by RFC 5322 section 3.6.6.
           differs={"sender": ("alice@example.test", "resent@example.test")}),
    script("an account after a pipe",
           "printf 'From: alice@private.example\\nTo: bob@example.org\\nSubject: x\\n\\nHi\\n'"
           " | {msmtp} --account=private -t"),
    script("-f with the account by it", "{msmtp} -f alice@private.example bob@example.org"),
    script("the null reverse-path", "{msmtp} -f '<>' bob@example.org"),
    script("--from as a separate value",
           "{msmtp} -a work --from bounces@example.test bob@example.org"),
    script("--debug", "{msmtp} --debug -a work bob@example.org >/dev/null 2>&1"),
    script("another password", "{msmtp} -a work --passwordeval='echo secret' bob@example.org"),
    script("another user and EHLO name",
           "{msmtp} -a work --user=bob --domain=laptop.example.test bob@example.org"),
    script("a mechanism", "{msmtp} -a work --auth=login bob@example.org"),
    script("no login", "{msmtp} -a work --auth=off bob@example.org"),
    script("a user with quotes and a dollar sign",
           "{msmtp} -a work --user='a\"b$c\\d' bob@example.org"),
    script("a command that begins with a quote",
           "{msmtp} -a work --passwordeval='\"printf\" secret' bob@example.org"),
    script("a command of several lines and words",
           "{msmtp} -a work --passwordeval 'x=sec\necho ${x}ret; echo \"more words\"' "
           "bob@example.org"),
    script("cron: the envelope is in From, with a local name only",
           "{msmtp} --read-envelope-from -t", message=CRON, fields=("To", "Subject"),
           differs={"sender": ("root", "alice@example.test")}),
    script("To and Subject in a pipe, without From",
           "printf 'To: bob@example.org\nSubject: x\n\nHi\n' | {msmtp} -a work -t",
           fields=("To", "Subject")),
    script("text without a header", "echo Hi | {msmtp} -a default bob@example.org",
           fields=("To", "Subject")),
    script("--from=default, a word that is no address",
           "printf 'Subject: x\n\nHi\n' | {msmtp} --from=default -t bob@example.org",
           fields=("To", "Subject"), differs={
               "sender": ("default", "default@" + HOST)}),
    script("-F, -d and recipients after --",
           "printf 'Subject: x\n\n' | {msmtp} -F Daily -d -- bob@example.org "
           "carol@example.org >/dev/null 2>&1", fields=("From", "To", "Subject")),
    script("a resent message",
           "{msmtp} -a work -f alice@example.test -- carol@example.org",
           message=b"Resent-From: alice@example.test\nResent-To: carol@example.org\n"
                   + MESSAGE),
    script("an account, a sender and a user",
           "{msmtp} -a work -f alice@example.test --user bob bob@example.org"),
    script("the account and both read from the message",
           "{msmtp} --read-envelope-from --read-recipients --account private",
           message=PRIVATE),
    script("the log by -X is not written", "{msmtp} -X {home}/log -a work -t"),
    script("-v", "{msmtp} -v -a work bob@example.org >/dev/null 2>&1"),
    script("--timeout", "{msmtp} -a work --timeout=20 --tls=on bob@example.org"),
    script("--timeout=off", "{msmtp} -a work --timeout=off --tls bob@example.org"),
]

HOSTED = ("{msmtp} --host=mail.example.test --from=alice@example.test "
          "--tls-trust-file={root} ")
LOGIN = "--auth=on --user=alice --passwordeval='echo secret' "
# Every option on the command line, without a configuration.
ALONE = [
    script("--host with STARTTLS", HOSTED + LOGIN
           + "--port=587 --tls=on --tls-starttls=on bob@example.org", differs=OWN_EHLO),
    script("--host with TLS from the start", HOSTED + LOGIN
           + "--tls --tls-starttls=off bob@example.org", differs=OWN_EHLO),
    script("--host with TLS from the start at another port", HOSTED + LOGIN
           + "--tls=on --tls-starttls=off --port 4650 --domain=c.example.test "
           "bob@example.org"),
    script("--host with the port by default", HOSTED + "--tls --domain=c.example.test "
           "bob@example.org", differs=OWN_PORT),
    script("--host without TLS", HOSTED + "--tls=off --tls-starttls=off --port=2525 "
           "--domain=c.example.test bob@example.org"),
    script("--host alone has TLS", HOSTED + "--domain=c.example.test bob@example.org",
           differs={**OWN_PORT, "tls": ("none", "starttls")}),
    script("--host with a token", HOSTED + "--port=587 --tls --auth=xoauth2 --user=alice "
           "--passwordeval='echo secret' --domain=c.example.test bob@example.org",
           offer=Offer(auth=("XOAUTH2",))),
    script("--host with a password in a file", HOSTED + "--port=587 --tls=on "
           "--auth=on --user=alice --passwordeval='cat {home}/password' "
           "--domain=c.example.test bob@example.org",
           files={"{home}/password": "secret\n"}),
    script("--host of a test server, as php.ini has it",
           HOSTED + "--port=2525 --tls=off --domain=c.example.test -t",
           offer=Offer(starttls=False)),
    script("--serverinfo of an account", "{msmtp} --serverinfo -a work | grep -q SIZE",
           count=0),
    script("--host with a mechanism", HOSTED + "--port=587 --tls --auth=scram-sha-256 "
           "--user=alice --passwordeval='echo secret' --domain=c.example.test "
           "bob@example.org", offer=Offer(auth=("PLAIN", "SCRAM-SHA-256"))),
    script("--host, with a user but without --auth", HOSTED + "--port=587 --tls "
           "--user=alice --passwordeval='echo secret' --domain=c.example.test "
           "bob@example.org", differs={
               "mechanism": ("", "PLAIN"), "user": ("", "alice"),
               "password": ("", "secret"), "login_tls": ("", "starttls")}),
    script("--file", "{msmtp} --file={home}/empty --host=mail.example.test --port=587 --tls "
           "--tls-trust-file={root} --from=alice@example.test bob@example.org",
           files={"{home}/empty": ""}, differs=OWN_EHLO),
    script("--serverinfo",
           "{msmtp} --serverinfo --host=mail.example.test --port=587 --tls "
           "--tls-trust-file={root} | grep -q SIZE", count=0),
    script("--pretend", "{msmtp} --pretend -a work bob@example.org | "
           "grep -q mail.example.test", count=0),
]

ROWS = [*MUTTS, *GITS, *EMACSES, *OTHERS, *ALONE]
