"""Round trips of esmtp.

With -t it takes the reverse-path from From, as smtpost does; without -t and -f it
is USER@HOST.
"""

import pathlib

from import_bench import HOST, Row, folder_of
from import_server import Offer

PACKAGES = ("esmtp",)
CONFIG = "{home}/.esmtprc"
HUB = "hostname=mail.example.test\n"
LOGIN = HUB + "username=alice\npassword=secret\n"
FROM = ("-f", "alice@example.test")
TO = (*FROM, "bob@example.org")
OF_FRANK = b"From: frank@example.net\nTo: bob@example.org\nSubject: A test\n\nHello"
NO_FROM = b"To: bob@example.org\nSubject: A test\n\nHello"
IDENTITIES = (HUB + "helo=global.example\n"
              "identity alice@example.test\n\thostname=hub.example.test:25\n"
              "identity frank@example.net\n\thost hub.example.test:2525\n\thelo frank.example\n"
              "\tusername frank\n\tpassword secret\n")


def set_up(bench, row):
    """libesmtp looks for its mechanisms in one folder only, below /usr."""
    for plugins in folder_of("esmtp").glob("usr/lib/*/esmtp-plugins-*"):
        place = pathlib.Path("/", *plugins.parent.parts[-3:])
        if not (place / plugins.name).exists():
            bench.mount("-t", "overlay", "-o", f"lowerdir={plugins.parent}:{place}",
                        "overlay", place)
            bench.mounted.append(place)


def row(name, config, options=TO, **more):
    return Row(name, {CONFIG: (config, 0o600)}, ("esmtp", *options), CONFIG,
               ("sendmail", *options), **more)


def secret(name, word, value):
    """A password, as a word of the file."""
    return row(name, HUB + f"username=alice\npassword={word}\n", offer=Offer(password=value))


ROWS = [
    # Server and TLS.
    row("no hostname: localhost:25", "starttls = disabled\n",
        differs={"server": ("mail.example.test",) * 2}),
    row("a server, and nothing else", HUB),
    row("-t", HUB, options=("-t",)),
    row("-t goes before -f", HUB, options=("-f", "frank@example.net", "-t"),
        differs={"sender": ("alice@example.test", "frank@example.net")}),
    row("without -f and -t", HUB, options=("bob@example.org",),
        differs={"sender": ("root@" + HOST, "alice@example.test")}),
    row("no From", HUB, options=("bob@example.org",), message=NO_FROM),
    row("a port", "hostname=mail.example.test:25\n"),
    row("a service", "hostname=mail.example.test:smtp\n"),
    row("the service submission", "hostname=mail.example.test:submission\n"),
    row("an address", "hostname=127.0.0.2:2525\n"),
    row("STARTTLS required", HUB + "starttls=required\n"),
    row("STARTTLS enabled", HUB + "starttls=enabled\n"),
    row("STARTTLS enabled and not offered", HUB + "starttls=enabled\n",
        offer=Offer(starttls=False)),
    row("STARTTLS required and not offered", HUB + "starttls=required\n", count=0,
        offer=Offer(starttls=False)),
    row("STARTTLS disabled", HUB + "starttls=disabled\n"),
    # Words.
    row("blanks around =", "  hostname  =  mail.example.test:25  \n"),
    row("no =, short words", "host mail.example.test:2525 helo foo.example tls required\n"),
    row("quotes", "hostname=\"mail.example.test\" helo='foo.example'\n"),
    row("comments", "# x\\\nhost mail.example.test:2525 # helo foo.example\nhelo bar.example#y\n",
        differs={"ehlo": ("bar.example#y", HOST)}),
    row("commas and semicolons", "host mail.example.test,helo foo.example;tls: required\n"),
    row("escapes", HUB + 'helo "a\\x42\\101\\066.example"\n'),
    row("the last of two", HUB + "hostname hub.example.test:25\n"),
    row("carriage returns", "hostname=mail.example.test:25\r\nhelo=foo.example\r\n"),
    row("no line end", "hostname=hub.example.test"),
    row("a value on the next line", "hostname\n=\nhub.example.test\n"),
    row("a key as a value", HUB + "username=default\npassword=host\n",
        offer=Offer(password="host")),
    secret("a password with a colon", "a:b", "a:b"),
    secret("a password in quotes", '"a b=;,#\'"', "a b=;,#'"),
    secret("a password with signs", "'$a%\\\\\"'", '$a%\\"'),
    secret("a password with a quote in it", 'a"b', 'a"b'),
    secret("a password with quotes and more", '"a"b', '"a"b'),
    # Login.
    row("a login", LOGIN),
    row("a login over STARTTLS", LOGIN + "starttls=required\n",
        offer=Offer(auth_before_tls=False)),
    row("a login over STARTTLS that is enabled", LOGIN + "starttls=enabled\n"),
    row("LOGIN alone", LOGIN, offer=Offer(auth=("LOGIN",))),
    row("SCRAM is offered", LOGIN, offer=Offer(auth=("SCRAM-SHA-256", "PLAIN", "LOGIN"))),
    row("a user without a password", HUB + "username=alice\n"),
    row("a password without a user", HUB + "password=secret\n"),
    # Names.
    row("helo", HUB + "helo=other.example\n"),
    row("qualifydomain", HUB + "qualifydomain=example.com\n",
        options=(*FROM, "bob@example.org", "carol")),
    row("force reverse_path", HUB + "force reverse_path=bounces@example.net\n", options=("-t",)),
    row("force reverse_path with the user", HUB + 'force reverse_path = "%u%%x@example.net"\n',
        options=("-t",)),
    row("force reverse_path, a user", HUB + "force reverse_path=%u@example.net\n",
        options=("bob@example.org",), user="alice"),
    row("force reverse_path, and -f", HUB + "force reverse_path=bounces@example.net\n",
        differs={"sender": ("bounces@example.net", "alice@example.test")}),
    row("force sender", HUB + "force sender=me@example.net\n"),
    row("force sender and reverse_path", HUB + "force sender=%u@example.net\n"
        "force reverse_path=%u@example.net\n", options=("-t",)),
    row("message_id", HUB + "message_id=disabled\n"),
    row("mda", HUB + 'mda="/usr/bin/procmail -d %T"\n'),
    # Identities.
    row("an identity by -f", IDENTITIES, options=("-f", "frank@example.net", "bob@example.org")),
    row("an identity by From", IDENTITIES, options=("-t",), message=OF_FRANK),
    row("another identity", IDENTITIES),
    row("no identity fits", IDENTITIES, options=("-f", "x@example.net", "bob@example.org")),
    row("the first identity is the default",
        "identity a@example.net host hub.example.test:25\n"
        "identity b@example.net host mail.example.test:2525\n", options=("bob@example.org",)),
    row("the word default",
        "identity a@example.net host hub.example.test:25\n"
        "identity b@example.net host mail.example.test:2525 default\n",
        options=("bob@example.org",)),
    # The address of an identity is its sender, whatever From says.
    row("the default identity, and another From",
        "identity a@example.net host hub.example.test:25\n", options=("-t",),
        differs={"sender": ("alice@example.test", "a@example.net")}),
    row("default above the identities",
        "default identity a@example.net host hub.example.test:25 helo foo.example\n"
        "identity b@example.net host=mail.example.test:2525\n"),
    row("the later of two identities with an address",
        "identity alice@example.test host hub.example.test:25\n"
        "identity alice@example.test host mail.example.test:2525\n"),
    row("the default is hidden by a later identity",
        "identity a@example.net host hub.example.test:25\n"
        "identity a@example.net host mail.example.test:2525\n", options=("bob@example.org",)),
    row("a setting that sets no default",
        'mda="x"\nidentity a@example.net host hub.example.test:25\n',
        options=("bob@example.org",)),
]


def random_row(random):
    def settings():
        host = random.choice(("mail.example.test", "hub.example.test"))
        port = random.choice(("", ":25", ":2525", ":smtp"))
        lines = [f"hostname{random.choice(' =')}{host}{port}"]
        more = ["starttls required", "tls = enabled", "helo=foo.example",
                "username=alice\npassword 'secret'", "force reverse_path=x@example.net",
                "message_id=enabled", "mda=none", "# hostname x", "", "force sender = y@z.example"]
        lines += random.sample(more, random.randrange(len(more)))
        random.shuffle(lines)
        return "\n".join(lines) + "\n"

    text = settings()
    message = random.choice((OF_FRANK, NO_FROM))
    for address in random.sample(("alice@example.test", "frank@example.net", "x@example.net"),
                                 random.randrange(4)):
        text += f"identity {address}\n" + settings()
        if random.random() < 0.2:
            text += "default\n"
            message = OF_FRANK.replace(b"frank@example.net", address.encode())
    return row("", text, options=("-t",), message=message)
