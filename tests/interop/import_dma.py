"""Round trips of dma."""

import contextlib
import os
import pathlib

from import_bench import Row
from import_server import Offer

PACKAGES = ("dma",)
CONFIG = "/etc/dma/dma.conf"
AUTH = "/etc/dma/auth.conf"
MAIL = 8  # the user whom dma becomes if root calls it, and its group
LOGIN = "AUTHPATH /etc/dma/auth.conf"
ALL = ("CRAM-MD5", "LOGIN", "PLAIN", "SCRAM-SHA-256")


def row(name, *lines, auth="joe|mail.example.test:secret\n", options=("bob@example.org",),
        files=(), **more):
    config = "".join(f"{line}\n" for line in lines)
    return Row(name, {CONFIG: config, AUTH: auth, **dict(files)}, ("dma", "-D", *options),
               CONFIG, ("sendmail", *options), **more)


def set_up(bench, row):
    """A spool, and a client certificate with its key."""
    bench.empty("/var/spool")
    spool = pathlib.Path("/var/spool/dma")
    spool.mkdir()
    bench.give(spool, MAIL)
    spool.chmod(0o1777)
    bench.write("/etc/dma/client.pem", (bench.folder / "leaf.pem").read_text()
                + (bench.folder / "leaf.key").read_text(), 0o640)
    with contextlib.suppress(OSError):  # the namespace has only one user
        os.chown("/etc/dma/client.pem", 0, MAIL)


SMARTHOST = "SMARTHOST mail.example.test"
SECURE = (SMARTHOST, "SECURETRANSFER", "PORT 465")
STARTTLS = (SMARTHOST, "SECURETRANSFER", "STARTTLS", "PORT 587")
ROWS = [
    row("a server, and nothing else", SMARTHOST),
    row("a port", "SMARTHOST\thub.example.test# the hub", "PORT\t2525 and more"),
    row("an address", "SMARTHOST 127.0.0.2", "PORT 587"),
    row("TLS from the start", *SECURE),
    row("STARTTLS", *STARTTLS),
    row("opportunistic TLS", *STARTTLS, "OPPORTUNISTIC_TLS"),
    row("opportunistic TLS that is not offered", *STARTTLS, "OPPORTUNISTIC_TLS",
        offer=Offer(starttls=False)),
    row("STARTTLS without SECURETRANSFER", SMARTHOST, "STARTTLS", "OPPORTUNISTIC_TLS"),
    row("a client certificate", *SECURE, "CERTFILE /etc/dma/client.pem"),
    row("CRAM-MD5 over TLS", *SECURE, LOGIN, offer=Offer(auth=ALL)),
    row("LOGIN over TLS", *STARTTLS, LOGIN),
    row("CRAM-MD5 in clear text", SMARTHOST, LOGIN, offer=Offer(auth=ALL)),
    row("LOGIN in clear text", SMARTHOST, LOGIN, "INSECURE"),
    row("a password with separators", *SECURE, LOGIN,
        auth='joe@example.test|mail.example.test:a:b|c d#e"$\n',
        offer=Offer(password='a:b|c d#e"$')),
    row("a blank as separator", *SECURE, LOGIN, auth="joe|mail.example.test secret\n"),
    row("the last of several logins", *SECURE, LOGIN,
        auth="# logins\n\nother|mail.example.test:other\njoe|mail.example.test:secret\n"
        "hub|hub.example.test:hub\n"),
    row("a login for another server", *SECURE, LOGIN, auth="joe|hub.example.test:secret\n"),
    row("a name of another case", *SECURE, LOGIN, auth="joe|MAIL.example.test:secret\n"),
    row("MAILNAME", SMARTHOST, "MAILNAME other.example.net"),
    row("MAILNAME, a file", SMARTHOST, "MAILNAME /etc/mailname",
        files={"/etc/mailname": "file.example.net\nsecond\n"}),
    row("MAILNAME, a file that does not exist", SMARTHOST, "MAILNAME /etc/dma/name"),
    row("MASQUERADE, an address", SMARTHOST, "MASQUERADE joe@masked.example.net"),
    row("MASQUERADE, a domain", SMARTHOST, "MASQUERADE masked.example.net"),
    row("MASQUERADE, a user", SMARTHOST, "MAILNAME other.example.net", "MASQUERADE joe%u@"),
    row("-f", SMARTHOST, "MASQUERADE masked.example.net",
        options=("-f", "carol@example.net", "bob@example.org")),
    row("-f without a domain", SMARTHOST, "MASQUERADE masked.example.net",
        options=("-f", "carol", "bob@example.org")),
    row("an alias", SMARTHOST, "ALIASES /etc/dma/aliases", options=("root",),
        files={"/etc/dma/aliases": "root: admin@example.net\n"}),
    row("the alias *", SMARTHOST, options=("carol",),
        files={"/etc/aliases": "*: admin@example.net\n"}),
    row("NULLCLIENT", SMARTHOST, "NULLCLIENT", "ALIASES /etc/dma/aliases",
        files={"/etc/dma/aliases": "bob: admin@example.net\n"}),
    row("another user", *SECURE, LOGIN, user="alice"),
    row("lines that dma ignores", "  SMARTHOST hub.example.test", "", "# PORT 1", "PORT 587",
        "SMARTHOST hub.example.test", SMARTHOST),
]


def random_row(random):
    lines = random.choice([(SMARTHOST,), (SMARTHOST, "PORT 2525"), SECURE, STARTTLS,
                           (*STARTTLS, "OPPORTUNISTIC_TLS")])
    password = "".join(random.choice("ab #$%'=:|\"\\") for _ in range(8)) + "x"
    lines += tuple(line for line in (
        LOGIN, "MAILNAME name.example.net", random.choice(
            ["MASQUERADE joe@masked.example.net", "MASQUERADE masked.example.net"]),
        "FULLBOUNCE") if random.random() < 0.6)
    lines = random.sample(lines, len(lines))
    return row("", *lines, "INSECURE", auth=f"joe|mail.example.test:{password}\n",
               offer=Offer(password=password, auth=random.choice(
                   [ALL, ("LOGIN",), ("CRAM-MD5", "PLAIN")])))
