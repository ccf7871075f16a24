"""Cases that only Dovecot has: OAuth tokens, and LMTP.

A case is skipped with the reason if this build of the program lacks what it
needs.
"""

import os
import subprocess

from common import LIMIT, SMTPOST, WRAPPER, Skip, complete_message, expect, knows_mechanism
from token_server import TokenServer

MESSAGE = complete_message("Grüße\n.\nlast line\n".encode())


def run_profile(peer, profile, recipients, *options, message=MESSAGE):
    """Runs the program with a profile for this case."""
    path = peer.folder / "case.conf"
    path.touch(mode=0o600)
    path.write_text(f"tls-trust = {peer.folder}/root.pem\n"
                    f"ehlo-name = client.example.test\n{profile}")
    done = subprocess.run(
        [*WRAPPER, SMTPOST, "--config", path, "-f", "alice@example.test", *options,
         "--", *recipients],
        input=message, capture_output=True, timeout=LIMIT,
        env={"PATH": os.environ["PATH"], "HOME": str(peer.folder),
             "LC_ALL": "C.UTF-8"})
    lines = [line.split("\t") for line in done.stdout.decode().splitlines()]
    return done.returncode, lines, done.stderr.decode(errors="replace")


def know(mechanism):
    if not knows_mechanism(mechanism):
        raise Skip(f"smtpost does not know {mechanism}")


def token_profile(peer, mechanism, tokens):
    """A token-command that prints `tokens` in turn, and then the last one again."""
    for name in peer.folder.glob("token.*"):
        name.unlink()
    for number, token in enumerate(tokens):
        (peer.folder / f"token.{number}").write_text(token + "\n")
    script = peer.folder / "token-command"
    script.write_text(
        f"cd {peer.folder} || exit 1\nn=$(ls token.asked.* 2>/dev/null | wc -l)\n"
        f": >token.asked.$n\n[ -e token.$n ] || n={len(tokens) - 1}\ncat token.$n\n")
    return (f"server = {peer.starttls}\nuser = alice@example.test\n"
            f"auth = {mechanism}\ntoken-command = sh {script}\n")


def asked(peer):
    return len(list(peer.folder.glob("token.asked.*")))


def good_token(mechanism, token):
    def case(peer):
        know(mechanism)
        profile = token_profile(peer, mechanism, [token])
        status, _, trouble = run_profile(peer, profile, ["bob@example.test"], "-v")
        expect("exit (" + trouble + ")", status, 0)
        if f"AUTH {mechanism}" not in trouble or token in trouble:
            raise AssertionError(trouble)
        expect("content", peer.take(1), [("bob@example.test", MESSAGE)])
        expect("times the token was asked for", asked(peer), 1)
    return case


def renewed_token(mechanism):
    """An expired token is renewed once."""
    def case(peer):
        know(mechanism)
        profile = token_profile(peer, mechanism, ["expired-token", "good-token"])
        status, _, trouble = run_profile(peer, profile, ["bob@example.test"], "-v")
        expect("exit (" + trouble + ")", status, 0)
        expect("content", peer.take(1), [("bob@example.test", MESSAGE)])
        expect("times the token was asked for", asked(peer), 2)
    return case


def bad_token(mechanism):
    """A refused token is renewed once only, and is printed nowhere."""
    def case(peer):
        know(mechanism)
        profile = token_profile(peer, mechanism, ["expired-token", "revoked-token"])
        status, lines, trouble = run_profile(peer, profile, ["bob@example.test"], "-v")
        expect("exit (" + trouble + ")", status, 77)
        expect("report", (lines[-1][0], lines[-1][1]), ("auth", "535"))
        if "expired-token" in trouble or "revoked-token" in trouble:
            raise AssertionError(trouble)
        expect("times the token was asked for", asked(peer), 2)
        expect("messages that arrived", peer.take(0), [])
    return case


def validator_down(mechanism):
    """The server cannot check the token: the mail is deferred."""
    def case(peer):
        know(mechanism)
        port = peer.tokens.port
        peer.tokens.stop()
        try:
            profile = token_profile(peer, mechanism, ["good-token"])
            status, lines, trouble = run_profile(peer, profile, ["bob@example.test"])
        finally:
            peer.tokens = TokenServer("alice@example.test", port)
        expect("exit (" + trouble + ")", status, 75)
        expect("report", (lines[-1][0], lines[-1][1]), ("auth", "454"))
        expect("times the token was asked for", asked(peer), 1)
    return case


def lmtp_profile(url):
    tls = "none" if url.startswith("lmtp+unix") else "required"
    return f"server = {url}\nauth = none\ntls = {tls}\n"


def lmtp(which, names, wanted, refused):
    """Each recipient gets its own reply to the content."""
    def case(peer):
        url = getattr(peer, which)
        recipients = [f"{name}@example.test" for name in names]
        status, lines, trouble = run_profile(peer, lmtp_profile(url), recipients)
        expect(f"exit ({trouble})", status, wanted)
        expect("recipients", [line[3] for line in lines if line[0] == "rcpt"], recipients)
        expect("outcomes", [line[4] for line in lines if line[0] == "rcpt"],
               ["failed" if name in refused else "relayed" for name in names])
        for name in names:
            expect(f"content for {name}", peer.mailbox(name),
                   [] if name in refused else [MESSAGE])
    return case


LONG = "good-" + "x" * 3000

CASES = [
    (f"{mechanism}: {what}", case)
    for mechanism in ("OAUTHBEARER", "XOAUTH2")
    for what, case in (
        ("a good token", good_token(mechanism, "good-token")),
        ("a token of 3005 octets", good_token(mechanism, LONG)),
        ("an expired token is renewed once", renewed_token(mechanism)),
        ("a bad token: 77", bad_token(mechanism)),
        ("the server cannot ask: 75", validator_down(mechanism)),
    )
] + [
    (f"{way}: {what}", lmtp(which, names, wanted, refused))
    for way, which in (("LMTP", "lmtp_port"), ("LMTP on a Unix socket", "lmtp_unix"))
    for what, names, wanted, refused in (
        ("two recipients", ("alice", "bob"), 0, ()),
        ("one unknown: 79", ("bob", "nobody"), 79, ("nobody",)),
        ("one over quota: 79", ("bob", "full"), 79, ("full",)),
    )
]
