"""The clients that the benchmark compares: for each a function that writes its
configuration and returns the command that sends a message."""

import collections
import os
import pathlib
import shutil
import stat
import sys

from common import Skip, build_folder, unpack

from .harness import SMTPOST

# Server, mode, sender; the trust file and the login are for TLS.
Job = collections.namedtuple("Job", "mode port recipients message trust user password")
# For measure: words before the wrapper, the command, and its input.
Command = collections.namedtuple("Command", "before argv stdin")

SENDER = "me@example.com"


def plain_copy(folder, path):
    """A copy without set-id bits, which strace and valgrind can run."""
    if not os.stat(path).st_mode & (stat.S_ISUID | stat.S_ISGID):
        return path
    copy = folder.path / pathlib.Path(path).name
    if not copy.exists():
        shutil.copyfile(path, copy)
        copy.chmod(0o755)
    return copy


def find(folder, name):
    path = shutil.which(name)
    if path is None:
        raise Skip("not installed")
    return plain_copy(folder, path)


def smtpost_config(folder, job, *more):
    scheme = "smtps" if job.mode == "smtps" else "smtp"
    lines = [f"server = {scheme}://localhost:{job.port}", "ehlo-name = client.example",
             "report = none", "domain = example.com", "ip = 4", *more]
    if job.mode == "plain":
        lines += ["tls = none"]
    else:
        lines += [f"tls-trust = {job.trust}", f"user = {job.user}", f"password = {job.password}"]
    return folder.write("smtpost.conf", "\n".join(lines + [""]).encode())


def smtpost(folder, job):
    return Command([], [SMTPOST, "--config", smtpost_config(folder, job), "-f", SENDER, "--",
                        *job.recipients], job.message)


def msmtp(folder, job):
    lines = ["account default", "host localhost", f"port {job.port}", f"from {SENDER}",
             f"tls {'off' if job.mode == 'plain' else 'on'}"]
    if job.mode != "plain":
        lines += [f"tls_starttls {'on' if job.mode == 'starttls' else 'off'}",
                  f"tls_trust_file {job.trust}", "auth plain", f"user {job.user}",
                  f"password {job.password}"]
    config = folder.write("msmtprc", "\n".join(lines + [""]).encode())
    return Command([], [find(folder, "msmtp"), "-C", config, "--", *job.recipients], job.message)


def curl(folder, job):
    argv = [find(folder, "curl"), "-q", "-sS", "--crlf", "-T", "-", "--cacert", job.trust,
            "--mail-from", SENDER,
            "--url", f"{'smtps' if job.mode == 'smtps' else 'smtp'}://localhost:{job.port}"]
    if job.mode != "plain":
        argv += ["--ssl-reqd", "--user", f"{job.user}:{job.password}", "--sasl-ir",
                 "--login-options", "AUTH=PLAIN"]
    for recipient in job.recipients:
        argv += ["--mail-rcpt", recipient]
    return Command([], argv, job.message)


def nullmailer(folder, job):
    """Nullmailer's program for the protocol, without the queue."""
    program = pathlib.Path("/usr/lib/nullmailer/smtp")
    if not program.exists():
        program = unpack(build_folder("nullmailer"), ["nullmailer"]) / "usr/lib/nullmailer/smtp"
    lines = ["host=localhost", f"port={job.port}"]
    if job.mode != "plain":
        lines += ["tls" if job.mode == "smtps" else "starttls", f"x509cafile={job.trust}",
                  f"user={job.user}", f"pass={job.password}"]
    options = folder.write("nullmailer.options", "\n".join(lines + [""]).encode())
    queued = folder.path / "nullmailer.queued"
    with open(queued, "wb") as out, open(job.message, "rb") as message:
        out.write("\n".join([SENDER, *job.recipients, "", ""]).encode())
        shutil.copyfileobj(message, out)
    return Command([f"3<{queued}"], [program], options)


def smtpost_many(folder, job, count):
    """The messages are in an mbox."""
    mbox = folder.path / "many.mbox"
    message = job.message.read_bytes()
    mbox.write_bytes((b"From me Mon Jan  1 00:00:00 2024\n" + message + b"\n") * count)
    config = smtpost_config(folder, job, f"max-messages = {count}")
    return Command([], [SMTPOST, "--config", config, "--batch", mbox, "--yes", "-f", SENDER, "--",
                        *job.recipients], os.devnull)


def curl_many(folder, job, count):
    """One transfer after the other; curl keeps the connection."""
    url = f"{'smtps' if job.mode == 'smtps' else 'smtp'}://localhost:{job.port}"
    lines = [f'url = "{url}"', f'upload-file = "{job.message}"', f'mail-from = "{SENDER}"',
             "crlf", "silent", "show-error",
             *(f'mail-rcpt = "{recipient}"' for recipient in job.recipients)]
    if job.mode != "plain":
        lines += [f'cacert = "{job.trust}"', f'user = "{job.user}:{job.password}"', "sasl-ir",
                  'login-options = "AUTH=PLAIN"', "ssl-reqd"]
    config = folder.write("curlrc", "\nnext\n".join(["\n".join(lines)] * count).encode())
    return Command([], [find(folder, "curl"), "-q", "-K", config], os.devnull)


SMTPLIB = """
import re, smtplib, ssl, sys
mode, port, trust, user, password, sender, count, message, *recipients = sys.argv[1:]
with open(message, "rb") as file:
    text = re.sub(rb"\\r\\n|\\r|\\n", b"\\r\\n", file.read())
if mode == "smtps":
    server = smtplib.SMTP_SSL("localhost", int(port),
                              context=ssl.create_default_context(cafile=trust))
else:
    server = smtplib.SMTP("localhost", int(port))
if mode == "starttls":
    server.starttls(context=ssl.create_default_context(cafile=trust))
if mode != "plain":
    server.login(user, password)
for _ in range(int(count)):
    server.sendmail(sender, recipients, text)
server.quit()
"""


def smtplib_many(folder, job, count):
    return Command([], [sys.executable, "-c", SMTPLIB, job.mode, job.port, job.trust, job.user,
                        job.password, SENDER, count, job.message, *job.recipients], os.devnull)


# Those that send many messages in one session.
MANY = {"smtpost": smtpost_many, "smtplib": smtplib_many, "curl": curl_many}
PEERS = {"smtpost": smtpost, "msmtp": msmtp, "curl": curl, "nullmailer": nullmailer}
