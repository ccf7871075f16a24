"""sendmail on its own machine (machine.py), the strictest of the servers.

It is configured not to change MIME (it would rewrite broken multiparts), so that
what arrives is what was sent.
"""

import repaired
from common import free_port
from peer import Peer

USER, CLIENT = 61200, 61201

CONFIG = """divert(-1)
include(`/usr/share/sendmail/cf/m4/cf.m4')
VERSIONID(`test')
OSTYPE(`debian')
define(`confDELIVERY_MODE', `interactive')
define(`confMAX_MESSAGE_SIZE', `{size}')
define(`confMAX_MIME_HEADER_LENGTH', `0/0')
define(`confEIGHT_BIT_HANDLING', `pass8')
undefine(`confHOST_STATUS_DIRECTORY')
define(`confSERVICE_SWITCH_FILE', `/etc/mail/switch')
define(`confAUTH_MECHANISMS', `{mechanisms}')
define(`confAUTH_OPTIONS', `p')
define(`confCACERT', `/etc/mail/tls/root.pem')
define(`confCACERT_PATH', `/etc/mail/tls')
define(`confSERVER_CERT', `/etc/mail/tls/leaf.pem')
define(`confSERVER_KEY', `/etc/mail/tls/leaf.key')
define(`confMAX_DAEMON_CHILDREN', `40')
define(`confCONNECTION_RATE_THROTTLE', `0')
define(`confQUEUE_LA', `1000')
define(`confREFUSE_LA', `1000')
define(`confDELAY_LA', `0')
define(`confBAD_RCPT_THROTTLE', `0')
define(`ALIAS_FILE', `/etc/mail/aliases')
define(`LOCAL_MAILER_PATH', `/etc/mail/deliver')
define(`LOCAL_MAILER_ARGS', `deliver $u')
define(`LOCAL_MAILER_FLAGS', `Pn8')
MODIFY_MAILER_FLAGS(`LOCAL', `-w')
TRUST_AUTH_MECH(`{mechanisms}')
FEATURE(`no_default_msa')
FEATURE(`nocanonify')
FEATURE(`accept_unresolvable_domains')
FEATURE(`accept_unqualified_senders')
DAEMON_OPTIONS(`Name=starttls, Addr=127.0.0.1, Port={starttls}, M=Ea')
DAEMON_OPTIONS(`Name=smtps, Addr=127.0.0.1, Port={smtps}, M=Eas')
DAEMON_OPTIONS(`Name=clear, Addr=127.0.0.1, Port={clear}')
LOCAL_DOMAIN(`example.test')
MAILER(`local')
MAILER(`smtp')
LOCAL_RULESETS
SLocal_check_rcpt
R$*			$: $>canonify $1
R$* < @ refused.test . > $*	$#error $@ 5.7.1 $: "550 Relaying denied"
R$* < @ refused.test > $*	$#error $@ 5.7.1 $: "550 Relaying denied"
"""

DELIVER = """#!/bin/sh
# Called by sendmail to deliver: writes one file for each recipient.
name=$(date +%s%N).$$
{{
	echo "Delivered-To: $1@example.test"
	cat
}} >"{folder}/mail/tmp/$name" &&
	exec mv "{folder}/mail/tmp/$name" "{folder}/mail/new/$name"
"""


class Server(Peer):
    name = "sendmail"
    packages = ("sendmail-bin", "sasl2-bin", "libsasl2-modules", "m4")
    mechanisms = ("PLAIN", "LOGIN", "CRAM-MD5")
    extensions = ("ENHANCEDSTATUSCODES", "PIPELINING", "8BITMIME", "SIZE", "DSN", "DELIVERBY")
    size = 60000000
    reports_success = True
    cases = repaired.cases("clear")

    def start(self):
        folder, here = self.folder, self.machine
        here.add_user("smmta", USER)
        here.add_user("smmsp", CLIENT)
        for name in ("mail", "mail/tmp", "mail/new"):
            (folder / name).mkdir(mode=0o755)
        for name in ("var/spool/mqueue", "var/run/sendmail/mta", "etc/mail", "etc/mail/tls"):
            here.own(name, 0, 0o755)
        here.write("etc/mail/tls/root.pem", (folder / "root.pem").read_text())
        here.write("etc/mail/tls/leaf.pem", (folder / "leaf.pem").read_text())
        here.write("etc/mail/tls/leaf.key", (folder / "leaf.key").read_text(), 0o600)
        here.write("etc/mail/switch", "hosts files\naliases files\npasswd files\n")
        here.write("etc/mail/aliases", "")
        here.write("etc/mail/local-host-names", "")
        here.write("etc/mail/deliver", DELIVER.format(folder=folder), 0o755)
        for name in ("etc/mail/sasl/Sendmail.conf", "etc/mail/sasl/Sendmail.conf.2",
                     "usr/lib/sasl2/Sendmail.conf", "etc/sasl2/Sendmail.conf"):
            here.write(name, "pwcheck_method: auxprop\nauxprop_plugin: sasldb\n"
                       "sasldb_path: /etc/mail/sasldb2\n"
                       f"mech_list: {' '.join(self.mechanisms)}\n")
        here.run("/usr/sbin/saslpasswd2", "-p", "-c", "-f", "/etc/mail/sasldb2",
                 "-u", "example.test", "alice", input=b"secret\n")
        ports = {name: free_port() for name in ("starttls", "smtps", "clear")}
        here.write("etc/mail/test.mc", CONFIG.format(
            size=self.size, mechanisms=" ".join(self.mechanisms), **ports))
        here.write("etc/mail/sendmail.cf", here.run("m4", "/etc/mail/test.mc"))
        process = self.spawn("/usr/libexec/sendmail/sendmail", "-bD")
        for name, port in ports.items():
            self.wait_for(port, process)
            scheme = "smtps" if name == "smtps" else "smtp"
            setattr(self, name, f"{scheme}://localhost:{port}")

    def version(self):
        said = self.machine.run("/usr/libexec/sendmail/sendmail", "-bt", "-d0.1",
                                input=b"")
        return said.split()[1]
