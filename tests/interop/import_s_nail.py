"""Round trips of s-nail. The second time it gives the mail to smtpost, by the line
that the comments of --import show."""

from import_bench import Offer, Row

PACKAGES = ("s-nail",)
WAY_BACK = """#!/bin/sh
# way-back-s-nail PROFILE ARGUMENT...: s-nail with the line of this profile in
# its account, or at the end of the file
set -e
name=$1
shift
awk -v name="$name" '/^\\[/ { found = $0 == "[" name "]" }
	found && sub(/^# set mta/, "set mta")' ~/.config/smtpost/config |
	sed "s,mta=[^ ]*,mta=${0%/*}/smtpost," >~/way-back
test -s ~/way-back
echo unset smtp >>~/way-back
sed -i "/^account $name {/,/^}/ { /^}/ { e cat ~/way-back
} }" ~/.mailrc
grep -q "^account $name {" ~/.mailrc || cat ~/way-back >>~/.mailrc
exec s-nail "$@"
"""
NEW = "set v15-compat\n"
MAIL = "mail.example.test"


def row(name, config, *options, profile="default", fields=("From", "Sender"), **more):
    words = ("-n", "-Ssendwait", *options, "-s", "A test", "bob@example.org")
    return Row(name, {"{home}/.mailrc": (config, 0o600)}, ("s-nail", *words),
               "{home}/.mailrc", ("way-back-s-nail", profile, *words),
               message=b"Hello\n", environment={"DEAD": "/dev/null"},
               fields=(*fields, "To", "Subject"), **more)


def set_up(bench, row):
    script = bench.folder / "bin/way-back-s-nail"
    if not script.exists():
        script.write_text(WAY_BACK)
        script.chmod(0o755)


def mta(url):
    return f"set mta={url} from=alice@example.test\n"


ROWS = [
    row("a server, and nothing else", f"set mta=smtp://{MAIL}\n",
        fields=()),  # smtpost adds the full name
    row("a server, and an author", mta(f"smtp://{MAIL}")),
    row("TLS from the start", NEW + mta(f"smtps://alice:secret@{MAIL}")),
    row("TLS from the start, as submissions",
        NEW + mta(f"submissions://alice:secret@{MAIL}:465")),
    row("STARTTLS at port 25", NEW + mta(f"smtp://alice:secret@{MAIL}") +
        "set smtp-use-starttls\n"),
    row("STARTTLS at port 587", NEW + mta(f"submission://alice:secret@{MAIL}") +
        "set smtp-use-starttls\n"),
    row("STARTTLS for one server", NEW + mta(f"smtp://alice:secret@{MAIL}:587") +
        f"set smtp-use-starttls-{MAIL}:587\n"),
    row("no login", NEW + mta(f"smtp://{MAIL}:2525") + "set smtp-auth=none\n"),
    row("LOGIN", NEW + mta(f"smtps://alice:secret@{MAIL}") + "set smtp-auth=login\n"),
    row("CRAM-MD5", NEW + mta(f"smtps://alice:secret@{MAIL}") +
        "set smtp-auth=cram-md5\n", offer=Offer(auth=("PLAIN", "CRAM-MD5"))),
    row("PLAIN, although LOGIN is offered first",
        NEW + mta(f"smtps://alice:secret@{MAIL}"),
        offer=Offer(auth=("SCRAM-SHA-256", "LOGIN", "PLAIN"))),
    row("user and password in variables", NEW + mta(f"smtps://{MAIL}") +
        "set user=alice password=wrong\n"
        f"set password-alice@{MAIL}=secret password-{MAIL}=wrong\n"),
    row("variables of the server with its port", NEW + mta(f"smtps://{MAIL}:4650") +
        f"set user=nobody user-{MAIL}:4650=alice password-{MAIL}:4650=secret\n"
        f"set smtp-auth-alice@{MAIL}:4650=login smtp-auth=plain\n"),
    row("odd characters in the login", NEW +
        mta(f"smtps://al%40i%25ce:%20p%23%24%22%5Cw%26@{MAIL}"),
        offer=Offer(password=" p#$\"\\w&")),
    row("the old way to log in", mta(f"smtps://{MAIL}") +
        "set smtp-auth=login smtp-auth-user=alice smtp-auth-password=secret\n"),
    row("the old way, by the author", mta(f"smtps://{MAIL}") +
        "set smtp-auth-user=nobody smtp-auth-password=wrong smtp-auth=plain\n"
        "set smtp-auth-user-alice@example.test=alice\n"
        "set smtp-auth-alice@example.test=login\n"
        "set smtp-auth-password-alice@example.test=secret\n"),
    row("the old way without smtp-auth", mta(f"smtps://{MAIL}") +
        "set smtp-auth-user=alice smtp-auth-password=secret\n"),
    row("smtp goes before mta", mta("smtp://hub.example.test") +
        f"set smtp={MAIL}:2525\n"),
    row("old quotes", mta(f"'smtps://'{MAIL}") +
        "set smtp-auth=\"log\"in smtp-auth-user='a \"b' # not a comment\n"
        "set smtp-auth-password=\"s\\\"e c\\r$\"et\\'s\n",
        offer=Offer(password="s\"e c\\r$et's")),
    row("quotes of the shell", "set v15-compat=yes\n" + mta(f"smtps://{MAIL}") +
        "set user=al\\ ice'$x' password=$'p\\x41\\'\\t'\"\\$ \\\\\"; "
        "set smtp-auth=login # smtp-auth=plain\n",
        offer=Offer(password="pA'\t$ \\")),
    row("lines that go on", NEW + f"set from=alice@exam\\\n    ple.test \\\n"
        f"  mta=smtp://{MAIL}:2525 smtp-auth=none\n"),
    row("a name and two authors", NEW + f"set mta=smtp://{MAIL} smtp-auth=none\n"
        "set from='Alice X <alice@example.test>, carol@example.test'\n"
        "set sender=sender@example.test\n"),
    row("hostname", NEW + f"set mta=smtp://{MAIL} smtp-auth=none\n"
        "set hostname=host.example.test\n"),
    row("smtp-hostname", NEW + mta(f"smtps://alice:secret@{MAIL}") +
        "set smtp-hostname=bounces.example.test\n"),
    row("an empty smtp-hostname, and hostname", NEW +
        mta(f"smtps://alice:secret@{MAIL}") +
        "set smtp-hostname= hostname=host.example.test\n"),
    row("the certificate is not checked", NEW +
        mta(f"smtps://alice:secret@{MAIL}") + "set tls-verify=ignore\n"),
    row("a certificate file", NEW + mta(f"smtps://alice:secret@{MAIL}") +
        "set tls-ca-file={root} tls-ca-no-defaults tls-verify=strict\n"),
    row("a login without TLS on this machine", NEW +
        mta("smtp://alice:secret@localhost:2525")),
    row("variables that are set again and unset", NEW + mta("smtp://hub.example.test") +
        mta(f"smtps://alice:secret@{MAIL}") +
        "set smtp-auth=login sender=x@example.test nosender\nunset smtp-auth\n"),
    row("conditions", NEW + f"if receive\n{mta('smtp://hub.example.test')}else\n"
        f"{mta(f'smtp://{MAIL}:2525')}endif\nif s\nset smtp-auth=none\nendif\n"),
    row("an account", NEW + mta("smtp://hub.example.test") + "account work {\n"
        f"set mta=smtps://alice:secret@{MAIL}\nset from=work@example.test\n}}\n"
        "set smtp-auth=login\n", "-A", "work", profile="work"),
    row("an account that calls a macro", NEW + "define m {\nset smtp-auth=login\n"
        f"set mta=smtps://alice:secret@{MAIL} from=m@example.test\n}}\n"
        "account work {\n\\call m\n}\n", "-A", "work", profile="work"),
]


def random_row(chance):
    scheme, port = chance.choice([
        ("smtp", ""), ("smtp", ":587"), ("submission", ""), ("smtps", ""),
        ("smtps", ":4650"), ("submissions", ""), ("smtp", ":2525")])
    host = chance.choice([MAIL, "hub.example.test"])
    is_tls, lines = scheme.endswith("s"), []
    if scheme in ("smtp", "submission") and chance.random() < 0.6:
        lines.append(f"smtp-use-starttls{chance.choice(['', f'-{host}{port}'])}")
        is_tls = True
    login = ""
    if not is_tls:
        lines.append("smtp-auth=none")
    elif chance.random() < 0.5:
        login = "al%20ice:secret@"
    else:
        lines += ["user=alice", "password=secret"]
        lines += chance.choice([[], ["smtp-auth=login"], [f"smtp-auth-{host}{port}=login"]])
    lines.append(f"mta={scheme}://{login}{host}{port}")
    for more in ("from=f@example.test", "hostname=h.example.test", "hold"):
        lines += chance.choice([[], [more]])
    chance.shuffle(lines)
    at = chance.randint(0, len(lines))
    return row("random", f"set v15-compat {' '.join(lines[:at])}\n"
               f"set append {' '.join(lines[at:])}\n", fields=())
