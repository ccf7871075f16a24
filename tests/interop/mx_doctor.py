"""--doctor in mx_bed: what it foretells of mail to a domain."""

import concurrent.futures
import json
import subprocess

import common

CHECKS = "reach.mx,tls.dane,tls.mx,mail.from"
STAGES = ["connect", "greeting", "ehlo", "tls", "auth", "mail"]


def ask_one(client, domain, settings=""):
    """The report of --doctor, which tries the domain of the sender."""
    command = client.command([], "--doctor", "--only", CHECKS, "-f",
                             f"bob@{domain}", settings=settings)
    done = subprocess.run(
        [word for word in command if word not in ("--", "-v")],
        stdin=subprocess.DEVNULL, capture_output=True, timeout=common.LIMIT * 2,
        check=False, env=client.environment())
    if b"Sanitizer" in done.stderr or b"runtime error:" in done.stderr:
        raise AssertionError(done.stderr.decode())
    return json.loads(done.stdout)


def ask(client, domains):
    """The same, or what went wrong, for each domain."""
    def one(domain):
        try:
            return ask_one(client, domain)
        except (AssertionError, ValueError, subprocess.SubprocessError) as fault:
            return fault
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        return dict(zip(domains, pool.map(one, domains)))


def check_tls(said, verified_by):
    """How the session was encrypted: tls.mx and, with DANE, tls.dane say so."""
    part = {None: "is not encrypted", "none": "is not checked"}.get(
        verified_by, f"verified by: {verified_by}")
    if not any(one[0] == "tls.mx" and part in one[2] for one in said):
        raise AssertionError(f"{part!r} is not said: {said}")
    fits = any(one[:2] == ("tls.dane", "ok") and "fits its TLSA" in one[2]
               for one in said)
    if fits != (verified_by or "").startswith("dane"):
        raise AssertionError(f"verified by {verified_by}: {said}")


def check(report, run):
    """Compares it with the run that delivered to the domain, or did not."""
    for one in (report, run):
        if isinstance(one, Exception):
            raise one
    foretold = report["submission-exit"]
    said = [(one["id"], one["severity"], one["text"]) for one in report["checks"]]
    recipient = run.report["recipients"][0]
    is_late = recipient["outcome"] != "relayed" and \
        recipient["stage"] not in STAGES
    # What is wrong with the domain itself says nothing of other mail, and what is
    # said to RCPT cannot be known before.
    if foretold is None and recipient["outcome"] == "failed":
        return
    expected = 0 if is_late else run.status
    if foretold != expected:
        raise AssertionError(f"it foretells {foretold}, and the status is "
                             f"{run.status}: {said}, {recipient}")
    if recipient["outcome"] == "relayed":
        check_tls(said, (recipient["tls"] or {}).get("verified-by"))
    failures = [one for one in said if one[1] == "failure"]
    if bool(failures) != (expected != 0):
        raise AssertionError(f"status {expected}: {said}")
