"""A private Courier: esmtpd below couriertcpd, STARTTLS and implicit TLS.

authdaemond checks logins against a userdb. refused.test is a local domain
without users. Accepted mail is read from the queue, where esmtpd's submit puts
it; courierd, which would deliver it, does not run.
"""

import os
import time

from cases import BOB, only_message, same
from common import complete_message, expect, free_port, submit
from peer import Peer, age

OWNER = 61000
STATE = ("msgs", "msgq", "tmp", "tmp/broken", "track", "sts", "filters", "allfilters")

MODULE = "/usr/lib/courier/courier/modules/esmtp/courieresmtp"

ESMTPD = """
PATH=/usr/bin:/bin
SHELL=/bin/sh
BOFHCHECKDNS=0
BOFHNOEXPN=1
BOFHNOVRFY=1
NOADDMSGID=1
NOADDDATE=1
NOADDRREWRITE=1
TARPIT=0
AUTH_REQUIRED=1
ESMTP_TLS_REQUIRED=1
COURIERTLS=/usr/bin/couriertls
TLS_CERTFILE=/etc/courier/esmtpd.pem
TLS_VERIFYPEER=NONE
TLS_PROTOCOL=TLSv1.2+
ESMTPAUTH=
SIZELIMIT={size}
MIME=none
ESMTPAUTH_TLS="{mechanisms}"
"""

SERVE = """
set -a
. /etc/courier/esmtpd
ESMTP_TLS={implicit}
[ $ESMTP_TLS = 1 ] || unset ESMTP_TLS
exec /usr/sbin/couriertcpd -noidentlookup -nodnslookup -maxprocs=40 -maxperip=40 \\
	-maxperc=40 -user=courier -group=courier -address=127.0.0.1 {port} \\
	{wrapper} /usr/sbin/courieresmtpd
"""

FILES = {
    "me": "mx.example.test\n",
    "defaultdomain": "mx.example.test\n",
    "locals": "localhost\n",
    "hosteddomains/refused": "refused.test\n",
    "sizelimit": "{size}\n",
    "bofh": "opt BOFHBADMIME=accept\nmaxrcpts 1000 hard\n",
    "dsnfrom": "mailer-daemon@mx.example.test\n",
}


# What the packages' install scripts do, and the data of the login.
PREPARE = """
cd /usr/bin
ln -sf makedat.courier makedat
chown courier:courier mailq cancelmsg /usr/lib/courier/courier/submitmkdir
chmod 4755 /usr/lib/courier/courier/submitmkdir
sed -i 's/^authmodulelist=.*/authmodulelist="authuserdb"/' /etc/courier/authdaemonrc
: >/etc/courier/userdb
chmod 600 /etc/courier/userdb
userdb alice@example.test set uid=61000 gid=61000 home=/tmp shell=/bin/false
printf 'secret\\nsecret\\n' | userdbpw -md5 | userdb alice@example.test set systempw
printf 'secret\\nsecret\\n' | userdbpw -hmac-md5 | userdb alice@example.test set hmac-md5pw
makeuserdb
makehosteddomains
makealiases
"""


def with_pipelining(peer):
    """Courier does not answer a QUIT that is sent in one flight with the content."""
    message = complete_message(b"pipelined\n")
    status, lines, trouble = submit(peer.folder, peer.starttls, message, [BOB])
    expect("exit (" + trouble + ")", status, 0)
    expect("report", [line[4] for line in lines], ["relayed", "relayed"])
    same("content", only_message(peer), message)
    return "it drops the QUIT after the content, and never answers it"


class Server(Peer):
    name = "Courier"
    packages = ("courier-mta", "courier-authlib-userdb")
    mechanisms = ("PLAIN", "LOGIN")
    extensions = ("PIPELINING", "8BITMIME", "SIZE", "DSN", "SMTPUTF8")
    size = None
    config = "pipelining = never\n"
    known = dict.fromkeys(("pipelining = auto", "pipelining = never"),
                          "every case is without it, but the last")
    cases = (("pipelining = auto, and QUIT after the content", with_pipelining),)
    limit = 60000000

    def start(self):
        there = self.machine
        there.add_user("courier", OWNER)
        for name in STATE:
            there.own(f"var/lib/courier/{name}", OWNER, 0o770)
        there.own("var/lib/courier", OWNER, 0o755)
        there.own("run/courier/authdaemon", OWNER, 0o755)
        for name, text in FILES.items():
            there.write(f"etc/courier/{name}", text.format(size=self.limit))
        there.write("etc/courier/esmtpd", ESMTPD.format(
            mechanisms=" ".join(self.mechanisms), size=self.limit))
        there.write("etc/courier/esmtpd.pem", "".join(
            (self.folder / name).read_text() for name in ("leaf.key", "leaf.pem")))
        there.own("etc/courier", OWNER)
        there.run("sh", "-ec", PREPARE)
        os.chown(there.root / "etc/courier/esmtpd.pem", OWNER, OWNER)
        (there.root / "etc/courier/esmtpd.pem").chmod(0o600)
        self.spawn("/usr/lib/courier/courier-authlib/authdaemond")
        ports = {name: free_port() for name in ("starttls", "smtps")}
        for name, implicit, wrapper in (
                ("starttls", 0, ""), ("smtps", 1, "$COURIERTLS -server -tcpd")):
            process = self.spawn("sh", "-c", SERVE.format(
                port=ports[name], implicit=implicit, wrapper=wrapper))
            self.wait_for(ports[name], process)
        self.queue = there.root / "var/lib/courier/tmp"
        self.starttls = f"smtp://localhost:{ports['starttls']}"
        self.smtps = f"smtps://localhost:{ports['smtps']}"

    def version(self):
        said = self.machine.run("grep", "-aoE", "Courier [0-9]+[.][0-9.]+", MODULE)
        return said.split()[1]

    def take(self, count, seconds=30):
        """Reads the queue. A message is complete when its control file exists, in
        which the lines of recipients begin with r."""
        end = time.monotonic() + (seconds if count else 0.3)
        arrived = []
        while True:
            for path in sorted(self.queue.glob("*/C*"), key=age):
                data = path.with_name("D" + path.name[1:])
                _, content = self.undress(data.read_bytes())
                arrived += [(line[1:], content)
                            for line in path.read_text().splitlines() if line[:1] == "r"]
                path.unlink()
                data.unlink()
            if (count and len(arrived) >= count) or time.monotonic() > end:
                return arrived
            time.sleep(0.02)
