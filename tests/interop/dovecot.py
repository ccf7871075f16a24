"""A private Dovecot on loopback: submission and LMTP.

Submission has PLAIN, LOGIN, CRAM-MD5, SCRAM and, with token_server.py, OAUTHBEARER
and XOAUTH2; it relays to sink.Sink. LMTP delivers into mailboxes, one of which is
full. Dovecot is the system's if it is installed, else unpacked into the build
tree.
"""

import os
import subprocess

import dovecot_cases
import machine
from common import Skip, build_folder, free_port, unpack
from peer import Peer
from sink import Sink
from token_server import TokenServer

PACKAGES = ["dovecot-core", "dovecot-submissiond", "dovecot-lmtpd"]
OWNER = 8  # of the mailboxes
NEEDED = ("sbin/dovecot", "lib/dovecot/submission", "lib/dovecot/lmtp")

CONFIG = """
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/log
protocols = submission lmtp
hostname = mx.example.test
listen = 127.0.0.1
mail_max_userip_connections = 100
ssl = required
ssl_cert = <{folder}/leaf.pem
ssl_key = <{folder}/leaf.key
auth_mechanisms = plain login cram-md5 scram-sha-1 scram-sha-256 oauthbearer xoauth2
auth_failure_delay = 0
auth_verbose = yes
disable_plaintext_auth = yes
passdb {{
  driver = passwd-file
  mechanisms = plain login cram-md5 scram-sha-1 scram-sha-256
  args = scheme=plain username_format=%u {folder}/passwd
}}
passdb {{
  driver = oauth2
  mechanisms = xoauth2 oauthbearer
  args = {folder}/oauth2.conf
}}
userdb {{
  driver = passwd-file
  args = username_format=%u {folder}/users
}}
mail_location = maildir:~/Maildir
first_valid_uid = 1
mail_plugins = quota
plugin {{
  quota = maildir:mailbox
  quota_rule = *:storage=100M
}}
submission_relay_host = 127.0.0.1
submission_relay_port = {relay}
submission_relay_ssl = no
submission_max_mail_size = {size}
submission_max_recipients = 1000
submission_backend_capabilities = 8BITMIME DSN VRFY
service anvil {{
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service submission-login {{
  chroot =
  inet_listener submission {{
    port = {starttls}
  }}
  inet_listener submissions {{
    port = {smtps}
    ssl = yes
  }}
}}
service lmtp {{
  inet_listener lmtp {{
    port = {lmtp}
  }}
  unix_listener {folder}/lmtp.sock {{
    mode = 0666
  }}
}}
"""

# The last field gives the third mailbox a quota of one octet: it is full.
ACCOUNTS = """
alice@example.test::{owner}:{owner}::{folder}/mail/alice::
bob@example.test::{owner}:{owner}::{folder}/mail/bob::
full@example.test::{owner}:{owner}::{folder}/mail/full::userdb_quota_rule=*:bytes=1
"""

PASSWORDS = "alice@example.test:{{PLAIN}}secret\n"

OAUTH = """
introspection_mode = post
introspection_url = http://127.0.0.1:{tokens}/introspect
username_attribute = email
active_attribute = active
active_value = true
"""


class Server(Peer):
    name = "Dovecot"
    in_machine = False
    cases = dovecot_cases.CASES
    mechanisms = ("PLAIN", "LOGIN", "CRAM-MD5", "SCRAM-SHA-1", "SCRAM-SHA-256",
                  "OAUTHBEARER", "XOAUTH2")
    extensions = ("8BITMIME", "CHUNKING", "DSN", "ENHANCEDSTATUSCODES", "PIPELINING", "SIZE")
    size = 60000000
    token = "good-token"
    sink = tokens = None

    @classmethod
    def prepare(cls):
        if os.geteuid() != 0:
            raise Skip("its master process has to be started by root")
        if not cls.installed():
            unpack(build_folder("dovecot"), PACKAGES)

    @staticmethod
    def installed():
        return all(os.path.exists(f"/usr/{path}") for path in NEEDED)

    def version(self):
        words = ["/usr/sbin/dovecot", "--version"]
        if self.machine:
            return self.machine.run(*words).split()[0]
        return subprocess.run(words, capture_output=True, text=True,
                              check=True).stdout.split()[0]

    def start(self):
        folder = self.folder
        self.sink = Sink()
        if not self.installed():
            self.machine = machine.make(build_folder("dovecot"), folder)
            for number, user in enumerate(("dovecot", "dovenull"), 61000):
                self.machine.add_user(user, number)
        ports = {name: free_port() for name in ("starttls", "smtps", "lmtp")}
        (folder / "mail").mkdir(mode=0o700)
        os.chown(folder / "mail", OWNER, OWNER)
        for name, text in (("dovecot.conf", CONFIG), ("passwd", PASSWORDS),
                           ("users", ACCOUNTS)):
            (folder / name).write_text(text.format(
                folder=folder, relay=self.sink.port, size=self.size, owner=OWNER,
                **ports))
        (folder / "oauth2.conf").write_text(self.token_settings())
        words = ["/usr/sbin/dovecot", "-F", "-c", folder / "dovecot.conf"]
        if self.machine:
            process = self.spawn(*words)
        else:
            process = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=self.log,
                                       stderr=self.log, start_new_session=True)
            self.running.append(process)
        for port in ports.values():
            self.wait_for(port, process)
        self.starttls = f"smtp://localhost:{ports['starttls']}"
        self.smtps = f"smtps://localhost:{ports['smtps']}"
        self.lmtp_port = f"lmtp://localhost:{ports['lmtp']}"
        self.lmtp_unix = f"lmtp+unix:{folder}/lmtp.sock"

    def token_settings(self):
        """Says whom Dovecot asks whether a token is good."""
        self.tokens = TokenServer("alice@example.test")
        return OAUTH.format(tokens=self.tokens.port)

    def take(self, count, seconds=30):
        """What came through submission to the sink."""
        arrived = []
        for delivery in self.sink.deliveries(count, seconds):
            content = undress(delivery.content.replace(b"\r\n", b"\n"))
            arrived += [(path, content) for path, _ in delivery.recipients]
        return arrived

    def mailbox(self, name):
        """What LMTP put into the mailbox of `name`, without the fields it added."""
        arrived = []
        for path in sorted((self.folder / "mail" / name / "Maildir/new").glob("*")):
            arrived.append(undress(path.read_bytes()))
            path.unlink()
        return arrived

    def stop(self):
        super().stop()
        for server in (self.sink, self.tokens):
            if server is not None:
                server.stop()


def undress(data):
    """The message without the fields that the server put in front."""
    lines = data.splitlines(keepends=True)
    at = 0
    while lines[at].startswith((b"Return-Path:", b"Delivered-To:", b"Received:", b"\t", b" ")):
        at += 1
    return b"".join(lines[at:])
