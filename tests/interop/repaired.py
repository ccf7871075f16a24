"""Cases with repaired mail, for servers that do not accept everything: no bare CR
or LF and no NUL (sendmail), or only seven bits (Postfix without 8BITMIME).

Random messages (messages.py) and recorded ones (tests/callers) are sent to a port
of the peer without TLS and login. It must accept each, and what arrives must mean
the same. SEEDS is the number of random messages.
"""

import concurrent.futures
import os
import pathlib
import subprocess

import judge
import messages
from common import LIMIT, SMTPOST, WRAPPER, Skip, expect

SEEDS = int(os.environ.get("SEEDS", "400"))
CALLERS = pathlib.Path(__file__).resolve().parent.parent / "callers"


def made():
    for seed in range(SEEDS):
        octets, maker = messages.make(seed)
        if judge.has_long_word(octets):
            continue
        yield f"made{seed}", octets, maker.refusable


def of_callers():
    """The recorded messages: not empty ones, and not sessions for -bs."""
    for number, path in enumerate(sorted(CALLERS.glob("*/stdin"))):
        octets = path.read_bytes()
        if octets.strip() and not octets.startswith((b"EHLO", b"HELO")):
            yield f"caller{number}", octets, False


def submit(profile, name, octets):
    done = subprocess.run(
        [*WRAPPER, SMTPOST, "--config", profile, "-f", "alice@example.test",
         f"{name}@example.test"], input=octets, capture_output=True, timeout=LIMIT,
        env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"})
    return done.returncode, (done.stdout + done.stderr).decode(errors="replace")


def all_taken(source, door, fields):
    def case(peer):
        wanted = {name: (octets, refusable) for name, octets, refusable in source()}
        if not wanted:
            raise Skip("there are no recorded messages here")
        profile = peer.folder / "repaired.conf"
        profile.touch(mode=0o600)
        profile.write_text(f"server = {getattr(peer, door)}\ntls = none\nauth = none\n"
                           "domain = example.test\nehlo-name = client.example.test\n"
                           "remove-bcc = no\naliases = none\nqueue = never\n")
        faults, refused = [], 0
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            results = pool.map(lambda name: (name, submit(profile, name, wanted[name][0])),
                               list(wanted))
            for name, (status, words) in results:
                refusable = wanted[name][1]
                if status == 65 and refusable:
                    refused += 1
                    del wanted[name]
                elif status != 0:
                    faults.append(f"{name}: exit {status}: {words[:500]}")
        arrived = peer.take(len(wanted) - len(faults))
        for recipient, octets in arrived:
            name = recipient.split("@")[0]
            fault = judge.differ(wanted.pop(name)[0], octets, fields)
            if fault is None and door == "seven_bit" and not octets.isascii():
                fault = "8-bit octets"
            if fault:
                faults.append(f"{name}: {fault}")
        if faults:
            raise AssertionError(f"{len(faults)} faults\n" + "\n".join(faults[:20]))
        expect("what did not arrive", sorted(wanted), [])
        return f"{len(arrived)} taken" + (f", {refused} refused by smtpost: signed or odd"
                                          if refused else "")
    return case


def cases(door):
    # From and To of these are bare names, to which both programs add a domain.
    return (("repaired: messages made by chance", all_taken(made, door, judge.FIELDS)),
            ("repaired: messages of callers", all_taken(of_callers, door, [b"subject"])))
