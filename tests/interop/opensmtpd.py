"""A private OpenSMTPD on loopback: STARTTLS, implicit TLS, PLAIN and LOGIN.

It delivers to a sink of the test's own, by LMTP, so that the bytes arrive
as it has them. It takes no pipelining at all: one byte too early and it
hangs up. Unpacked into the build tree, for its paths are built in and it
would be the machine's own mail server otherwise.
"""

import shutil

import tree
from common import Skip, free_port, make_certificates, scratch, wait_for_port
from sink import Sink

PACKAGES = ["opensmtpd", "libevent-2.1-7"]
USERS = ["opensmtpd", "opensmtpq", "vmail"]

# crypt(3) of "secret"
SECRET = ("$6$smtpostsmtpost$WR6Cw28Z9B9o6I13P9P5mNgH47EOnNELujIpfy"
          "SbvpUvD6vPSUCwqkGKqQ/Fr4dkW6qEllNBMG1AOFQPl5G/y1")

CONFIG = """
smtp max-message-size 3000000
pki main cert "{folder}/etc/leaf.pem"
pki main key "{folder}/etc/leaf.key"
table accounts file:/etc/smtpd-accounts
table everybody {{ "@" = "vmail" }}
listen on 127.0.0.1 port {starttls} tls-require pki main auth <accounts> hostname mx.example.test
listen on 127.0.0.1 port {smtps} smtps pki main auth <accounts> hostname mx.example.test
action "far end" lmtp "127.0.0.1:{relay}" rcpt-to virtual <everybody>
match from any for domain "refused.test" reject
match auth from any for any action "far end"
"""


class OpenSMTPD:
    name = "OpenSMTPD"

    def __init__(self):
        self.process = self.sink = None
        self.folder = scratch("opensmtpd")
        try:
            make_certificates(self.folder)
            self.sink = Sink()
            self.start()
        except BaseException:
            self.stop()
            raise

    def start(self):
        folder = self.folder
        place = tree.Tree("opensmtpd", PACKAGES, folder, USERS)
        ports = {name: free_port() for name in ("starttls", "smtps")}
        for name in ("leaf.pem", "leaf.key"):
            shutil.copy(folder / name, folder / "etc" / name)
            (folder / "etc" / name).chmod(0o600)
        (folder / "etc/smtpd-accounts").write_text(
            f"alice@example.test {SECRET}\n")
        (folder / "etc/smtpd.conf").write_text(
            CONFIG.format(folder=folder, relay=self.sink.port, **ports))
        (folder / "etc/mailname").write_text("mx.example.test\n")
        for name in ("spool", "lib", "lib/opensmtpd", "lib/opensmtpd/empty"):
            (folder / "var" / name).mkdir(mode=0o755)
        self.process = place.start("env", "LD_PRELOAD=/tmp/h/b2/t/pre.so", "/usr/sbin/smtpd", "-d", "-v", log=folder / "log")
        for port in ports.values():
            wait_for_port(port, self.process)
        self.starttls = f"smtp://localhost:{ports['starttls']}"
        self.smtps = f"smtps://localhost:{ports['smtps']}"

    def take(self, count):
        arrived = []
        for delivery in self.sink.deliveries(count):
            content = undress(delivery.content.replace(b"\r\n", b"\n"))
            arrived += [(path, content) for path, _ in delivery.recipients]
        return arrived

    def stop(self):
        tree.stop(self.process)
        if self.sink is not None:
            self.sink.stop()
        shutil.rmtree(self.folder, ignore_errors=True)


def undress(data):
    lines = data.splitlines(keepends=True)
    at = 0
    while lines[at].startswith((b"Received:", b"Return-Path:", b"Delivered-To:", b"\t", b" ")):
        at += 1
    return b"".join(lines[at:])
