"""A private OpenSMTPD: STARTTLS, implicit TLS, PLAIN and LOGIN.

It delivers to a sink (sink.py) over LMTP, so that the octets arrive as it has
them. It allows no pipelining: one octet too early closes it.
"""

import os
import shutil
import subprocess

from common import Skip, free_port
from peer import Peer
from sink import Sink

PRELOAD = os.path.join(os.path.dirname(os.path.abspath(__file__)), "privsep_key.c")

# crypt(3) of "secret"
SECRET = ("$6$smtpostsmtpost$WR6Cw28Z9B9o6I13P9P5mNgH47EOnNEL"
          "ujIpfySbvpUvD6vPSUCwqkGKqQ/Fr4dkW6qEllNBMG1AOFQPl5G/y1")

CONFIG = """
smtp max-message-size {size}
pki main cert "/etc/leaf.pem"
pki main key "/etc/leaf.key"
table accounts file:/etc/smtpd-accounts
table everybody {{ "@" = "vmail" }}
listen on 127.0.0.1 port {starttls} tls-require pki main auth <accounts> hostname mx.example.test
listen on 127.0.0.1 port {smtps} smtps pki main auth <accounts> hostname mx.example.test
action "far end" lmtp "127.0.0.1:{sink}" rcpt-to virtual <everybody>
match from any for domain "refused.test" reject
match auth from any for any action "far end"
match from local for any action "far end"
"""


class Server(Peer):
    name = "OpenSMTPD"
    packages = ("opensmtpd",)
    mechanisms = ("PLAIN", "LOGIN")
    extensions = ("8BITMIME", "ENHANCEDSTATUSCODES", "SIZE", "DSN")
    size = 60000000
    reports_success = True
    reports_envelope_id = False
    sink = None

    @classmethod
    def prepare(cls):
        if shutil.which("cc") is None:
            raise Skip("there is no C compiler for privsep_key.c, which repairs its TLS")
        super().prepare()

    def start(self):
        self.sink = Sink()
        ports = {name: free_port() for name in ("starttls", "smtps")}
        preload = self.folder / "privsep_key.so"
        subprocess.run(["cc", "-shared", "-fPIC", "-o", preload, PRELOAD], check=True)
        there = self.machine
        for number, user in enumerate(("opensmtpd", "opensmtpq", "vmail"), 61000):
            there.add_user(user, number)
        for name in ("leaf.pem", "leaf.key"):
            there.write(f"etc/{name}", (self.folder / name).read_text(), 0o600)
        there.write("etc/smtpd-accounts", f"alice@example.test {SECRET}\n")
        there.write("etc/smtpd.conf", CONFIG.format(
            sink=self.sink.port, size=self.size, **ports))
        there.own("var/lib/opensmtpd/empty", 0, 0o755)
        process = self.spawn("env", f"LD_PRELOAD={preload}", "/usr/sbin/smtpd", "-d")
        for port in ports.values():
            self.wait_for(port, process)
        self.starttls = f"smtp://localhost:{ports['starttls']}"
        self.smtps = f"smtps://localhost:{ports['smtps']}"

    def version(self):
        # "version: OpenSMTPD 6.8.0p2"
        said = self.machine.run("sh", "-c", "smtpd -h 2>&1 || :")
        return said.split("OpenSMTPD", 1)[1].split()[0]

    def take(self, count, seconds=30):
        arrived = []
        for delivery in self.sink.deliveries(count, seconds):
            _, content = self.undress(delivery.content)
            arrived += [(path, content) for path, _ in delivery.recipients]
        return arrived

    def stop(self):
        super().stop()
        if self.sink is not None:
            self.sink.stop()
