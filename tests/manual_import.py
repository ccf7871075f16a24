"""Runs the examples of smtpost-import(7); tests/manual_recipes has the rest.

The files of the other programs' queues and logs are what these programs wrote
on Debian 12.
"""

import re
import shutil

import manual_bench
from manual_bench import PASSWORD, expect, expect_in

MESSAGE = "From: me@example.com\nTo: ann@example.org\nSubject: Hello\n\n.Hi.\n"
MSMTP_LOG = (
    "Nov 30 17:45:49 host=127.0.0.1 tls=off auth=on user=me "
    "from=me@example.com recipients=ann@example.org,bob@example.org "
    "mailsize=136 smtpstatus=250 smtpmsg='250 2.0.0 ok' exitcode=EX_OK\n",
    "Nov 30 17:45:50 host=127.0.0.1 tls=off auth=off from=me@example.com "
    "recipients=bob@example.org smtpstatus=550 "
    "smtpmsg='550 5.1.1 no such user' errormsg='recipient address "
    "bob@example.org not accepted by the server' exitcode=EX_DATAERR\n")
SSMTP_LOG = (
    "Nov 30 17:46:54 vm sSMTP[511]: Sent mail for me@example.com (221 bye) "
    "uid=0 username=root outbytes=291\n",
    "Nov 30 17:46:54 vm sSMTP[513]: RCPT TO:<bob@example.org> "
    "(550 5.1.1 no such user)\n")
NULLMAILER_LOG = (
    "Nov 30 17:46:55 vm nullmailer[9]: Sent file.\n",
    "Nov 30 17:46:55 vm nullmailer[9]: Sending failed: Permanent error in "
    "sending the message\n")
DMA_LOG = (
    "Nov 30 17:50:32 vm dma[7.555fc51a78f0]: <ann@example.org> delivery "
    "successful\n",
    "Nov 30 17:50:32 vm dma[5.560aef3698f0]: remote delivery deferred: "
    "127.0.0.1 [127.0.0.1] failed after RCPT TO: 450 4.2.0 later\n")


def commands(text):
    """The commands that root gives."""
    return re.sub(r"^# ", "", text, flags=re.M)


def queue(table):
    """Sends what is in the queue; returns the pairs of sender, recipients."""
    mails = table.mails()
    for mail in mails:
        expect("subject", mail.field("Subject"), "Hello")
        expect("text", mail.text(), ".Hi.\n")
    return sorted((mail.sender, mail.recipients) for mail in mails)


def move(table, look, write, check, send):
    """From an empty home with a msmtprc to a mail that was sent."""
    shutil.rmtree(table.folder / ".config")
    table.write(".msmtprc", "account work\nhost 127.0.0.1\nport "
                f"{table.upstream.url.rpartition(':')[2]}\nauth plain\n"
                f"from me@example.com\nuser me\npassword {PASSWORD}\n"
                "account default : work\n")
    done = table.bench.shell(table.local(look.removeprefix("$ ")))
    expect("status", done.returncode, 0)
    expect_in("look", "\nuser = me\n", done.stdout)
    expect("the password is there", PASSWORD in done.stdout + done.stderr,
           False)
    done = table.bench.shell(write.removeprefix("$ "))
    expect("status", (done.returncode, done.stdout), (0, ""))
    config = table.folder / ".config/smtpost/config"
    expect("mode", config.stat().st_mode & 0o777, 0o600)
    done = table.bench.shell(check.removeprefix("$ "))
    # There is no TLS, and no DNS.
    expect("failures", re.findall("^failure .*", done.stdout, re.M), [])
    expect_in("doctor", "mail would be relayed", done.stdout)
    done = table.bench.shell(send.removeprefix("$ "))
    expect("status", (done.returncode, done.stderr), (0, ""))
    expect_in("report", "you@example.org\trelayed\t", done.stdout)
    mail = table.mail()
    expect("mail", (mail.sender, mail.recipients, mail.text()),
           ("me@example.com", ["you@example.org"], "Hello.\n"))


def sample(table, old, new):
    table.write(".msmtprc", old)
    expect("output", table.run("smtpost --import ~/.msmtprc 2>notes").replace(
        str(table.folder), "/home/me"), new)


def machine(table, all_users, service, users):
    """The configurations of a machine, in a folder of our own."""
    table.write("etc/nullmailer/remotes", "mail.example.com smtp --port=587 "
                "--starttls\n")
    done = table.bench.shell(commands(all_users).replace(
        "/etc/", f"{table.folder}/etc/"))
    expect("status", (done.returncode, done.stdout), (0, ""))
    file = table.folder / "etc/smtpost/config"
    expect("mode", file.stat().st_mode & 0o777, 0o644)
    expect_in("server", "mail.example.com", table.bench.explain(file.read_text()))
    table.write("etc/ssmtp/ssmtp.conf", "root=admin@example.com\n"
                "mailhub=mail.example.com:587\nUseSTARTTLS=YES\n"
                "rewriteDomain=example.com\nhostname=host.example.com\n"
                "AuthUser=relay@example.com\nAuthPass=secret\n")
    table.write("etc/ssmtp/revaliases", "alice:sales@example.com\n")
    made = table.run("smtpost --import etc/ssmtp/ssmtp.conf 2>notes")
    given = [line for line in made.splitlines() if line and line[0] != "#"]
    own = ["allow-senders = own", "server = lmtp+unix:/run/smtpost/socket"]
    divided = service.splitlines() + users.splitlines()
    expect("lines that only one has", sorted(set(given) ^ set(divided)), own)
    table.write("credentials/smtpost.default", "secret\n")
    expect_in("the login", "relay@example.com", table.bench.explain(
        service, CREDENTIALS_DIRECTORY=f"{table.folder}/credentials"))
    expect_in("the client", own[1], table.bench.explain(users))


def msmtp_queue(table, script):
    for name, options in (("2026-11-30-10.00.00", "-oi -f me@example.com -t"),
                          ("2026-11-30-10.00.00-1",
                           "-a default -f you@example.com -- "
                           "bob@example.org ann@example.org")):
        table.write(f".msmtpqueue/{name}.mail", MESSAGE)
        table.write(f".msmtpqueue/{name}.msmtp", options + "\n")
    table.bench.alone(script)
    expect("queue", queue(table), [
        ("me@example.com", ["ann@example.org"]),
        ("you@example.com", ["bob@example.org", "ann@example.org"])])
    expect("files", list((table.folder / ".msmtpqueue").iterdir()), [])


def nullmailer_queue(table, trigger, script):
    folder = table.folder / "spool/nullmailer/queue"
    table.write("spool/nullmailer/trigger", "")
    table.stub("systemctl", f"echo \"$@\" >{table.folder}/stopped")
    for name, envelope in (("1796060766.14604", "me@example.com\n"
                            "ann@example.org\nbob@example.org\n\n"),
                           ("1796060766.14606", "\nann@example.org\n\n")):
        table.write(f"{folder}/{name}", envelope + MESSAGE)
    there = str(table.folder / "spool")
    table.run(commands(trigger).replace("/var/spool", there))
    table.bench.alone(commands(script).replace("/var/spool", there))
    expect("service", (table.folder / "stopped").read_text(),
           "stop nullmailer\n")
    expect("queue", queue(table), [
        ("", ["ann@example.org"]),
        ("me@example.com", ["ann@example.org", "bob@example.org"])])
    expect("files", list(folder.iterdir()), [])


def dma_queue(table, script):
    folder = table.folder / "spool/dma"
    for name, sender, recipient in (
            ("7.555fc51a78f0", "me@example.com", "ann@example.org"),
            ("7.555fc51a7950", "me@example.com", '"b ob"@example.org'),
            ("9.555fc51a79d0", "", "me@example.com")):
        table.write(f"{folder}/Q{name}", f"ID: {name}\nSender: {sender}\n"
                    f"Recipient: {recipient}\n")
        table.write(f"{folder}/M{name}", MESSAGE)
    table.bench.alone(commands(script).replace(
        "/var/spool", str(table.folder / "spool")))
    expect("queue", [sender for sender, _ in queue(table)],
           ["", "me@example.com", "me@example.com"])
    expect("files", list(folder.iterdir()), [])


def our_log(table):
    """The lines about a mail to Ann that was sent, and one to Bob that was
    not."""
    log = table.folder / ".smtpost.log"
    with open(table.folder / ".config/smtpost/config", "a",
              encoding="utf-8") as file:
        file.write(f"log = {log}\n")
    table.upstream.refused = "bob@example.org"
    table.bench.shell("smtpost --quiet ann@example.org bob@example.org",
                      MESSAGE)
    return log.read_text(encoding="utf-8").splitlines(keepends=True)


def check_sample(sample, line):
    """The names of a sample line are those of a real one, in their order."""
    names = re.findall(r"([a-z-]+)=", sample)
    is_next = iter(re.findall(r"([a-z-]+)=", line))
    for name in names:
        if name not in is_next:
            raise AssertionError(f"{name}= is not there in {line!r}")


def msmtp_log(table, script):
    ours = our_log(table)
    table.write(".msmtp.log", "".join(MSMTP_LOG))
    expect("what was not sent", table.run(script), MSMTP_LOG[1] + ours[1])


def system_log(table, script, old, wanted):
    ours = our_log(table)
    table.write("journal", "".join((*old, *ours)))
    table.stub("journalctl", f"cat {table.folder}/journal")
    expect("what was not sent", table.run(script), wanted + ours[1])


def ssmtp_log(table, sample, script):
    check_sample(sample.partition("smtpost")[2], our_log(table)[0])
    system_log(table, script, SSMTP_LOG, SSMTP_LOG[1])


def nullmailer_log(table, script):
    system_log(table, script, NULLMAILER_LOG, NULLMAILER_LOG[1])


def dma_log(table, sample, script):
    check_sample(sample.partition("smtpost")[2], our_log(table)[0])
    system_log(table, script, DMA_LOG, DMA_LOG[1])


def git(table, script):
    env = {"GIT_CONFIG_NOSYSTEM": "1"}
    table.write(".gitconfig", "[user]\n\temail = me@example.com\n"
                "[sendemail]\n\tsmtpServer = mail.example.com\n")
    imported = table.run("smtpost --import git 2>notes", **env)
    for line in script.splitlines():
        expect_in("the commands", f"\n# {line}\n", imported)
    table.run(script, **env)
    expect("settings", table.run(
        "git config --get-regexp '^sendemail.[es]'", **env),
        "sendemail.smtpserver mail.example.com\n"
        "sendemail.sendmailcmd smtpost -P default\n"
        "sendemail.envelopesender auto\n")


def mutt(table, settings):
    if shutil.which("mutt") is None:
        raise manual_bench.Skip("mutt is not installed")
    old = "set smtp_url = smtp://127.0.0.1:1/\nset from = me@example.com\n"
    table.write("muttrc", old)
    expect_in("the line", settings.rstrip(),
              table.run("smtpost --import muttrc 2>notes"))
    table.write("muttrc", old + settings)
    table.write("letter", "Hi\n")
    table.run("mutt -n -F muttrc -s Hello -- ann@example.org <letter",
              TERM="dumb")
    mail = table.mail()
    expect("mail", (mail.sender, mail.recipients),
           ("me@example.com", ["ann@example.org"]))


def s_nail(table, settings):
    if shutil.which("s-nail") is None:
        raise manual_bench.Skip("s-nail is not installed")
    settings = settings.replace("/usr/bin/", f"{table.bench.bin}/")
    table.write(".mailrc", "set mta=smtps://mail.example.com\n")
    expect_in("the line", f"# {settings}",
              table.run("smtpost --import ~/.mailrc 2>notes"))
    table.write(".mailrc", settings + "\n")
    # For root it replaces HOME.
    expect("output", table.run(
        "s-nail -n -s Hello ann@example.org", "Hi\n",
        MAILRC=f"{table.folder}/.mailrc",
        XDG_CONFIG_HOME=f"{table.folder}/.config"), "")
    expect("to", table.mail().recipients, ["ann@example.org"])


RECIPES = {
    "The move, step by step": move,
    "A sample": sample,
    "A machine with several users": machine,
    "The log of msmtp": msmtp_log,
    "The queue of msmtp": msmtp_queue,
    "The log of ssmtp": ssmtp_log,
    "The log of nullmailer": nullmailer_log,
    "The queue of nullmailer": nullmailer_queue,
    "The log of dma": dma_log,
    "The queue of dma": dma_queue,
    "From git send-email": git,
    "From mutt and neomutt": mutt,
    "From s-nail": s_nail,
}
