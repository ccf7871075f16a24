"""A private Postfix: submission with STARTTLS and a SASL login, on loopback.

Its own configuration, queue and mailboxes in a scratch folder; the program
from the system where it is installed, else unpacked into the build tree.
"""

import os
import pathlib
import pwd
import shutil
import subprocess
import time

from common import Skip, build_folder, free_port, make_certificates, scratch, unpack
from common import wait_for_port

PACKAGES = ["postfix", "sasl2-bin", "libsasl2-2", "libsasl2-modules",
            "libsasl2-modules-db", "libnsl2", "libicu72", "libdb5.3"]
QUEUE = ["active", "bounce", "corrupt", "defer", "deferred", "flush", "hold",
         "incoming", "private", "saved", "trace", "maildrop", "public", "pid"]

MAIN = """
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
myhostname = mx.example.test
mydestination =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
alias_maps =
alias_database =
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
message_size_limit = 3000000
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
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
proxymap unix - - n - - proxymap
error unix - - n - - error
retry unix - - n - - error
virtual unix - n n - - virtual
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
"""


def user_with(*names):
    for name in names:
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise Skip("no unprivileged user for it on this machine")


class Postfix:
    name = "Postfix"
    unsupported = ()

    def __init__(self):
        if os.geteuid() != 0:
            raise Skip("its master process has to be started by root")
        self.root = pathlib.Path("/")
        if not (os.path.exists("/usr/lib/postfix/sbin/master")
                and shutil.which("saslpasswd2", path="/usr/sbin:/usr/bin")):
            self.root = unpack(build_folder("postfix"), PACKAGES)
        self.folder = scratch("postfix")
        self.process = None
        try:
            make_certificates(self.folder)
            self.start()
        except BaseException:
            self.stop()
            raise

    def environment(self):
        libraries = [str(path) for path in (self.root / "usr/lib").glob("*-linux-gnu*")]
        values = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin"}
        if self.root != pathlib.Path("/"):
            values["LD_LIBRARY_PATH"] = ":".join(
                libraries + [str(self.root / "usr/lib/postfix")])
            values["SASL_PATH"] = ":".join(f"{path}/sasl2" for path in libraries)
        return values

    def start(self):
        folder = self.folder
        owner = user_with("postfix", "daemon", "mail")
        mail = user_with("mail", "bin", "daemon")
        ports = {"starttls": free_port(), "smtps": free_port()}
        for name in ("queue", "data", "mail", "config", "config/sasl", "mail/box"):
            (folder / name).mkdir(mode=0o755)
        for name in QUEUE:
            (folder / "queue" / name).mkdir(mode=0o755)
            if name != "pid":
                os.chown(folder / "queue" / name, owner.pw_uid, owner.pw_gid)
        os.chown(folder / "data", owner.pw_uid, owner.pw_gid)
        os.chown(folder / "mail", mail.pw_uid, mail.pw_gid)
        os.chown(folder / "mail/box", mail.pw_uid, mail.pw_gid)
        (folder / "config/sasl/smtpd.conf").write_text(
            f"pwcheck_method: auxprop\nauxprop_plugin: sasldb\n"
            f"mech_list: PLAIN LOGIN\nsasldb_path: {folder}/config/sasl/sasldb2\n")
        subprocess.run(
            [self.root / "usr/sbin/saslpasswd2", "-p", "-c", "-f", folder / "config/sasl/sasldb2",
             "-u", "example.test", "alice"],
            input=b"secret\n", check=True, env=self.environment(), capture_output=True)
        os.chown(folder / "config/sasl/sasldb2", owner.pw_uid, owner.pw_gid)
        import grp
        (folder / "config/main.cf").write_text(MAIN.format(
            folder=folder, daemons=self.root / "usr/lib/postfix/sbin",
            commands=self.root / "usr/sbin", libraries=self.root / "usr/lib/postfix",
            owner=owner.pw_name, group=grp.getgrgid(mail.pw_gid).gr_name,
            uid=mail.pw_uid, gid=mail.pw_gid))
        (folder / "config/master.cf").write_text(MASTER.format(**ports))
        self.process = subprocess.Popen(
            [self.root / "usr/lib/postfix/sbin/master", "-c", folder / "config", "-d"],
            env=self.environment(), stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
        wait_for_port(ports["starttls"], self.process)
        self.starttls = f"smtp://localhost:{ports['starttls']}"
        self.smtps = f"smtps://localhost:{ports['smtps']}"

    def take(self, count):
        """Postfix delivers when it likes: waits for `count`, and then a little."""
        box = self.folder / "mail/box/new"
        end = time.monotonic() + (20 if count else 0.5)
        while time.monotonic() < end:
            if count and box.is_dir() and len(list(box.iterdir())) >= count:
                break
            time.sleep(0.05)
        time.sleep(0.2 if count else 0)
        arrived = []
        for path in sorted(box.iterdir()) if box.is_dir() else []:
            arrived.append(self.undress(path.read_bytes()))
            path.unlink()
        return arrived

    @staticmethod
    def undress(data):
        """Without the fields that the server put in front."""
        recipient = None
        lines = data.splitlines(keepends=True)
        at = 0
        while at < len(lines):
            if lines[at].startswith((b"Delivered-To:", b"X-Original-To:")):
                recipient = lines[at].split(b":", 1)[1].strip().decode()
            elif not lines[at].startswith((b"Return-Path:", b"Received:", b"\t", b" ")):
                break
            at += 1
        return recipient, b"".join(lines[at:])

    def stop(self):
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
        shutil.rmtree(self.folder, ignore_errors=True)
