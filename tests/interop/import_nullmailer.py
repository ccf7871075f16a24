"""Round trips of nullmailer: its sendmail, its queue, and one run of nullmailer-send.

NULLMAILER_TEST_PREFIX names a folder with all its programs and the queue, so that
nothing has to be installed.
"""

import os
import pathlib
import shlex
import shutil

from import_bench import Row, folder_of
from import_server import Offer

PACKAGES = ("nullmailer",)
FOLDER = "/etc/nullmailer"
TRUSTED = "/etc/ssl/certs/ca-certificates.crt"
PROGRAMS = {"bin": ("usr/bin/nullmailer-inject",),
            "sbin": ("usr/sbin/nullmailer-queue",),
            "protocols": ("usr/lib/nullmailer/smtp", "usr/lib/nullmailer/qmqp")}
LOGIN = "--user=joe --pass=secret"


def row(name, *remotes, options=("bob@example.org",), source=FOLDER, files=(), **more):
    """`files` are those beside remotes."""
    lines = {"remotes": "".join(f"{line}\n" for line in remotes), "pausetime": "0\n",
             **dict(files)}
    return Row(name, {os.path.join(FOLDER, file): text for file, text in lines.items()},
               ("sendmail", *options), source, ("sendmail", *options), **more)


def set_up(bench, row):
    """The folder of the programs, without set-id bits, and a program for all."""
    prefix = bench.folder / "layers/nullmailer"
    for name in ("queue/queue", "queue/tmp", "queue/failed", *PROGRAMS):
        (prefix / name).mkdir(parents=True, exist_ok=True)
        (prefix / name).chmod(0o777)
    (prefix / "conf").symlink_to(FOLDER)
    os.mkfifo(prefix / "queue/trigger")
    (prefix / "queue/trigger").chmod(0o666)
    package = folder_of("nullmailer")
    if not package.exists():
        package = pathlib.Path("/")
    for name, paths in PROGRAMS.items():
        for path in paths:
            copy = prefix / name / path.split("/")[-1]
            shutil.copyfile(package / path, copy)
            copy.chmod(0o755)
    run = prefix / "run"
    run.write_text(f"#!/bin/sh\nexport NULLMAILER_TEST_PREFIX={shlex.quote(str(prefix))}\n"
                   f'{package}/usr/sbin/sendmail "$@" && {package}/usr/sbin/nullmailer-send\n')
    run.chmod(0o755)
    row.old = (str(run), *row.old[1:])


ROWS = [
    row("a server, and nothing else", "mail.example.test"),
    row("a port", "mail.example.test smtp --port=2525"),
    row("a short option, and an address", "127.0.0.2 smtp -p587"),
    row("STARTTLS", "mail.example.test smtp --starttls"),
    row("STARTTLS at port 587", "mail.example.test smtp starttls port=587"),
    row("TLS from the start", "mail.example.test smtp --tls"),
    row("ssl, which goes before starttls",
        "mail.example.test smtp --ssl --starttls --port=4650"),
    row("certificates of a file", "mail.example.test smtp --ssl --x509cafile={root}"),
    row("a certificate that is not checked", "mail.example.test smtp --ssl --insecure"),
    row("any certificate", "mail.example.test smtp --ssl --insecure",
        files={TRUSTED: ""}),
    row("any certificate, after STARTTLS", "mail.example.test smtp --starttls --insecure",
        files={TRUSTED: ""}),
    row("a checked certificate, and a login", f"mail.example.test smtp --ssl --insecure {LOGIN}"),
    row("PLAIN over TLS", f"mail.example.test smtp --ssl {LOGIN}",
        offer=Offer(auth=("SCRAM-SHA-256", "CRAM-MD5", "LOGIN", "PLAIN"))),
    row("LOGIN where there is no PLAIN", f"mail.example.test smtp --starttls {LOGIN}",
        offer=Offer(auth=("CRAM-MD5", "LOGIN"))),
    row("auth-login", f"mail.example.test smtp --starttls {LOGIN} --auth-login"),
    row("a login in clear text", f"mail.example.test smtp {LOGIN}"),
    row("a user without a password", "mail.example.test smtp --user=joe"),
    row("the last of two users", f"mail.example.test smtp --user=other {LOGIN} --ssl"),
    row("quotes", "mail.example.test smtp --ssl '--user=j o\"e' --pass='#a$b '\"'%'",
        offer=Offer(password="#a$b '%'")),
    row("an escaped character takes the next one along",
        'mail.example.test smtp --ssl --user=joe "--pass=a\\\\"b c',
        offer=Offer(password='a\\"b c')),
    row("helohost", "mail.example.test", files={"helohost": "helo.example.net\n"}),
    row("defaulthost", "mail.example.test", files={"defaulthost": "mail.example.net"}),
    row("defaulthost and defaultdomain", "mail.example.test",
        files={"defaulthost": "mail\n", "defaultdomain": "example.net\n"}),
    row("me, which Debian's does not read", "mail.example.test",
        files={"me": "other.example.net\n"}),
    row("allmailfrom", "mail.example.test", files={"allmailfrom": "all@example.net\n"}),
    row("-f", "mail.example.test", options=("-f", "carol@example.net", "bob@example.org")),
    row("the null reverse-path", "mail.example.test", options=("-f", "", "bob@example.org")),
    row("adminaddr", "mail.example.test", options=("root",),
        files={"adminaddr": "admin@example.net\n"}),
    row("adminaddr, and an address here", "mail.example.test",
        options=("joe@client.example.test", "bob@example.org"),
        files={"adminaddr": "admin@example.net\n"}),
    row("a name without a domain", "mail.example.test", options=("joe",)),
    row("another user", f"mail.example.test smtp {LOGIN}", user="alice"),
    row("the first server is down", "mail.example.test smtp --port=26",
        "hub.example.test smtp --port=587"),
    row("the first name does not exist", f"nowhere.example.test smtp --ssl {LOGIN}",
        f"mail.example.test smtp --starttls {LOGIN}"),
    row("a first server that nullmailer cannot use", "hub.example.test smtp --user joe",
        "mail.example.test"),
    row("another protocol first", "hub.example.test qmqp", "mail.example.test"),
    row("an empty word ends the options", "mail.example.test smtp --port=2525 '' --ssl"),
    row("a source", "mail.example.test smtp --source=127.0.0.1"),
    row("the file remotes", f"mail.example.test smtp --ssl {LOGIN}",
        source=f"{FOLDER}/remotes", files={"helohost": "helo.example.net\n"}),
]


def quoted(random, word):
    return random.choice([shlex.quote(word), f'"{word}"'])


def random_row(random):
    words = [random.choice(["mail.example.test", "hub.example.test"]), "smtp"]
    tls, port = random.choice([("", 25), ("", 2525), ("starttls", 587), ("starttls", 25),
                               ("tls", 465), ("ssl", 4650)])
    options = [tls, f"port={port}"] if tls or random.random() < 0.5 else [f"port={port}"]
    password = "".join(random.choice("ab #$%'=:|") for _ in range(8)) + "x"
    if random.random() < 0.7:
        options += ["user=joe@example.test", f"pass={password}"]
        options += random.choice([[], ["auth-login"]])
    options += random.choice([[], ["insecure"] if tls else []])
    random.shuffle(options)
    words += [quoted(random, random.choice(["", "--"]) + word) for word in options if word]
    files = {"helohost": "helo.example.net\n", "defaulthost": "example.net\n",
             "allmailfrom": "all@example.net\n"}
    chosen = {name: text for name, text in files.items() if random.random() < 0.3}
    return row("", " ".join(words), files=chosen,
               offer=Offer(password=password,
                           auth=random.choice([("PLAIN", "LOGIN"), ("LOGIN", "CRAM-MD5")])))
