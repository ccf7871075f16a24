"""A private Postfix: submission with STARTTLS and a SASL login, on loopback.

It has configuration, queue and mailboxes in a scratch folder. Postfix is the
system's if it is installed, else unpacked into the build tree.
"""

import grp
import os
import pathlib
import pwd
import shutil
import subprocess

import repaired
from common import Skip, build_folder, free_port, unpack
from peer import LATE_LIMIT, Peer

PACKAGES = ["postfix", "sasl2-bin", "libsasl2-modules"]
QUEUE = ["active", "bounce", "corrupt", "defer", "deferred", "flush", "hold",
         "incoming", "private", "saved", "trace", "maildrop", "public", "pid"]

# What every instance has in main.cf, and in master.cf
BASE = """
compatibility_level = 3.6
queue_directory = {folder}/queue
data_directory = {folder}/data
daemon_directory = {daemons}
command_directory = {commands}
shlib_directory = {libraries}
mail_owner = {owner}
setgid_group = {group}
default_privs = nobody
import_environment = LD_LIBRARY_PATH SASL_PATH MAIL_CONFIG TZ
maillog_file = {folder}/maillog
maillog_file_prefixes = {folder}
mydestination =
alias_maps =
alias_database =
"""

SERVICES = """
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
proxymap unix - - n - - proxymap
error unix - - n - - error
retry unix - - n - - error
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
"""

MAIN = BASE + """
myhostname = mx.example.test
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
local_recipient_maps =
smtpd_tls_cert_file = {folder}/leaf.pem
smtpd_tls_key_file = {folder}/leaf.key
smtpd_tls_security_level = encrypt
smtpd_sasl_auth_enable = yes
smtpd_sasl_path = smtpd
cyrus_sasl_config_path = {folder}/config/sasl
smtpd_sasl_local_domain = example.test
smtpd_sasl_security_options = noanonymous
smtpd_recipient_restrictions = permit_sasl_authenticated, reject
smtpd_relay_restrictions = check_recipient_access inline:{{refused.test=reject}}, permit_sasl_authenticated, reject
smtpd_delay_reject = no
smtpd_client_restrictions =
message_size_limit = {size}
mailbox_size_limit = 0
virtual_mailbox_domains = example.test
virtual_mailbox_base = {folder}/mail
virtual_mailbox_maps = static:box/
virtual_mailbox_limit = 0
virtual_uid_maps = static:{uid}
virtual_gid_maps = static:{gid}
virtual_minimum_uid = 1
virtual_destination_recipient_limit = 1
"""

MASTER = """
127.0.0.1:{starttls} inet n - n - - smtpd
127.0.0.1:{smtps} inet n - n - - smtpd -o smtpd_tls_wrappermode=yes
127.0.0.1:{late} inet n - n - - smtpd
  -o smtpd_discard_ehlo_keywords=size -o message_size_limit={limit}
127.0.0.1:{seven_bit} inet n - n - - smtpd
  -o smtpd_discard_ehlo_keywords=8bitmime,smtputf8,starttls
  -o smtpd_tls_security_level=none -o smtpd_sasl_auth_enable=no
  -o smtpd_relay_restrictions=permit_mynetworks,reject
  -o smtpd_recipient_restrictions=permit_mynetworks,reject
pickup unix n - n 60 1 pickup
verify unix - - n - 1 verify
virtual unix - n n - - virtual
""" + SERVICES


def user_with(*names):
    for name in names:
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise Skip("no unprivileged user for it on this machine")


def find():
    """The root folder of Postfix: that of the machine, or where it is unpacked."""
    if os.geteuid() != 0:
        raise Skip("its master process has to be started by root")
    if not (os.path.exists("/usr/lib/postfix/sbin/master")
            and shutil.which("saslpasswd2", path="/usr/sbin:/usr/bin")):
        return unpack(build_folder("postfix"), PACKAGES)
    return pathlib.Path("/")


def environment(root):
    libraries = [str(path) for path in (root / "usr/lib").glob("*-linux-gnu*")]
    values = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin"}
    if root != pathlib.Path("/"):
        system = [str(path) for path in pathlib.Path("/usr/lib").glob("*-linux-gnu*")]
        values["LD_LIBRARY_PATH"] = ":".join(
            libraries + [str(root / "usr/lib/postfix")])
        values["SASL_PATH"] = ":".join(f"{path}/sasl2" for path in libraries + system)
    return values


def owner():
    return user_with("postfix", "daemon", "mail")


def mail_user():
    return user_with("mail", "bin", "daemon")


def make_folders(folder):
    """Makes the folders that every instance has in its own."""
    for name in ("queue", "data", "config"):
        (folder / name).mkdir(mode=0o755)
    for name in QUEUE:
        (folder / "queue" / name).mkdir(mode=0o755)
        if name != "pid":
            os.chown(folder / "queue" / name, owner().pw_uid, owner().pw_gid)
    os.chown(folder / "data", owner().pw_uid, owner().pw_gid)


def start_master(root, folder, main, services, variables, **values):
    """Writes main.cf, with these values, and master.cf; starts the instance."""
    (folder / "config/main.cf").write_text(main.format(
        folder=folder, daemons=root / "usr/lib/postfix/sbin",
        commands=root / "usr/sbin", libraries=root / "usr/lib/postfix",
        owner=owner().pw_name, group=grp.getgrgid(mail_user().pw_gid).gr_name,
        **values))
    (folder / "config/master.cf").write_text(services)
    return subprocess.Popen(
        [root / "usr/lib/postfix/sbin/master", "-c", folder / "config", "-d"],
        env=variables, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL, start_new_session=True)


class Server(Peer):
    name = "Postfix"
    in_machine = False
    mechanisms = ("PLAIN", "LOGIN", "CRAM-MD5", "SCRAM-SHA-1", "SCRAM-SHA-256")
    extensions = ("PIPELINING", "SIZE", "ENHANCEDSTATUSCODES", "8BITMIME", "DSN",
                  "SMTPUTF8", "CHUNKING")
    size = 60000000
    reports_success = True
    cases = repaired.cases("seven_bit")

    @classmethod
    def prepare(cls):
        return find()

    def version(self):
        said = subprocess.run(
            [self.root / "usr/sbin/postconf", "-c", self.folder / "config", "-h", "mail_version"],
            env=self.environment(), capture_output=True, text=True, check=True)
        return said.stdout.strip()

    def environment(self):
        return environment(self.root)

    def start(self):
        self.root = self.prepare()
        folder = self.folder
        mail = mail_user()
        ports = {"starttls": free_port(), "smtps": free_port(), "late": free_port(),
                 "seven_bit": free_port(), "limit": LATE_LIMIT}
        make_folders(folder)
        for name in ("mail", "config/sasl", "mail/box"):
            (folder / name).mkdir(mode=0o755)
        os.chown(folder / "mail", mail.pw_uid, mail.pw_gid)
        os.chown(folder / "mail/box", mail.pw_uid, mail.pw_gid)
        (folder / "config/sasl/smtpd.conf").write_text(
            f"pwcheck_method: auxprop\nauxprop_plugin: sasldb\n"
            f"mech_list: {' '.join(self.mechanisms)}\n"
            f"sasldb_path: {folder}/config/sasl/sasldb2\n")
        subprocess.run(
            [self.root / "usr/sbin/saslpasswd2", "-p", "-c", "-f", folder / "config/sasl/sasldb2",
             "-u", "example.test", "alice"],
            input=b"secret\n", check=True, env=self.environment(), capture_output=True)
        os.chown(folder / "config/sasl/sasldb2", owner().pw_uid, owner().pw_gid)
        self.process = start_master(
            self.root, folder, MAIN, MASTER.format(**ports), self.environment(),
            uid=mail.pw_uid, gid=mail.pw_gid, size=self.size)
        self.running.append(self.process)
        self.box = folder / "mail/box/new"
        self.wait_for(ports["starttls"], self.process)
        self.starttls = f"smtp://localhost:{ports['starttls']}"
        self.smtps = f"smtps://localhost:{ports['smtps']}"
        self.seven_bit = f"smtp://localhost:{ports['seven_bit']}"
        self.late = f"smtp://localhost:{ports['late']}"
