"""Servers that answer with anything at all, for tests/doctor_servers."""

import random

from scripted.doctor_row import Row, serve
from scripted.doctor_server import GOOD, ehlo

ANY = ("any", "any")  # the finding of such a row


def without_parameters(session):
    """A reply to MAIL: no parameter is known, though one was offered."""
    if "SIZE=" in session.last:
        return "555 5.5.4 parameters"
    return GOOD["MAIL"]


ODD = {
    "greeting": ["554 5.7.1 go away", "421 4.3.2 busy", "220-a\n220 b",
                 "250 odd", None, "450 4.3.2 later", "220"],
    "EHLO": ["502 5.5.1 what", "421 4.3.2 busy", "550 5.7.1 no", None,
             ehlo(), ehlo("AUTH PLAIN"), ehlo("STARTTLS", "AUTH=LOGIN"),
             "220 odd", "250-", "nonsense"],
    "EHLO_tls": ["503 5.5.1 what", "421 4.3.2 busy", None, ehlo(),
                 "550 5.7.1 no", ehlo("AUTH LOGIN"), ehlo("AUTH XOAUTH2"),
                 ehlo("AUTH PLAIN", "LIMITS MAILMAX=1"),
                 ehlo("AUTH CRAM-MD5 LOGIN", "SIZE"),
                 ehlo("PIPELINING", "AUTH PLAIN LOGIN")],
    "HELO": ["502 5.5.1 what", None],
    "STARTTLS": ["454 4.7.0 later", "500 5.5.1 what", None, "250 odd",
                 "421 4.3.2 busy", "501 5.5.1 no"],
    "AUTH": ["535 5.7.8 no", "454 4.7.0 later", "504 5.5.4 not this",
             "421 4.7.0 busy", None, "250 odd", "334 !!", "503 5.5.1 what",
             "530 5.7.0 TLS first", "432 4.7.12 no"],
    "MAIL": ["553 5.7.1 no", "451 4.3.0 later", "421 4.3.2 busy", None,
             "530 5.7.0 login first", "354 odd", "220 odd", "nonsense",
             without_parameters, "452 4.3.1 full"],
    "RSET": [None, "500 5.5.1 what", "421 4.3.2 busy"],
    "QUIT": [None, "500 5.5.1 what"],
}


def server(dice):
    """One server, and the scheme of its URL."""
    how = {}
    for name, replies in ODD.items():
        # One or two faults in most servers, so that each stage is come to.
        if dice.random() < 0.2:
            how[name] = dice.choice(replies)
    how["tls"] = dice.choice(["good"] * 6 + ["expired", "wrong-name",
                                             "unknown-ca", "self-signed"])
    scheme = dice.choice(["smtps"] * 4 + ["smtp"] * 5 + ["lmtp"])
    how["is_implicit"] = scheme == "smtps"
    how["is_lmtp"] = scheme == "lmtp"
    return serve(**how), scheme


def row(number):
    """The same for the same number."""
    dice = random.Random(number)
    servers, schemes = zip(*[server(dice)
                             for _ in range(dice.choice([1, 1, 1, 2]))])
    config = dice.choice(["", "", "tls = opportunistic\n", "tls = none\n",
                          "auth = login\n", "auth = plain\n",
                          "tls-host = localhost\n", "queue = on-tempfail\n",
                          "queue = always\n"])
    if "smtps" in schemes and config == "tls = none\n":
        config = ""
    return Row("random server %d" % number, list(servers), ANY,
               url=", ".join("%s://{%d}" % (scheme, place)
                             for place, scheme in enumerate(schemes)),
               config=config + "timeout = 2s\n",
               password=dice.choice(["hunter2"] * 3 + [None]))
