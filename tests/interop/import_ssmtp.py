"""Round trips of ssmtp."""

from import_bench import HOST, Row
from import_server import Offer

PACKAGES = ("ssmtp",)
CONFIG = "/etc/ssmtp/ssmtp.conf"
HUB = "mailhub=mail.example.test\n"
LOGIN = HUB + "AuthUser=alice\nAuthPass=secret\n"
TO_BOB = b"To: bob@example.org\nSubject: A test\n\nHello"
CRON = b"From: root (Cron Daemon)\n" + TO_BOB
TO_LOCALS = b"To: root, mail\nCc: nobody\nSubject: A test\n\nHello"


def row(name, config, revaliases="", options=("-t",), **more):
    return Row(name, {CONFIG: config, "/etc/ssmtp/revaliases": revaliases},
               ("ssmtp", *options), CONFIG, ("sendmail", *options), **more)


def option(name, config, *options, **more):
    """smtpost -P default, with options that ssmtp has, too."""
    made = row(name, config, options=options, **more)
    made.new = ("smtpost", "-P", "default", *options)
    return made


ROWS = [
    # Server and TLS.
    row("the host mailhub by default", "Debug=NO\n"),
    row("a server, and nothing else", HUB),
    row("names in any case", "MAILHUB=mail.example.test\nremoteport=2525\n"),
    row("a port at the server", "mailhub=mail.example.test:587\n"),
    row("the later port: RemotePort", "mailhub=mail.example.test:587\nRemotePort=2525\n"),
    row("the later port: mailhub", "RemotePort=2525\nmailhub=mail.example.test:587\n"),
    row("the later server keeps the port", "mailhub=hub.example.test:587\n" + HUB),
    row("TLS from the start", "mailhub=mail.example.test:465\nUseTLS=YES\n"),
    row("STARTTLS", "mailhub=mail.example.test:587\nUseSTARTTLS=YES\n"),
    row("both kinds of TLS", "mailhub=mail.example.test:587\nUseTLS=YES\nUseSTARTTLS=YES\n"),
    row("STARTTLS on port 25", HUB + "UseSTARTTLS=yes\n"),
    row("UseTLS=NO after UseSTARTTLS=YES", HUB + "UseSTARTTLS=YES\nUseTLS=NO\n"),
    row("UseSTARTTLS=NO after YES",
        "mailhub=mail.example.test:465\nUseSTARTTLS=YES\nUseSTARTTLS=NO\n"),
    row("UseTLS=on is no", HUB + "UseTLS=on\n"),
    row("a client certificate", HUB + "UseTLS=YES\nRemotePort=465\nUseTLSCert=YES\n"
        "TLSCert={client}\n"),
    # Lines.
    row("a blank ends the value", "mailhub=mail.example.test hub.example.test\n"),
    row("a comment after a blank", "mailhub=mail.example.test # the server\n"),
    row("a comment that touches the value", HUB + "RemotePort=2525#\n"),
    row("no line end", HUB + "RemotePort=2525"),
    row("a blank before the name", HUB + "  RemotePort=2525\n"),
    row("the = after the value", "mailhub mail.example.test =\n"),
    # As text, only numbers work with a CR.
    row("carriage returns", "MailHub=mail.example.test:2525\r\n# x\r\n\r\n"),
    row("blanks beside =", HUB + "UseSTARTTLS = YES\n"),
    # Login.
    row("a login", LOGIN),
    row("a login over STARTTLS", LOGIN + "RemotePort=587\nUseSTARTTLS=YES\n",
        offer=Offer(auth=("PLAIN", "LOGIN", "SCRAM-SHA-256"), auth_before_tls=False)),
    row("a login over TLS", LOGIN + "RemotePort=465\nUseTLS=YES\n"),
    row("the first login counts", LOGIN + "AuthUser=carol\nAuthPass=other\n"),
    row("CRAM-MD5", LOGIN + "AuthMethod=cram-md5\n", offer=Offer(auth=("PLAIN", "CRAM-MD5"))),
    row("another method is LOGIN", LOGIN + "AuthMethod=PLAIN\n"),
    row("UseOldAUTH", LOGIN + "UseOldAUTH=YES\n"),
    row("a password with marks", HUB + 'AuthUser="alice"\nAuthPass="$a%\\b;\'\n',
        offer=Offer(password='"$a%\\b;\'')),
    row("a password ends at =", HUB + "AuthUser=alice\nAuthPass=secret=x\n"),
    # Names.
    row("HostName", HUB + "hostname=other.example\n"),
    row("a short HostName", HUB + "hostname=pi\n"),
    row("RewriteDomain", HUB + "hostname=other.example\nrewriteDomain=example.com\n"),
    row("RewriteDomain, and -f", HUB + "rewriteDomain=example.com\n",
        options=("-f", "frank@example.net", "-t")),
    row("a user", HUB + "rewriteDomain=example.com\n", user="alice"),
    row("FromLineOverride", HUB + "FromLineOverride=YES\n", fields=("From",)),
    row("FromLineOverride=NO", HUB + "FromLineOverride=YES\nFromLineOverride=NO\n"),
    row("FromLineOverride, a local name",
        HUB + "FromLineOverride=YES\nRewriteDomain=example.com\n", message=CRON),
    row("FromLineOverride, no From", HUB + "FromLineOverride=YES\n", message=TO_BOB),
    row("FromLineOverride: ssmtp keeps -f for a From that is missing",
        HUB + "FromLineOverride=YES\n", options=("-f", "frank@example.net", "-t"),
        differs={"sender": ("alice@example.test", "frank@example.net")}),
    row("recipients on the command line", HUB, options=("bob@example.org", "carol@example.org")),
    row("a recipient without a domain", HUB + "RewriteDomain=example.com\n",
        options=("-i", "bob")),
    option("-P NAME and -f", HUB + "hostname=other.example\n", "-f", "frank@example.net",
           "bob@example.org"),
    # The host name is short: the server sees what smtpost says without a name.
    row("a short host name", HUB + "RewriteDomain=example.com\n", host="pi",
        differs={"ehlo": ("pi", "[127.0.0.1]")}),
    # Root.
    row("Root", HUB + "Root=admin@example.net\n", options=("root",)),
    row("Root without a domain", HUB + "Root=admin\nRewriteDomain=example.com\n",
        options=("root",)),
    row("Root empty", HUB + "Root=\nRewriteDomain=example.com\n", message=TO_LOCALS),
    row("Root: a user is a local name, too",
        HUB + "Root=admin@example.net\nRewriteDomain=example.com\n", options=("carol",),
        differs={"recipients": (("carol@example.com",), ("admin@example.net",))}),
    # revaliases.
    row("revaliases: address and server", HUB,
        "root:me@example.net:hub.example.test:587\n", message=CRON),
    row("revaliases: no From", HUB, "root:me@example.net:hub.example.test\n", message=TO_BOB),
    row("revaliases: address", HUB + "RewriteDomain=example.com\n", "root:me@example.net\n",
        message=CRON),
    row("revaliases: an address without a domain", HUB + "RewriteDomain=example.com\n",
        "root:me\n", message=CRON),
    row("revaliases: blanks, comments, other users", HUB + "hostname=other.example\n",
        "# root:no@example.net\nalice:al@example.net:hub.example.test:2525\n"
        "root: me@example.net : hub.example.test : 587 # yes\n", message=CRON),
    row("revaliases: the port of ssmtp.conf", HUB + "RemotePort=2525\n",
        "root:me@example.net:hub.example.test\n", message=CRON),
    row("revaliases: TLS and login of ssmtp.conf", LOGIN + "UseTLS=YES\nRemotePort=465\n",
        "root:me@example.net:hub.example.test:4650\n", message=CRON),
    row("revaliases: a user", HUB, "root:me@example.net\nalice:al@example.net:hub.example.test\n",
        message=TO_BOB, user="alice"),
    row("revaliases: another user", HUB, "alice:al@example.net:hub.example.test\n",
        message=TO_BOB),
    row("revaliases: the last line counts", HUB,
        "root:no@example.net:hub.example.test:587\nroot:me@example.net:hub.example.test:2525\n",
        message=CRON),
    row("revaliases: a name with a blank is nobody", HUB, " root:me@example.net\n",
        message=CRON),
    row("revaliases: FromLineOverride and no From", HUB + "FromLineOverride=YES\n",
        "root:me@example.net:hub.example.test\n", message=TO_BOB),
    # ssmtp would send it as root@HOST, which servers elsewhere do not know.
    row("revaliases: FromLineOverride and a local From", HUB + "FromLineOverride=YES\n",
        "root:me@example.net:hub.example.test\n", message=CRON,
        differs={"sender": ("root@" + HOST, "me@example.net")}),
    row("revaliases: another name goes the usual way",
        HUB + "RewriteDomain=example.com\n", "root:me@example.net:hub.example.test:587\n",
        differs={"server": ("hub.example.test", "mail.example.test"), "port": (587, 25),
                 "sender": ("me@example.net", "root@example.com")}),
    row("AddHeader", HUB + "AddHeader=X-One: a, b=\\c d\nAddHeader=X-Two: 2\n",
        fields=("X-One", "X-Two")),
]


def random_row(random):
    lines = [random.choice((HUB, "MailHub=hub.example.test\n", "mailhub=mail.example.test:587\n"))]
    some = ["hostname=other.example\n", "RewriteDomain=example.com\n", "Root=admin@example.net\n",
            "AuthUser=alice\nAuthPass=secret\n", "AuthMethod=cram-md5\n", "UseOldAUTH=YES\n",
            "FromLineOverride=YES\n", "FromLineOverride=no\n", "# UseTLS=YES\n", "\n",
            "Debug=YES\n", "UseTLS = YES\n", "other=value\n", "RemotePort=2525 \n"]
    lines += random.sample(some, random.randrange(len(some)))
    random.shuffle(lines)
    tls = random.choice(("", "UseTLS=YES\nRemotePort=465\n", "UseSTARTTLS=YES\nRemotePort=587\n",
                         "UseTLS=YES\nUseSTARTTLS=YES\nRemotePort=2525\n"))
    has_alias = random.random() < 0.3
    revaliases = "root:me@example.net" + random.choice(("\n", ":hub.example.test\n"))
    return row("", "".join(lines) + tls, revaliases if has_alias else "",
               options=random.choice((("-t",), ("bob@example.org",), ("-i", "-t"))),
               message=random.choice((TO_BOB, TO_BOB if has_alias else CRON)),
               offer=Offer(auth=("PLAIN", "LOGIN", "CRAM-MD5")))
