"""The cases that are tried with every real server (a peer: see peer.py).

A case is a function with the peer as argument. An exception is a failure; a text
that it returns is put after "ok" in the table. An extension that a server does
not offer is tried too: the program must do without it, or refuse with a reason.
"""

import base64
import functools
import hashlib
import json
import os
import pathlib
import re
import smtplib
import ssl
import subprocess

from common import LIMIT, SMTPOST, WRAPPER, Skip, complete_message, expect
from common import knows_mechanism, knows_setting, knows_utf8, read_message, submit
from peer import LATE_LIMIT

BODY = ("Grüße aus dem Test.\n.\n..\n.x\n" + "x" * 900 + "\nlast line\n").encode()
BOB = "bob@example.test"
REFUSED = "nobody@refused.test"
LARGE = 50_000_000
TOKENS = ("OAUTHBEARER", "XOAUTH2")


def outcomes(lines):
    return [(line[0], line[1], line[3], line[4]) for line in lines]


def send(peer, message, recipients=(BOB,), *options, url=None, config="", **more):
    """Sends through the main port or another, with the peer's own settings."""
    return submit(peer.folder, url or peer.main, message, list(recipients), *options,
                  config=peer.config + config, login=(url or peer.main) not in
                  (peer.lmtp, peer.clear), **more)


def send_well(peer, message, recipients=(BOB,), *options, **more):
    status, lines, trouble = send(peer, message, recipients, *options, **more)
    expect("exit (" + trouble[-2000:] + ")", status, 0)
    return lines, trouble


def only_message(peer, count=1):
    arrived = peer.take(count)
    expect("messages that arrived", len(arrived), count)
    return arrived[0][1]


def same(what, got, wanted):
    """Where two messages, which may be large, differ."""
    if got != wanted:
        at = next((i for i, (a, b) in enumerate(zip(got, wanted)) if a != b),
                  min(len(got), len(wanted)))
        raise AssertionError(
            f"{what}: {len(got)} octets, not {len(wanted)}; at {at}: "
            f"{got[max(at - 40, 0):at + 80]!r}, not {wanted[max(at - 40, 0):at + 80]!r}")


def offer(peer):
    """The extensions that another client is offered under TLS."""
    context = ssl.create_default_context(cafile=peer.folder / "root.pem")
    scheme, _, rest = peer.main.partition("://")
    port = int(rest.rsplit(":", 1)[1])
    kind = {"smtp": smtplib.SMTP, "smtps": smtplib.SMTP_SSL, "lmtp": smtplib.LMTP}[scheme]
    more = {"context": context} if scheme == "smtps" else {}
    with kind("localhost", port, local_hostname="client.example.test", **more) as client:
        client.ehlo()
        if client.has_extn("starttls"):
            client.starttls(context=context)
            client.ehlo()
        return dict(client.esmtp_features)


def shown(peer):
    """The keywords that --server-info shows; also compares the certificate."""
    profile = peer.folder / "info.conf"
    profile.touch(mode=0o600)
    profile.write_text(f"server = {peer.main}\ntls-trust = {peer.folder}/root.pem\n"
                       "ehlo-name = client.example.test\n" + peer.config)
    done = subprocess.run(
        [*WRAPPER, SMTPOST, "--config", profile, "--server-info", "--report", "json"],
        capture_output=True, timeout=LIMIT,
        env={"PATH": os.environ["PATH"], "HOME": str(peer.folder), "LC_ALL": "C.UTF-8"})
    expect(f"status of --server-info ({done.stdout} {done.stderr})", done.returncode, 0)
    address = next(address for address in json.loads(done.stdout)["servers"][0]["addresses"]
                   if address["ready"])
    if address["tls"] is not None:
        leaf = ssl.PEM_cert_to_DER_cert((peer.folder / "leaf.pem").read_text())
        expect("digest of the certificate", address["tls"]["chain"][0]["sha256"],
               hashlib.sha256(leaf).hexdigest())
    return {extension["keyword"].lower().split("=")[0]
            for extension in address["extensions"]}


def offers_what_is_said(peer):
    features = offer(peer)
    expect("what --server-info shows", sorted(shown(peer)), sorted(features))
    mechanisms = set(features.pop("auth", "").split())
    expect("SASL mechanisms", sorted(mechanisms), sorted(peer.mechanisms))
    expect("limit", int(features.get("size") or 0) or None, peer.size)
    missing = {word.lower() for word in peer.extensions} - set(features)
    expect("extensions that are missing", missing, set())
    return " ".join(sorted(name.upper() for name in features))


def arrives_whole(peer, url, config):
    message = complete_message(BODY)
    lines, _ = send_well(peer, message, url=url, config=config)
    expect("report", [(line[0], line[1], line[4]) for line in lines],
           [("rcpt", "250", "relayed"), ("data", "250", "relayed")])
    got = only_message(peer)
    same("content", got, message)
    parsed = read_message(got)
    expect("subject", parsed["subject"], "A test")
    expect("text", parsed.get_content(), BODY.decode())


def door(name):
    def case(peer):
        arrives_whole(peer, getattr(peer, name), "tls = none\n" if name == "clear" else "")
    return case


def mechanism(name):
    def case(peer):
        if not knows_mechanism(name):
            raise Skip(f"smtpost does not know {name}")
        secret = {"token": peer.token} if name in TOKENS else {}
        _, trouble = send_well(peer, complete_message(b"login\n"), [BOB], "-v",
                               config=f"auth = {name}\n", **secret)
        if f"C: AUTH {name}" not in trouble or "secret" in trouble:
            raise AssertionError(trouble)
        only_message(peer)
        secret = {"token": "wrong-password"} if name in TOKENS else {"password": "wrong-password"}
        status, lines, trouble = send(peer, complete_message(b"no\n"), [BOB], "-vv",
                                      config=f"auth = {name}\n", **secret)
        expect("exit with a wrong one (" + trouble + ")", status, 77)
        expect("stage", lines[-1][0], "auth")
        expect("class of the reply", lines[-1][1][:1], "5")
        coded = base64.b64encode(b"wrong-password").decode()[:16]
        if "wrong-password" in trouble or coded in trouble:
            raise AssertionError("the password is in the trace")
        expect("messages that arrived", peer.take(0), [])
    return case


def strongest_mechanism(peer):
    _, trouble = send_well(peer, complete_message(b"auto\n"), [BOB], "-v")
    only_message(peer)
    return re.search(r"^C: AUTH ([A-Z0-9-]+)", trouble, re.M)[1]


def refused_recipient(peer):
    status, lines, trouble = send(peer, complete_message(b"partly\n"), [BOB, REFUSED])
    expect("exit (" + trouble + ")", status, 79)
    expect("report", [(line[0], line[3], line[4]) for line in lines[:2]],
           [("rcpt", BOB, "relayed"), ("rcpt", REFUSED, "failed")])
    expect("content", lines[-1][4], "relayed")
    expect("refusal", lines[1][1][0], "5")
    only_message(peer)


def all_or_nothing(peer):
    status, lines, _ = send(peer, complete_message(b"nobody\n"), [BOB, REFUSED],
                            config="partial = all-or-nothing\n")
    expect("exit", status, 69)
    expect("report", {line[4] for line in lines}, {"failed"})
    expect("messages that arrived", peer.take(0), [])


def all_refused(peer):
    status, lines, _ = send(peer, complete_message(b"nobody\n"), [REFUSED, "no@refused.test"])
    expect("exit", status, 67)
    expect("messages that arrived", peer.take(0), [])


def many_recipients(peer):
    names = [f"user{i}@example.test" for i in range(200)]
    names[100] = REFUSED
    message = complete_message(b"many\n")
    status, lines, trouble = send(peer, message, names)
    expect("exit (" + trouble + ")", status, 79)
    expect("order", [line[3] for line in lines[:200]], names)
    expect("outcomes", [line[4] for line in lines[:200]],
           ["failed" if name == REFUSED else "relayed" for name in names])
    names.remove(REFUSED)
    arrived = peer.take(199)
    expect("recipients served", sorted(pair[0] for pair in arrived), sorted(names))
    same("content", arrived[-1][1], message)


def untrusted_certificate(peer):
    status, lines, _ = send(peer, complete_message(b"no\n"), [BOB],
                            "--set", "tls-host=other.example.test")
    expect("exit", status, 76)
    expect("stage", lines[-1][0], "tls")
    expect("messages that arrived", peer.take(0), [])


def fields_added(peer):
    send_well(peer, b"Subject: bare\nBcc: eve@example.test\n\nhello\n", ["bob"],
              "-F", "Alice Example")
    parsed = read_message(only_message(peer))
    expect("From", parsed["from"], "Alice Example <alice@example.test>")
    expect("Bcc", parsed["bcc"], None)
    for name in ("date", "message-id"):
        if not parsed[name]:
            raise AssertionError(f"no {name}")
    expect("date", parsed["date"].datetime.tzinfo is not None, True)
    expect("text", parsed.get_content(), "hello\n")


SMUGGLED = [b"\n.\n", b"\n.\r\n", b"\r.\r\n", b"\r\n.\n", b"\r.\r", b"\n.\r",
            b"\r\n.\r\r\n", b"\r\r\n.\r\r\n"]


def smuggling(peer):
    """A line with a single dot arrives, whatever the line ends are."""
    for form in SMUGGLED:
        body = (b"before" + form + b"MAIL FROM:<evil@example.test>\r\n"
                b"RCPT TO:<victim@example.test>\r\nDATA\r\nevil\r\n.\r\n")
        send_well(peer, complete_message(body))
        plain = re.sub(rb"\r+\n", b"\n", body).replace(b"\r", b"\n")
        same(f"content for {form!r}", only_message(peer), complete_message(plain))


def eight_bit(peer):
    """Sent unchanged with 8BITMIME, else encoded with the same meaning."""
    message = complete_message("Zwölf Boxkämpfer, 日本語\n".encode() * 50)
    _, trouble = send_well(peer, message, [BOB], "-v")
    got = only_message(peer)
    expect("BODY=8BITMIME said", "BODY=8BITMIME" in trouble, peer.offers("8BITMIME"))
    expect("text", read_message(got).get_content(), read_message(message).get_content())
    if peer.offers("8BITMIME"):
        same("content", got, message)
        return "BODY=8BITMIME"
    return "not offered: re-encoded"


def international(peer):
    if not knows_utf8():
        raise Skip("smtpost does not know SMTPUTF8")
    name = "jörg@example.test"
    message = complete_message(b"utf8\n").replace(
        b"To: bob@example.test", f"To: {name}".encode())
    status, lines, trouble = send(peer, message, [name], "-v")
    if not peer.offers("SMTPUTF8"):
        expect("exit (" + trouble + ")", status, 65)
        expect("messages that arrived", peer.take(0), [])
        return "not offered: refused, 65"
    expect("exit (" + trouble + ")", status, 0)
    expect("SMTPUTF8 said", " SMTPUTF8" in trouble, True)
    arrived = peer.take(1)
    expect("recipients", [pair[0] for pair in arrived], [name])
    same("content", arrived[0][1], message)
    return "SMTPUTF8"


def delivery_status(peer):
    message = complete_message(b"notify\n")
    _, trouble = send_well(peer, message, [BOB], "-v", "-N", "success,failure",
                           "-R", "hdrs", "-V", "id+1")
    parameters = ("RET=HDRS", "ENVID=id+2B1", "NOTIFY=SUCCESS,FAILURE",
                  "ORCPT=rfc822;bob@example.test")
    said = [word in trouble for word in parameters]
    if not peer.offers("DSN"):
        expect("parameters said", any(said), False)
        same("content", only_message(peer), message)
        return "not offered: left out"
    expect("parameters said", all(said), True)
    if not peer.reports_success:
        same("content", only_message(peer), message)
        return "parameters taken"
    arrived = peer.take(2)
    expect("messages that arrived", len(arrived), 2)
    report = next(data for name, data in arrived if name == "alice@example.test")
    if b"id+1" not in report and b"id+2B1" not in report:
        if not peer.reports_envelope_id:
            return "the success report came (this server leaves the envelope id out)"
        raise AssertionError("the envelope id is not in the report: " + repr(report[:2000]))
    return "the success report came, with our envelope id"


@functools.lru_cache(1)
def large_message():
    line = b"0123456789abcdef" * 4 + b"56789\n"
    return complete_message(b".\n" + line * (LARGE // len(line)) + b"..\nend\n")


def large(peer):
    message = large_message()
    if peer.size is not None and peer.size < LARGE * 1.05:
        raise Skip(f"its limit is {peer.size}")
    send_well(peer, message)
    same("content", only_message(peer), message)


def pipelining(value):
    """Whether RCPT waits for the reply to MAIL, as the trace shows it."""
    def case(peer):
        _, trouble = send_well(peer, complete_message(BODY), [BOB, "carol@example.test"], "-v",
                               config=f"pipelining = {value}\n")
        arrived = peer.take(2)
        expect("recipients served", sorted(pair[0] for pair in arrived),
               [BOB, "carol@example.test"])
        for _, octets in arrived:
            same("content", octets, complete_message(BODY))
        grouped = re.search(r"^C: MAIL .*\nC: RCPT .*\nC: RCPT ", trouble, re.M) is not None
        expect("in one group", grouped, value == "auto" and peer.offers("PIPELINING"))
        return "in one group" if grouped else "one by one"
    return case


SERIES_DRIVER = pathlib.Path(os.environ.get(
    "SERIES_DRIVER", pathlib.Path(__file__).resolve().parent.parent / "smtp/series_driver"))


def series(peer):
    """The next letter travels with the end of a content, as the trace shows it."""
    if not SERIES_DRIVER.exists():
        raise Skip(f"{SERIES_DRIVER} is not built")
    letters = {
        BOB: "relayed", "carol@example.test": "relayed", REFUSED: "failed",
        f"{BOB} {REFUSED}": "relayed,failed", "dan@example.test": "relayed",
        "eve@example.test": "relayed"}
    never = {"PIPELINING_NEVER": "1"} if "pipelining = never" in peer.config else {}
    got = subprocess.run([SERIES_DRIVER, peer.main, peer.folder / "root.pem", *letters],
                         capture_output=True, text=True, timeout=60, env={**os.environ, **never},
                         stdin=subprocess.DEVNULL)
    expect("outcomes (" + got.stderr[-3000:] + ")", got.stdout.split("\n")[:-1],
           list(letters.values()))
    expect("recipients served", sorted(pair[0] for pair in peer.take(5)),
           sorted([BOB, "carol@example.test", BOB, "dan@example.test", "eve@example.test"]))
    flights = len(re.findall(r"^C: \.\nC: MAIL ", got.stderr, re.M))
    sessions = len(re.findall(r"^N: connected to ", got.stderr, re.M))
    in_flights = f"{flights} of 5 in flights"
    expect(f"sessions ({in_flights})", sessions, 1)
    # These break: see note_marks in src/smtp/session.c.
    has_flights = peer.offers("PIPELINING") and not never and \
        peer.name not in ("Dovecot", "Courier", "Haraka")
    expect(f"letters in flights ({got.stderr})", flights, 4 if has_flights else 0)
    return f"{in_flights}, {sessions} session{'s' * (sessions != 1)}"


def batch(peer):
    """Mails from an mbox, each to those whom its header names."""
    letters = {BOB: "relayed", "carol@example.test": "relayed", REFUSED: "failed",
               "dan@example.test": "relayed", "eve@example.test": "relayed"}
    mbox = peer.folder / "mbox"
    mbox.write_bytes(b"".join(
        b"From alice Sun Nov 22 10:00:00 2026\n" +
        complete_message(BODY).replace(b"bob@example.test", to.encode()) + b"\n"
        for to in letters))
    status, lines, trouble = send(peer, b"", (), "-t", "-v", "--batch", mbox)
    expect("exit (" + trouble[-3000:] + ")", status, 79)
    expect("outcomes", [(line[3], line[4]) for line in lines if line[0] == "rcpt"],
           list(letters.items()))
    arrived = peer.take(4)
    expect("recipients served", sorted(pair[0] for pair in arrived),
           sorted(to for to, outcome in letters.items() if outcome == "relayed"))
    for to, octets in arrived:
        same("content", octets,
             complete_message(BODY).replace(b"bob@example.test", to.encode()))
    sessions = len(re.findall(r"^\*  connected to ", trouble, re.M))
    logins = len(re.findall(r"^C: AUTH ", trouble, re.M))
    expect("sessions", sessions, 1)
    expect("logins", logins, 1 if peer.mechanisms else 0)
    return f"{sessions} session"


def chunking(value):
    def case(peer):
        if not knows_setting("chunking", value):
            raise Skip("smtpost does not know the setting chunking")
        _, trouble = send_well(peer, complete_message(BODY), [BOB], "-v",
                               config=f"chunking = {value}\n")
        same("content", only_message(peer), complete_message(BODY))
        used = "C: BDAT " in trouble
        expect("BDAT used", used, value == "auto" and peer.offers("CHUNKING"))
        return "BDAT" if used else "DATA" if value == "never" else "not offered: DATA"
    return case


def too_large(peer):
    if peer.size is None:
        return "announces no limit: nothing to keep to"
    filler = b"y" * 99 + b"\n"
    message = complete_message(filler * (peer.size // 100 + 2))
    status, lines, trouble = send(peer, message)
    expect("exit (" + trouble + ")", status, 65)
    expect("stage", (lines[-1][0], lines[-1][4]), ("mail", "failed"))
    expect("messages that arrived", peer.take(0), [])


def too_large_late(peer):
    message = complete_message((b"y" * 99 + b"\n") * (LATE_LIMIT // 50))
    status, lines, trouble = send(peer, message, url=peer.late)
    expect("exit (" + trouble + ")", status, 69)
    expect("stage", (lines[-1][0], lines[-1][1][0], lines[-1][4]), ("data", "5", "failed"))
    expect("messages that arrived", peer.take(0), [])


def cases_for(peer):
    """The cases, as rows of name and function, in the order of the table."""
    rows = [("offers what is said of it", offers_what_is_said)]
    for name, text in (("starttls", "STARTTLS"), ("smtps", "implicit TLS"), ("lmtp", "LMTP"),
                       ("clear", "no TLS")):
        if getattr(peer, name) is not None:
            rows.append((f"byte for byte by {text}", door(name)))
    rows += [(f"AUTH {name}, wrong: 77", mechanism(name)) for name in peer.mechanisms]
    if peer.mechanisms:
        rows.append(("AUTH chosen by smtpost", strongest_mechanism))
    rows += [
        ("one recipient of two refused: 79", refused_recipient),
        ("all-or-nothing: 69", all_or_nothing),
        ("all recipients refused: 67", all_refused),
        ("200 recipients, one refused: 79", many_recipients),
        ("8-bit content", eight_bit),
        ("SMTPUTF8 address", international),
        ("DSN", delivery_status),
        ("50 MB", large),
        ("larger than SIZE: 65", too_large),
    ]
    if peer.late is not None:
        rows.append(("larger than it said: 69", too_large_late))
    rows += [
        ("pipelining = auto", pipelining("auto")),
        ("pipelining = never", pipelining("never")),
        ("chunking = auto", chunking("auto")),
        ("chunking = never", chunking("never")),
        ("six letters in a series", series),
        ("a batch of five mails", batch),
        ("no smuggling", smuggling),
        ("what is missing is added, Bcc goes", fields_added),
    ]
    if peer.main_has_tls:
        rows.append(("certificate for another name: 76", untrusted_certificate))
    return rows + list(peer.cases)
