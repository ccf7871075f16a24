"""Round trips of msmtp."""

from import_bench import MESSAGE, Row
from import_server import Offer

PACKAGES = ("msmtp",)
CONFIG = "{home}/.msmtprc"
FROM = "from alice@example.test\n"
MAIL = "host mail.example.test\n"
TLS = MAIL + "tls on\n" + FROM
LOGIN = TLS + "user alice@example.test\n"
PASSWORD = "password secret\n"
TWO = ("defaults\ntls on\nport 587\ndomain two.example.test\n"
       "account one\nhost mail.example.test\nfrom one@example.test\nauth plain\n"
       "user one\npasswordeval echo one-secret\n"
       "account two : one\nhost hub.example.test\nfrom two@example.test\n"
       "auth login\nuser two\n"
       "account list\nhost hub.example.test\nfrom *@lists.example.test\nport 465\n"
       "tls_starttls off\n"
       "account default : one\nauth off\nport 25\ntls off\n")
ALICE = MESSAGE.replace(b"alice@", b"Alice@")


def row(name, config, options=("-t",), new=None, files=(), **more):
    """`new`: the options of smtpost, if they are not those of msmtp."""
    return Row(name, {CONFIG: (config, 0o600), **dict(files)}, ("msmtp", *options),
               CONFIG, ("smtpost", *(options if new is None else new)), **more)


def with_mechanism(name, password="secret", mode=""):
    config = LOGIN + mode + f"auth {name}\n"
    if password:
        config += f"password {password}\n"
    return row(f"auth {name}{' over smtps' if mode else ''}", config,
               offer=Offer(auth=(name.upper(),)))


def with_token(name):
    return row(f"auth {name}", LOGIN + f"auth {name}\npasswordeval echo secret\n",
               offer=Offer(auth=(name.upper(),)))


ROWS = [
    row("a server, and nothing else", MAIL + FROM),
    row("a domain", MAIL + FROM + "domain box.example.test\n"),
    row("quotes, tabs and CRLF", '\thost\t"mail.example.test" \r\n# x\r\n'
        ' from\t"alice@example.test"\r\ndomain "a.example.test"\r\n'),
    row("another port", MAIL + FROM + "port 2525\n"),
    row("a port in hexadecimal", MAIL + FROM + "port 0x9dd\n"),
    row("STARTTLS", TLS),
    row("STARTTLS on port 587", TLS + "port 587\n"),
    row("STARTTLS with a trust file", TLS + "tls_trust_file {root}\n",
        offer=Offer(auth=())),
    row("STARTTLS with ~ before the trust file", TLS + "tls_trust_file ~/root.pem\n"),
    row("TLS from the start", TLS + "tls_starttls off\n"),
    row("TLS from the start on another port", TLS + "tls_starttls off\nport 4650\n"),
    row("the old names", MAIL + FROM + "tls\ntls_nostarttls\nconnect_timeout 20\n"
        "keepbcc off\nadd_missing_date_header on\ntls_force_sslv3\n"),
    row("a name for the certificate",
        "host 127.0.0.2\ntls on\ntls_host_override hub.example.test\n" + FROM),
    row("an alias of two accounts", TWO),
    row("an account by its name", TWO, ("-a", "two", "-t"), ("-P", "two", "-t"),
        offer=Offer(password="one-secret")),
    row("an account by its sender", TWO, ("-f", "two@example.test", "-t"),
        offer=Offer(password="one-secret")),
    row("an account by its sender and a detail", TWO,
        ("-f", "two+x@example.test", "-t"), offer=Offer(password="one-secret")),
    row("an account by a pattern", TWO, ("-f", "a@lists.example.test", "-t")),
    row("no account has this sender", TWO, ("-f", "other@example.test", "-t")),
    row("the default has the address of another account", "account one\n" + MAIL + FROM
        + "account default\nport 2525\n" + MAIL + FROM),
    row("-f", MAIL + FROM, ("-f", "bounces@example.test", "-t")),
    row("-f, and no from", MAIL, ("-f", "bounces@example.test", "-t")),
    row("the sender of the message", MAIL, ("--read-envelope-from", "-t"), ("-t",),
        message=ALICE),
    row("recipients as arguments", MAIL + FROM, ("bob@example.org", "c@example.org")),
    row("words in from", MAIL + "from %U@%M\n", user="carol", host="box.example.test"),
    row("the host name in from", MAIL + "from reports@%H\n"),
    row("auto_from", MAIL + "auto_from on\nmaildomain example.test\n", user="carol"),
    row("From is set", MAIL + FROM + "set_from_header on\nallow_from_override off\n",
        ("-f", "x@example.test", "-t"), message=MESSAGE.replace(
            b"From: Alice <alice@example.test>", b"From: root@box.example.test"),
        fields=("From",)),
    row("From is added", MAIL + FROM, message=MESSAGE.split(b"\n", 1)[1],
        user="carol"),
    row("no From is added", MAIL + FROM + "set_from_header off\nset_date_header off\n"
        "set_msgid_header off\n", message=MESSAGE.split(b"\n", 1)[1],
        fields=("From", "Date", "Message-ID")),
    row("Bcc stays", MAIL + FROM + "remove_bcc_headers off\n",
        message=b"Bcc: eve@example.org\n" + MESSAGE, fields=("Bcc",)),
    row("Bcc is removed", MAIL + FROM, message=b"Bcc: eve@example.org\n" + MESSAGE,
        fields=("Bcc",)),
    row("aliases", MAIL + FROM + "aliases ~/aliases\n", ("root", "bob@example.org"),
        files={"{home}/aliases": "root: carol\ncarol: carol@example.net\n"}),
    row("a user, but no login", LOGIN + PASSWORD),
    row("auth off", LOGIN + PASSWORD + "auth off\n"),
    row("auth on", LOGIN + PASSWORD + "auth on\n", offer=Offer(auth=("PLAIN",))),
    row("auth without a value", LOGIN + PASSWORD + "auth\n",
        offer=Offer(auth=("LOGIN",))),
    row("auth on, with SCRAM", LOGIN + PASSWORD + "auth on\n",
        offer=Offer(auth=("SCRAM-SHA-256",))),
    row("auth on without TLS", "host localhost\n" + FROM + "user alice\nauth on\n"
        + PASSWORD, offer=Offer(auth=("PLAIN", "SCRAM-SHA-1"))),
    row("auth plain without TLS", "host localhost\n" + FROM + "user alice\n"
        "auth plain\n" + PASSWORD, offer=Offer(auth=("PLAIN",))),
    *[with_mechanism(name, mode=mode)
      for name in ("plain", "login", "cram-md5", "scram-sha-1", "scram-sha-256")
      for mode in ("", "tls_starttls off\n")],
    *[with_token(name) for name in ("oauthbearer", "xoauth2")],
    # Without user, msmtp 1.8.23 does not end the login.
    row("auth external", LOGIN + "auth external\ntls_cert_file {client}\n"
        "tls_key_file {client}\n", offer=Offer(auth=("EXTERNAL",)),
        differs={"user": ("alice@example.test", "")}),
    row("a password with special characters", LOGIN + 'auth on\n'
        'password  "a $HOME "b\\" #c $$ \n', offer=Offer(password='"a $HOME "b\\" #c $$')),
    row("a password in quotes", LOGIN + 'auth on\npassword " b\\\\"c" "\n',
        offer=Offer(password=' b\\\\"c" ')),
    row("a command with quotes in quotes", LOGIN + "auth on\n"
        "passwordeval \"printf '%s\\n' \"se\"'cr'et\"\n"),
    row("~/.netrc", LOGIN + "auth on\n", files={"{home}/.netrc": (
        "machine mail.example.test login alice@example.test password secret\n", 0o600)}),
    row("LMTP", MAIL + FROM + "protocol lmtp\nport 24\n",
        ("bob@example.org", "carol@example.org")),
    row("LMTP over a socket", FROM + "protocol lmtp\nport 24\n"
        "socket {home}/lmtp.sock\ndomain box.example.test\n"),
    row("SMTP over a socket", FROM + "socket {home}/smtp.sock\nhost mail.example.test\n"
        "port 2525\n"),
    row("STARTTLS over a socket", TLS + "socket {home}/smtp.sock\n"),
]


def random_row(random):
    """Accounts that inherit, each of which can send; one of them is used."""
    mechanisms = ("plain", "login", "cram-md5", "scram-sha-1", "scram-sha-256",
                  "oauthbearer", "xoauth2")
    mechanism = random.choice(mechanisms)
    lines, names = [], []
    if random.random() < 0.6:
        lines += ["defaults", *random.sample(
            ["tls on", "timeout 20", "domain defaults.example.test", "auth off",
             "set_from_header auto", "from defaults@example.test"],
            random.randint(1, 4))]
    for name in ("one", "two", "three")[:random.randint(1, 3)]:
        parents = random.sample(names, random.randint(0, len(names)))
        lines.append(f"account {name}" + (" : " + ", ".join(parents) if parents else ""))
        names.append(name)
        tls, port = random.choice((
            ("tls off", 25), ("tls off", 2525), ("tls on\ntls_starttls on", 587),
            ("tls on\ntls_starttls on", 25), ("tls on\ntls_starttls off", 465),
            ("tls on\ntls_starttls off", 4650)))
        lines += [tls, f"port {port}"]
        if not parents or random.random() < 0.5:
            lines.append("host " + random.choice(
                ("mail.example.test", "hub.example.test", "localhost")))
        if random.random() < 0.6:
            lines.append(f"from {name}@{random.choice(('a', 'b'))}.example.test")
        if random.random() < 0.3:
            lines.append(f"domain {name}.example.test")
        if tls != "tls off" and random.random() < 0.6:
            lines += [f"auth {mechanism}", f"user {name}", random.choice((
                "passwordeval echo secret", "passwordeval \"printf %s 'secret'\""))]
        else:
            lines.append("auth off")
    lines.append(f"account default : {random.choice(names)}")
    old, new = ["-t"], ["-t"]
    if random.random() < 0.5:
        name = random.choice(names)
        old, new = ["-a", name, *old], ["-P", name, *new]
    # Without it there may be no reverse-path, and msmtp refuses that.
    if random.random() < 0.5 or not any(line.startswith("from") for line in lines):
        sender = random.choice(("one@a.example.test", "two+x@b.example.test",
                                "other@example.test"))
        old, new = ["-f", sender, *old], ["-f", sender, *new]
    elif not any(line == "from defaults@example.test" for line in lines):
        lines = ["defaults", "from first@example.test", *lines]
    return row("", "\n".join(lines) + "\n", tuple(old), tuple(new),
               offer=Offer(auth=(mechanism.upper(),)))


def set_up(bench, row):
    bench.write(bench.home / "root.pem", bench.root.read_text())
    for protocol in ("smtp", "lmtp"):
        path = bench.home / f"{protocol}.sock"
        if str(path) in bench.fill(row.files[CONFIG][0]):
            bench.desk.listen(str(path), protocol if protocol == "lmtp" else "none")
