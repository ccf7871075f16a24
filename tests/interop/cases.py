"""The cases that every real server is put through.

A peer has: folder, starttls (URL), smtps (URL or None), pipelining (whether
it offers that), and take(), which gives the messages that arrived since the
last call as pairs of recipient and bytes with LF line ends, oldest first.
"""

from common import complete_message, expect, read_message, submit

BODY = ("Grüße aus dem Test.\n.\n..\n.x\n" + "x" * 900 + "\nlast line\n").encode()


def outcomes(lines):
    return [(line[0], line[1], line[3], line[4]) for line in lines]


def only_message(peer, count=1):
    arrived = peer.take(count)
    expect("messages that arrived", len(arrived), count)
    return arrived[0][1]


def relays_byte_for_byte(peer):
    message = complete_message(BODY)
    status, lines, trouble = submit(
        peer.folder, peer.starttls, message, ["bob@example.test"])
    expect("exit (" + trouble + ")", status, 0)
    expect("report", outcomes(lines), [
        ("rcpt", "250", "bob@example.test", "relayed"), ("data", "250", "-", "relayed")])
    got = only_message(peer)
    expect("content", got, message)
    parsed = read_message(got)
    expect("subject", parsed["subject"], "A test")
    expect("text", parsed.get_content(), BODY.decode())


def login_mechanism(peer):
    status, _, trouble = submit(
        peer.folder, peer.starttls, complete_message(b"login\n"),
        ["bob@example.test"], "-v", config="auth = LOGIN\n")
    expect("exit (" + trouble + ")", status, 0)
    if "AUTH LOGIN" not in trouble or "secret" in trouble:
        raise AssertionError(trouble)
    only_message(peer)


def implicit_tls(peer):
    status, _, trouble = submit(
        peer.folder, peer.smtps, complete_message(b"implicit\n"), ["bob@example.test"])
    expect("exit (" + trouble + ")", status, 0)
    only_message(peer)


def refused_recipient(peer):
    status, lines, _ = submit(
        peer.folder, peer.starttls, complete_message(b"partly\n"),
        ["bob@example.test", "nobody@refused.test"])
    expect("exit", status, 79)
    expect("report", [line[4] for line in lines], ["relayed", "failed", "relayed"])
    expect("refusal", lines[1][1][0], "5")
    only_message(peer)


def all_or_nothing(peer):
    status, lines, _ = submit(
        peer.folder, peer.starttls, complete_message(b"nobody\n"),
        ["bob@example.test", "nobody@refused.test"], config="partial = all-or-nothing\n")
    expect("exit", status, 69)
    expect("report", [line[4] for line in lines], ["failed"] * 3)
    expect("messages that arrived", peer.take(0), [])


def wrong_password(peer):
    status, lines, trouble = submit(
        peer.folder, peer.starttls, complete_message(b"no\n"),
        ["bob@example.test"], "-v", password="wrong-password")
    expect("exit (" + trouble + ")", status, 77)
    expect("report", (lines[-1][0], lines[-1][1]), ("auth", "535"))
    if "wrong-password" in trouble:
        raise AssertionError("the password is in the trace")
    expect("messages that arrived", peer.take(0), [])


def untrusted_certificate(peer):
    status, lines, _ = submit(
        peer.folder, peer.starttls, complete_message(b"no\n"),
        ["bob@example.test"], "--set", "tls-host=other.example.test")
    expect("exit", status, 76)
    expect("stage", lines[-1][0], "tls")
    expect("messages that arrived", peer.take(0), [])


def fields_added(peer):
    status, _, trouble = submit(
        peer.folder, peer.starttls, b"Subject: bare\nBcc: eve@example.test\n\nhello\n",
        ["bob"], "-F", "Alice Example")
    expect("exit (" + trouble + ")", status, 0)
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
    """However the lone dot is written, one message arrives, dot and all."""
    for form in SMUGGLED:
        body = (b"before" + form + b"MAIL FROM:<evil@example.test>\r\n"
                b"RCPT TO:<victim@example.test>\r\nDATA\r\nevil\r\n.\r\n")
        status, _, trouble = submit(
            peer.folder, peer.starttls, complete_message(body), ["bob@example.test"])
        expect(f"exit for {form!r} ({trouble})", status, 0)
        plain = body.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        expect(f"content for {form!r}", only_message(peer), complete_message(plain))


def many_recipients(peer):
    names = [f"user{i}@example.test" for i in range(200)]
    status, lines, trouble = submit(
        peer.folder, peer.starttls, complete_message(b"many\n"), names)
    expect("exit (" + trouble + ")", status, 0)
    expect("order", [line[3] for line in lines[:200]], names)
    expect("recipients served", sorted(pair[0] for pair in peer.take(200)), sorted(names))


def without_pipelining(peer):
    status, _, trouble = submit(
        peer.folder, peer.starttls, complete_message(BODY), ["bob@example.test"],
        config="pipelining = never\n")
    expect("exit (" + trouble + ")", status, 0)
    expect("content", only_message(peer), complete_message(BODY))


def too_large(peer):
    status, lines, _ = submit(
        peer.folder, peer.starttls, complete_message(b"x" * 70 + b"\n") + b"y\n" * 1600000,
        ["bob@example.test"])
    expect("exit", status, 65)
    expect("stage", (lines[-1][0], lines[-1][4]), ("mail", "failed"))
    expect("messages that arrived", peer.take(0), [])


CASES = [
    ("content arrives byte for byte and parses", relays_byte_for_byte),
    ("AUTH LOGIN", login_mechanism),
    ("implicit TLS", implicit_tls),
    ("one recipient refused: 79", refused_recipient),
    ("all-or-nothing: nobody gets it", all_or_nothing),
    ("wrong password: 77, and no password in the trace", wrong_password),
    ("certificate for another name: 76", untrusted_certificate),
    ("what is missing is added, Bcc goes", fields_added),
    ("no smuggling", smuggling),
    ("200 recipients", many_recipients),
    ("without pipelining", without_pipelining),
    ("larger than SIZE: 65", too_large),
]
