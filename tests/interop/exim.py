"""Exim on its own machine (machine.py): STARTTLS, implicit TLS, PRDR."""

import os

from common import free_port
from peer import LATE_LIMIT, Peer

USER, MAIL = 61100, 61101

CONFIG = """
primary_hostname = mx.example.test
exim_user = Debian-exim
exim_group = Debian-exim
spool_directory = {folder}/spool
log_file_path = {folder}/logs/%slog
pid_file_path = {folder}/spool/pid
local_interfaces = <; [127.0.0.1]:{starttls} ; [127.0.0.1]:{smtps} ; [127.0.0.1]:{late}
tls_on_connect_ports = {smtps}
tls_advertise_hosts = *
tls_certificate = {folder}/leaf.pem
tls_privatekey = {folder}/tls.key
auth_advertise_hosts = ${{if eq{{$tls_in_cipher}}{{}}{{}}{{*}}}}
chunking_advertise_hosts = *
smtputf8_advertise_hosts = *
dsn_advertise_hosts = *
prdr_enable = true
message_size_limit = {size}
smtp_accept_queue_per_connection = 0
host_lookup =
rfc1413_query_timeout = 0s
keep_environment =
acl_smtp_rcpt = rcpt
acl_smtp_data = data

begin acl
rcpt:
  deny domains = refused.test
       message = relaying denied
  accept authenticated = *
  deny message = authentication required

data:
  deny condition = ${{if and {{{{eq{{$received_port}}{{{late}}}}}{{>{{$message_size}}{{{limit}}}}}}}}}
       message = 5.3.4 too large
  accept

begin routers
everybody:
  driver = accept
  domains = example.test
  transport = box

begin transports
box:
  driver = appendfile
  directory = {folder}/mail
  maildir_format
  envelope_to_add
  user = box
  group = box
  message_prefix =
  message_suffix =

begin retry
* * F,1h,1h

begin authenticators
plain:
  driver = plaintext
  public_name = PLAIN
  server_prompts = :
  server_condition = ${{if and {{{{eq{{$auth2}}{{alice@example.test}}}}{{eq{{$auth3}}{{secret}}}}}}}}
  server_set_id = $auth2
login:
  driver = plaintext
  public_name = LOGIN
  server_prompts = Username:: : Password::
  server_condition = ${{if and {{{{eq{{$auth1}}{{alice@example.test}}}}{{eq{{$auth2}}{{secret}}}}}}}}
  server_set_id = $auth1
cram:
  driver = cram_md5
  public_name = CRAM-MD5
  server_secret = ${{if eq{{$auth1}}{{alice@example.test}}{{secret}}fail}}
  server_set_id = $auth1
"""


class Server(Peer):
    name = "Exim"
    packages = ("exim4-daemon-heavy",)
    mechanisms = ("PLAIN", "LOGIN", "CRAM-MD5")
    extensions = ("SIZE", "8BITMIME", "DSN", "PIPELINING", "CHUNKING", "PRDR", "SMTPUTF8")
    size = 60000000
    reports_success = True

    def start(self):
        folder, here = self.folder, self.machine
        here.add_user("Debian-exim", USER)
        here.add_user("box", MAIL)
        for name, owner in (("spool", USER), ("logs", USER), ("mail", MAIL)):
            (folder / name).mkdir(mode=0o750)
            os.chown(folder / name, owner, owner)
        (folder / "tls.key").write_bytes((folder / "leaf.key").read_bytes())
        (folder / "tls.key").chmod(0o600)
        os.chown(folder / "tls.key", USER, USER)
        ports = {name: free_port() for name in ("starttls", "smtps", "late")}
        here.write("etc/exim4/exim4.conf", CONFIG.format(
            folder=folder, size=self.size, limit=LATE_LIMIT, **ports))
        process = self.spawn("/usr/sbin/exim4", "-bdf")
        for port in ports.values():
            self.wait_for(port, process)
        self.starttls = f"smtp://localhost:{ports['starttls']}"
        self.smtps = f"smtps://localhost:{ports['smtps']}"
        self.late = f"smtp://localhost:{ports['late']}"

    def version(self):
        return self.machine.run("/usr/sbin/exim4", "-bV").split()[2]
