"""The real programs of mx_bed.

Postfix and Exim are servers of some hosts, and they deliver to all domains as
smtpost does: second opinions, as is that of posttls-finger. A client's opinion of a
domain is a verdict in the words of mx_rows.py.
"""

import concurrent.futures
import dataclasses
import os
import pathlib
import re
import shutil
import smtplib
import subprocess
import time

import common
import machine
import postfix

CLIENT = "client.zz"
PORT = 2525
EXIM = ("exim4-daemon-heavy",)
EXIM_USER = 61100

MAIN = postfix.BASE + """
inet_protocols = all
mynetworks = 0.0.0.0/0 [::]/0
smtpd_relay_restrictions = permit_mynetworks, reject
smtpd_peername_lookup = no
"""

# It takes all mail and drops it.
AS_SERVER = MAIN + """
myhostname = server.zz
inet_interfaces = 127.0.0.1
smtpd_tls_security_level = may
default_transport = discard
"""

AS_CLIENT = MAIN + """
myhostname = client.zz
inet_interfaces = 127.0.0.1
transport_maps = inline:{{{{postfix@client.zz=discard:}}}}
smtp_host_lookup = dns
smtp_dns_support_level = dnssec
smtp_tls_security_level = dane
smtp_tls_loglevel = 1
smtp_tls_note_starttls_offer = no
smtp_connect_timeout = 5s
default_process_limit = 60
"""

SERVICES = postfix.SERVICES + """
discard unix - - n - - discard
smtp unix - - n - - smtp
"""

EXIM_BOTH = """
exim_user = Debian-exim
exim_group = Debian-exim
spool_directory = {folder}/spool
log_file_path = {folder}/logs/%slog
pid_file_path = {folder}/spool/pid
host_lookup =
rfc1413_query_timeout = 0s
keep_environment =
allow_domain_literals = true
"""

EXIM_SERVER = """
primary_hostname = server.zz
local_interfaces = <; {addresses}
daemon_smtp_ports = 25
tls_advertise_hosts = *
tls_certificate = {folder}/$received_ip_address.pem
acl_smtp_rcpt = accept
""" + EXIM_BOTH + """
begin routers
everybody:
  driver = redirect
  data = :blackhole:
"""

EXIM_CLIENT = """
primary_hostname = client.zz
local_interfaces = 127.0.0.1
remote_max_parallel = 40
dns_dnssec_ok = 1
log_selector = +tls_certificate_verified +tls_cipher
""" + EXIM_BOTH + """
begin routers
literal:
  driver = ipliteral
  transport = remote
dns:
  driver = dnslookup
  dnssec_request_domains = *
  ignore_target_hosts = 0.0.0.0 : 127.0.0.0/8 : ::1
  transport = remote
  no_more

begin transports
remote:
  driver = smtp
  hosts_try_dane = *
  connect_timeout = 5s

begin retry
* * F,1h,1h
"""


@dataclasses.dataclass
class Opinion:
    """What a client did with the mail to a domain."""
    outcome: str  # relayed, deferred, failed
    host: str = ""
    level: str = ""  # clear, tls, dane, dane-insecure-mx
    code: str = ""
    text: str = ""


class Postfix:
    """An instance with its own configuration, queue and log."""

    def __init__(self, folder, main, services):
        self.folder = pathlib.Path(folder)
        self.folder.mkdir(mode=0o755)
        self.root = postfix.find()
        postfix.make_folders(self.folder)
        self.process = postfix.start_master(
            self.root, self.folder, main, services + SERVICES, self.environment())

    def environment(self):
        return {**postfix.environment(self.root),
                "MAIL_CONFIG": str(self.folder / "config")}

    def log(self):
        path = self.folder / "maillog"
        return path.read_text(errors="replace") if path.exists() else ""

    def stop(self):
        # Its children end with the namespace.
        self.process.kill()
        self.process.wait()


def postfix_server(folder, hosts):
    """Postfix at the addresses of these hosts."""
    services = "".join(
        f"{host.address}:25 inet n - n - - smtpd\n"
        f"  -o smtpd_tls_chain_files={host.key},{host.chain}\n"
        f"  -o myhostname={host.full_name}\n" for host in hosts)
    return Postfix(folder, AS_SERVER, services)


TLS_LINE = re.compile(r"/smtp\[(\d+)\]: (\w+) TLS connection established to (\S+)\[")
END_LINE = re.compile(r"/\w+\[(\d+)\]: \w+: to=<[^@]*@(\S+)>, relay=([^,]*), .*"
                      r"dsn=([\d.]+), status=(\w+) (.*)")
OUTCOMES = {"sent": "relayed", "deferred": "deferred", "bounced": "failed"}
LEVELS = {"Verified": "dane", "Trusted": "dane-insecure-mx", "Untrusted": "tls",
          "Anonymous": "tls"}


class PostfixClient:
    """Postfix's client with DANE. It trusts no authority but those in TLSA records,
    so that "Trusted" in its log means DANE, for a domain that is not signed."""

    def __init__(self, folder):
        self.instance = Postfix(folder, AS_CLIENT,
                                f"127.0.0.1:{PORT} inet n - n - - smtpd\n")
        common.wait_for_port(PORT, self.instance.process)

    def stop(self):
        self.instance.stop()

    def ask(self, domains, seconds=20):
        """Its opinions by domain, where it has come to one in this time."""
        with smtplib.SMTP("127.0.0.1", PORT, CLIENT, 20) as link:
            link.sendmail(f"postfix@{CLIENT}", [f"bob@{one}" for one in domains],
                          "Subject: x\r\n\r\nx\r\n")
        end = time.monotonic() + seconds
        while True:
            found = self.read()
            if set(domains) <= set(found) or time.monotonic() > end:
                return found
            time.sleep(0.1)

    def read(self):
        found, secured = {}, {}
        for line in self.instance.log().splitlines():
            if match := TLS_LINE.search(line):
                process, word, host = match.groups()
                secured[process, host.lower()] = LEVELS[word]
            elif match := END_LINE.search(line):
                process, domain, relay, code, status, text = match.groups()
                host = relay.partition("[")[0].lower()
                level = secured.pop((process, host), "clear")
                found[domain] = Opinion(OUTCOMES[status], host, level, code, text)
        return found


def finger(client, domains, level, *arguments, names=None):
    """What posttls-finger makes of the servers of each domain. `names`: for each
    domain the names that a certificate may have."""
    program = client.instance.root / "usr/sbin/posttls-finger"

    def ask(domain):
        done = subprocess.run(
            [program, "-c", "-T", "5", "-l", level, "-L", "summary,certmatch",
             *arguments, domain, *(names or {}).get(domain, ())],
            env=client.instance.environment(), capture_output=True, text=True,
            timeout=120, stdin=subprocess.DEVNULL, check=False)
        said = done.stdout + done.stderr
        match = re.search(r"(\w+) TLS connection established to (\S+)\[", said)
        if match is None:
            return Opinion("none", text=said)
        return Opinion("reached", match.group(2).lower(), LEVELS[match.group(1)],
                       text=said)
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        return dict(zip(domains, pool.map(ask, domains)))


class Exim:
    """Exim on a machine of its own: it has its files where it expects them."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.folder.mkdir(mode=0o755)
        self.machine = machine.make(common.build_folder("exim"), self.folder)
        self.machine.add_user("Debian-exim", EXIM_USER)
        self.machine.write("etc/resolv.conf", "nameserver 127.0.0.1\n"
                           "options trust-ad timeout:5 attempts:1\n")
        self.machine.write("etc/nsswitch.conf", "passwd: files\ngroup: files\n"
                           "hosts: files dns\n")
        for name in ("spool", "logs"):
            (self.folder / name).mkdir(mode=0o750)
            os.chown(self.folder / name, EXIM_USER, EXIM_USER)
        self.log = (self.folder / "log").open("ab")
        self.process = None

    def configure(self, text, **values):
        self.machine.write("etc/exim4/exim4.conf",
                           text.format(folder=self.folder, **values))

    def serve(self, hosts):
        for host in hosts:
            path = self.folder / f"{host.address}.pem"
            path.write_text(pathlib.Path(host.chain).read_text()
                            + pathlib.Path(host.key).read_text())
            os.chown(path, EXIM_USER, EXIM_USER)
        self.configure(EXIM_SERVER, addresses=" ; ".join(
            host.address for host in hosts))
        self.process = self.machine.start(self.log, "/usr/sbin/exim4", "-bdf")

    def ask(self, domains):
        """Its opinions by domain, as a client."""
        self.configure(EXIM_CLIENT)
        self.machine.run("/usr/sbin/exim4", "-odf", "-oi", "-f", "<>",
                         *(f"exim@{one}" for one in domains),
                         input=b"Subject: x\n\nx\n")
        found = {}
        marks = {"=>": "relayed", "->": "relayed", "==": "deferred", "**": "failed"}
        for line in (self.folder / "logs/mainlog").read_text().splitlines():
            match = re.search(r" (=>|->|==|\*\*) exim@(\S+?):? (.*)", line)
            if match is None:
                continue
            mark, domain, text = match.groups()
            host = re.search(r"H=(\S+)", text)
            level = "dane" if "CV=dane" in text else "tls" if " X=" in text else "clear"
            found.setdefault(domain, Opinion(
                marks[mark], host.group(1).lower() if host else "", level, "", text))
        return found

    def stop(self):
        if self.process is not None:
            self.process.kill()
            self.process.wait()
        self.log.close()
        self.machine.stop()


def prepare():
    """Fetches what has to be fetched. {program: why it is missing}"""
    missing = {}
    try:
        postfix.find()
    except common.Skip as reason:
        missing["Postfix"] = str(reason)
    try:
        if os.geteuid() != 0:
            raise common.Skip("only root can start it")
        common.unpack(common.build_folder("exim"), EXIM)
    except common.Skip as reason:
        missing["Exim"] = str(reason)
    if shutil.which("unshare") is None:
        missing["Exim"] = "unshare is not installed"
    return missing
