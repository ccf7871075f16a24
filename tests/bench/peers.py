"""The clients that the benchmark compares: for each a function that writes its
configuration and returns the command that sends a message."""

import collections
import os
import pathlib
import shutil
import stat

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


def smtpost(folder, job):
    scheme = "smtps" if job.mode == "smtps" else "smtp"
    lines = [f"server = {scheme}://localhost:{job.port}", "ehlo-name = client.example",
             "report = none", "domain = example.com", "ip = 4"]
    if job.mode == "plain":
        lines += ["tls = none"]
    else:
        lines += [f"tls-trust = {job.trust}", f"user = {job.user}", f"password = {job.password}"]
    config = folder.write("smtpost.conf", "\n".join(lines + [""]).encode())
    return Command([], [SMTPOST, "--config", config, "-f", SENDER, "--", *job.recipients],
                   job.message)


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


PEERS = {"smtpost": smtpost, "msmtp": msmtp, "curl": curl, "nullmailer": nullmailer}
