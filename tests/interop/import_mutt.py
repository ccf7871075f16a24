"""Round trips of mutt and neomutt, which are alike but for the rows that say so.

A random row is a muttrc of random statements: --import must understand each as the
program does."""

from import_bench import Row
from import_server import Offer

PACKAGES = ("mutt", "neomutt")
PROGRAMS = ("mutt", "neomutt")
RC = "{home}/.muttrc"
BASE = """\
set ssl_ca_certificates_file = {root}
unset record; set copy=no
"""
FROM = 'set from = "Alice <alice@example.test>"\n'
PLAIN = "set smtp_authenticators = plain\n"
TLS_OFF = "set ssl_force_tls = no ssl_starttls = no\n"
NO_FROM = b"To: bob@example.org\nSubject: A test\n\nHello"
SCRAM = Offer(auth=("LOGIN", "CRAM-MD5", "PLAIN", "SCRAM-SHA-1", "SCRAM-SHA-256"))


def row(program, name, text, files=(), kind="mutt", **more):
    return Row(f"{program}, {name}", {RC: (BASE + text, 0o600), **dict(files)},
               (program, "-n", "-F", RC, "-s", "A test", "--", "bob@example.org"),
               f"{kind}:{RC}", **more)


def rows_of(program):
    def add(*words, **more):
        return row(program, *words, kind=program, **more)

    yield add("no port, no login", FROM + "set smtp_url = smtp://mail.example.test\n")
    yield add("no port, smtps", FROM + "set smtp_url = smtps://mail.example.test/\n")
    yield add("user and password in the URL",
              FROM + "set smtp_url='smtp://al%69ce%40x:p%3Aw%2f@mail.example.test:587/'\n",
              offer=Offer(password="p:w/"))
    yield add("smtp_pass with quotes", FROM + r"""
        set my_user = alice ; set smtp_pass = "p\"w $my_user"' $x#;'\\ # the end
        set smtp_url = "smtps://${my_user}@mail.example.test:4650"
        """.replace("\n        ", "\n"), offer=Offer(password='p"w alice $x#;\\'))
    yield add("smtp_pass in backticks",
              FROM + "set smtp_url = smtps://alice@mail.example.test\n"
              'set my_pass = "`cat ~/secret`"\nset smtp_pass=$my_pass\n',
              files={"{home}/secret": ("secret\n", 0o600)})
    yield add("an account in another file",
              "source ~/.mutt/account\n" + 'set realname="Alice" \\\n\t smtp_pass=secret\n',
              files={"{home}/.mutt/account": FROM + "set smtp_url = "
                     "smtp://alice@hub.example.test:2525/ hostname=box.example.org\n"})
    yield add("mechanisms of smtp_authenticators",
              FROM + "set smtp_authenticators = 'login:plain' smtp_pass=secret\n"
              "set smtp_url = smtps://alice@mail.example.test\n")
    yield add("SCRAM by default", FROM + "set smtp_pass=secret\n"
              "set smtp_url = smtps://alice@mail.example.test\n", offer=SCRAM)
    yield add("CRAM-MD5 by default", FROM + "set smtp_pass=secret\n"
              "set smtp_url = smtps://alice@mail.example.test\n",
              offer=Offer(auth=("PLAIN", "LOGIN", "CRAM-MD5")))
    yield add("LOGIN by default", FROM + "set smtp_pass=secret\n"
              "set smtp_url = smtp://alice@mail.example.test:587\n",
              offer=Offer(auth=("LOGIN",)))
    for name in ("XOAUTH2", "OAUTHBEARER"):
        yield add(name, FROM + f"set smtp_authenticators = {name.lower()}\n"
                  "set smtp_oauth_refresh_command = 'printf \"%s\\n\" to$((1+1))'\n"
                  "set smtp_url = smtps://alice@mail.example.test\n",
                  offer=Offer(auth=(name,), password="to2"))
    yield add("no TLS, no login", FROM + TLS_OFF + "set smtp_url = smtp://mail.example.test\n")
    yield add("TLS only where it is offered, and it is",
              FROM + "set ssl_force_tls=no smtp_pass=secret\n"
              "set smtp_url = smtp://alice@mail.example.test\n")
    yield add("TLS only where it is offered, and it is not",
              FROM + "set nossl_force_tls\nset smtp_url = smtp://mail.example.test\n",
              offer=Offer(starttls=False))
    yield add("envelope_from_address",
              FROM + "set envelope_from_address = bounces@example.org\n"
              "set smtp_url = smtp://mail.example.test:587\n")
    yield add("my_hdr From", FROM + "my_hdr From: A. Other <other@example.org>\n"
              "set smtp_url = smtp://mail.example.test:587\n")
    yield add("neither from nor hostname", "set smtp_url = smtp://mail.example.test:587\n",
              message=NO_FROM, user="alice")
    yield add("hostname, no from", "set hostname=box.example.org\n"
              "set smtp_url = smtp://mail.example.test:587\n", message=NO_FROM)
    yield add("a hook with another account changes nothing",
              FROM + "set smtp_url = smtps://mail.example.test\n"
              "folder-hook work 'set from=w@work.example smtp_url=smtp://hub.example.test'\n")
    hook = add("the account of a hook", FROM +
               "set smtp_url = smtps://mail.example.test\n"
               "folder-hook work/ 'source ~/.mutt/work'\n",
               files={"{home}/.mutt/work": "set from=w@work.example smtp_pass=secret\n"
                      "set smtp_url=smtp://w@hub.example.test:2525 hostname=w.example\n"},
               new=("smtpost", "-P", "work", "-t"))
    hook.old = (*hook.old[:4], "-e", "source ~/.mutt/work", *hook.old[4:])
    yield hook
    yield add("ssl_verify_host = no", FROM + "set ssl_verify_host=no ssl_verify_dates=no\n"
              "set smtp_url = smtps://mail.example.test\n")


ROWS = [
    *(row for program in PROGRAMS for row in rows_of(program)),
    row("mutt", "a URL in capitals, with blanks around it",
        FROM + "set  smtp_url   =   SMTPS://mail.example.test:465/x/y\n"),
    row("mutt", "an @ in the user", FROM + "set smtp_pass=secret\n"
        "set smtp_url = smtps://alice@example.test@mail.example.test\n"),
    row("mutt", "ssl_verify_host_override", FROM +
        "set ssl_verify_host_override = mail.example.test\n"
        "set smtp_url = smtps://127.0.0.1\n"),
    row("neomutt", "smtp_user", FROM + "set smtp_user = alice smtp_pass = secret\n"
        "set real_name = Alice\nset smtp_url = smtps://mail.example.test\n"),
    row("neomutt", "+=", FROM + "set my_host = box\nset my_host += .example.org\n"
        "set hostname = $my_host\nset smtp_url = smtps://mail.example.test\n"),
]

class Any(str):
    """A password that is equal to every other."""

    __hash__ = str.__hash__

    def __eq__(self, other):
        return True


PIECES = ("a", "b.c", "D", "-", "'x'", '"y"', "''", '"z\\"', '"w\\""', "\\\\", "\\$",
          "$my_a.", "${my_b}", "'$my_a'", '"$my_b"', "\\\n", "\\101", "'\\'", '";"', "'#'",
          "\\;", "é", "$.", "$1", "%x", "~", "\\#", "' '", '"\t"', "`echo x", "|")
ENDS = ("", "", "", " # x", " ; set my_c=1", ";", "\r", " \\\n", "#y \\\n", ' "open', " 'open",
        " my_b=u", "; unset my_c", "; toggle copy", " copy=$my_a", "; unknown_command x")


def random_row(random):
    """Random statements about one string, which the server gets as the password."""
    program = random.choice(PROGRAMS)
    lines = ["set my_a=1 my_b = 2 smtp_pass=start"]
    for _ in range(random.randrange(4, 40)):
        name = random.choice(("my_a", "my_b", "smtp_pass", "smtp_pass"))
        value = "P" + "".join(random.choice(PIECES) for _ in range(random.randrange(1, 5)))
        begin = random.choice(("set ", "set ", "set\t", " ; set ", "unset my_c ; set "))
        equals = random.choice(("=", "=", " = ", "= ", " ="))
        lines.append(begin + name + equals + value + random.choice(ENDS))
    return row(program, "random", "\n".join(lines) + "\n\n" + FROM + "set smtp_url = "
               "smtps://alice@mail.example.test\n",
               offer=Offer(auth=("PLAIN",), password=Any()))
