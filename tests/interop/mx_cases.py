"""What mx_bed tests beside one mail to each domain: all domains in one envelope, the
queue, settings, name servers that are trusted or not. Each case is a function that
gets the bed and smtpost with a home of its own."""

import subprocess

import mx_doctor
import mx_rows
import mx_smtpost
from common import LIMIT, expect
from mx_verdicts import check_opinion

# In every run of the suite.
SAMPLE = ("all domains in one envelope", "dnssec = no", "name server elsewhere",
          "REQUIRETLS with DANE", "TLS-Required: No with DANE",
          "a policy is kept", "clear text after a failed handshake")


def row_of(name):
    return next(row for row in mx_rows.ROWS if row.name == name)


def needs(*names):
    """Marks a case that needs the hosts of these rows."""
    def mark(case):
        case.rows = names
        return case
    return mark


def verdict_of(run, index=0):
    one = run.opinion(index)
    return " ".join(part for part in (
        one.outcome, one.level if one.outcome == "relayed" else "") if part)


def tell(run, wanted, index=0):
    expect(f"verdict ({run.report['recipients'][index]}) {run.trace[-2000:]}",
           verdict_of(run, index), wanted)


def to(name):
    return f"bob@{row_of(name).full_domain()}"


def with_settings(name, wanted, settings, *options):
    """One mail to that row's domain, with these settings; --doctor foretells it."""
    def case(_, client):
        run = client.send([to(name)], *options, settings=settings)
        tell(run, wanted)
        if not options:
            mx_doctor.check(mx_doctor.ask_one(
                client, row_of(name).full_domain(), settings), run)
    case.rows = (name,)
    return case


def with_name_servers(name, wanted, resolv, settings=""):
    """The same while the resolver has this configuration."""
    def case(bed, client):
        kept = bed.resolver.resolv.read_text()
        bed.resolver.resolv.write_text(resolv + "\n")
        try:
            run = client.send([to(name)], settings=settings)
            tell(run, wanted)
            mx_doctor.check(mx_doctor.ask_one(
                client, row_of(name).full_domain(), settings), run)
        finally:
            bed.resolver.resolv.write_text(kept)
    case.rows = (name,)
    return case


def sessions_of(host, client):
    """The sessions in which that home's mail was sent."""
    return [one for one in host.sessions
            if any(client.sender in line for line in one.lines)]


@needs()
def all_domains(bed, client):
    """Each domain of one envelope has its own verdict, and its own sessions."""
    rows = [row for row in bed.rows if not row.is_slow]
    run = client.send([f"eve@{row.full_domain()}" for row in rows])
    faults = []
    for index, row in enumerate(rows):
        try:
            check_opinion(row, {}, row.ours, run.opinion(index))
        except AssertionError as fault:
            faults.append(f"{row.name}: {fault}")
    for row in rows:
        for host in row.hosts:
            for session in sessions_of(host, client):
                domains = {line.rpartition("@")[2].partition(">")[0]
                           for line in session.lines if line.startswith("RCPT")}
                if domains - {row.full_domain()}:
                    faults.append(f"{host.full_name}: a session for {domains}")
    expect("faults", faults, [])
    expect("server", run.report["server"], None)
    outcomes = {one["outcome"] for one in run.report["recipients"]}
    expect("exit status", run.status, 79 if len(outcomes) > 1 else run.status)


def queue_settings(client):
    return (f"queue = on-tempfail\nqueue-dir = {client.folder}/spool\n"
            "queue-retry = 1s 2s\nqueue-flush = no\nnotifications = no\n")


def run_queue(client, settings):
    """Tries all mail in the queue."""
    done = subprocess.run(client.queue_command(settings), capture_output=True,
                          timeout=LIMIT * 2, check=False,
                          stdin=subprocess.DEVNULL, env=client.environment())
    expect(f"status of the run: {done.stderr.decode()[-2000:]}", done.returncode, 0)


def mails_at(host, client):
    return [mail for session in sessions_of(host, client) for mail in session.mails]


@needs("handshake fails", "TLSA handshake fails")
def clear_text_later(bed, client):
    """After a failed handshake, clear text is for the second attempt; never where
    TLS is needed."""
    settings = queue_settings(client)
    names = ("handshake fails", "TLSA handshake fails")
    run = client.send([to(name) for name in names], settings=settings)
    tell(run, "queued", 0)
    tell(run, "queued", 1)
    open_host, dane_host = (row_of(name).hosts[0] for name in names)
    expect("mails", (mails_at(open_host, client), mails_at(dane_host, client)),
           ([], []))
    for _ in range(2):
        run_queue(client, settings)
    expect("mails", (len(mails_at(open_host, client)), mails_at(dane_host, client)),
           (1, []))
    session = next(one for one in sessions_of(open_host, client) if one.mails)
    expect("is encrypted", session.is_encrypted, False)


@needs("greylisting")
def greylisting_later(_, client):
    """The queue asks the same host again, and no other one."""
    settings = queue_settings(client)
    tell(client.send(["later@" + row_of("greylisting").full_domain()],
                     settings=settings), "queued")
    run_queue(client, settings)
    first, second = row_of("greylisting").hosts
    expect("mails", (len(mails_at(first, client)), mails_at(second, client)), (1, []))


@needs("MTA-STS enforced")
def cached_policy(_, client):
    """A policy is fetched once."""
    name = "MTA-STS enforced"
    server = row_of(name).hosts[-1].https
    before = len(server.requests)
    for _ in range(2):
        tell(client.send([to(name)]), "relayed trust")
    expect("requests", len(server.requests) - before, 1)


def with_requiretls(name, wanted, host="mx"):
    """--require-tls; the host that gets the mail is asked for REQUIRETLS."""
    def case(_, client):
        run = client.send([to(name)], "--require-tls")
        tell(run, wanted)
        if wanted == "failed":
            expect("code", run.opinion().code, "5.7.30")
        if wanted in ("failed", "deferred"):
            return
        player = next(one for one in row_of(name).hosts if one.name == host)
        expect("REQUIRETLS in MAIL", [path.split(" ")[-1] for path, *_ in
                                      mails_at(player, client)], ["REQUIRETLS"])
    case.rows = (name,)
    return case


def with_waiver(name, wanted, *options):
    """The message has TLS-Required: No, which is sent, too."""
    def case(_, client):
        waiver = b"TLS-Required: No\n"
        tell(client.send([to(name)], *options, message=waiver + mx_smtpost.MESSAGE),
             wanted)
        contents = [content for host in row_of(name).hosts
                    for *_, content in mails_at(host, client)]
        expect("the field", [b"\nTLS-Required: No\r\n" in b"\n" + content
                             for content in contents],
               [True] * (wanted.split()[0] == "relayed"))
    case.rows = (name,)
    return case


@needs("REQUIRETLS and greylisting")
def requiretls_in_queue(_, client):
    """The queue keeps --require-tls with the mail."""
    settings = queue_settings(client)
    name = "REQUIRETLS and greylisting"
    tell(client.send(["kept@" + row_of(name).full_domain()], "--require-tls",
                     settings=settings), "queued")
    run_queue(client, settings)
    mails = mails_at(row_of(name).hosts[0], client)
    expect("REQUIRETLS in MAIL", [path.split(" ")[-1] for path, *_ in mails],
           ["REQUIRETLS"])


ELSEWHERE = "nameserver 192.0.2.6"  # the same server at another address

CASES = [
    ("all domains in one envelope", all_domains),
    ("clear text after a failed handshake", clear_text_later),
    ("greylisting and the queue", greylisting_later),
    ("a policy is kept", cached_policy),
    ("REQUIRETLS with DANE", with_requiretls(
        "REQUIRETLS with DANE", "relayed dane-ee")),
    ("REQUIRETLS with DANE that misfits", with_requiretls(
        "REQUIRETLS with DANE that misfits", "failed")),
    ("REQUIRETLS at the second host", with_requiretls(
        "REQUIRETLS at the second host", "relayed dane-ee", "mx2")),
    ("REQUIRETLS behind a host without STARTTLS", with_requiretls(
        "REQUIRETLS behind a host without STARTTLS", "relayed dane-ee", "mx2")),
    ("REQUIRETLS behind any certificate", with_requiretls(
        "REQUIRETLS behind any certificate", "relayed dane-ee", "mx2")),
    ("REQUIRETLS behind TLSA that misfits", with_requiretls(
        "REQUIRETLS behind TLSA that misfits", "relayed dane-ee", "mx2")),
    ("REQUIRETLS behind a dead host", with_requiretls(
        "REQUIRETLS behind a dead host", "deferred")),
    ("REQUIRETLS at no host", with_requiretls("TLSA 3 1 1", "failed")),
    ("REQUIRETLS without STARTTLS", with_requiretls("no STARTTLS", "failed")),
    ("REQUIRETLS with a trusted certificate", with_requiretls(
        "REQUIRETLS with a trusted certificate", "relayed trust")),
    ("REQUIRETLS with any certificate", with_requiretls(
        "REQUIRETLS with any certificate", "failed")),
    ("REQUIRETLS for an unsigned domain", with_requiretls(
        "REQUIRETLS for an unsigned domain", "failed")),
    ("REQUIRETLS with MTA-STS", with_requiretls(
        "MTA-STS with REQUIRETLS", "relayed trust")),
    ("REQUIRETLS and the queue", requiretls_in_queue),
    ("TLS-Required: No with DANE", with_waiver(
        "TLSA 3 1 1 of another key", "relayed tls")),
    ("TLS-Required: No with MTA-STS", with_waiver(
        "MTA-STS self-signed certificate", "relayed tls")),
    ("TLS-Required: No without STARTTLS", with_waiver(
        "TLSA without STARTTLS", "relayed clear")),
    ("TLS-Required: No with REQUIRETLS", with_waiver(
        "TLSA 3 1 1 of another key", "failed", "--require-tls")),
    ("dnssec = no", with_settings("TLSA 3 1 1", "relayed tls", "dnssec = no\n")),
    ("dnssec = no, misfit", with_settings(
        "TLSA 3 1 1 of another key", "relayed tls", "dnssec = no\n")),
    ("mx-security = none", with_settings(
        "TLSA 3 1 1 of another key", "relayed tls", "mx-security = none\n")),
    ("mx-security = none, MTA-STS", with_settings(
        "MTA-STS self-signed certificate", "relayed tls", "mx-security = none\n")),
    ("mx-security = mta-sts", with_settings(
        "TLSA 3 1 1 of another key", "relayed tls", "mx-security = mta-sts\n")),
    ("mx-security = dane", with_settings(
        "MTA-STS self-signed certificate", "relayed tls", "mx-security = dane\n")),
    ("tls = required, DANE", with_settings(
        "TLSA 3 1 1", "relayed dane-ee", "tls = required\n")),
    ("tls = required, MTA-STS", with_settings(
        "MTA-STS enforced", "relayed trust", "tls = required\n")),
    ("tls = required, self-signed", with_settings(
        "good", "deferred", "tls = required\n")),
    ("tls = required, no STARTTLS", with_settings(
        "no STARTTLS", "deferred", "tls = required\n")),
    ("tls = none", with_settings("good", "relayed clear", "tls = none\n")),
    ("name server elsewhere", with_name_servers(
        "TLSA 3 1 1", "relayed tls", ELSEWHERE)),
    ("name server elsewhere, trust-ad", with_name_servers(
        "TLSA 3 1 1", "relayed dane-ee", ELSEWHERE + "\noptions trust-ad")),
    ("name server elsewhere, dnssec = trusted", with_name_servers(
        "TLSA 3 1 1", "relayed dane-ee", ELSEWHERE, "dnssec = trusted\n")),
    ("name servers here and elsewhere", with_name_servers(
        "TLSA 3 1 1", "relayed tls", "nameserver 127.0.0.1\n" + ELSEWHERE)),
    ("name server at ::1", with_name_servers(
        "TLSA 3 1 1", "relayed dane-ee", "nameserver ::1")),
    ("name server at 127.0.0.53", with_name_servers(
        "TLSA 3 1 1", "relayed dane-ee", "nameserver 127.0.0.53")),
    ("name server at 127.0.0.11", with_name_servers(
        "TLSA 3 1 1", "relayed tls", "nameserver 127.0.0.11")),
    ("name server without validation", with_name_servers(
        "TLSA 3 1 1", "relayed tls", "nameserver 192.0.2.3", "dnssec = trusted\n")),
    ("no name server", with_name_servers(
        "good", "deferred", "nameserver 192.0.2.4\noptions timeout:1 attempts:1")),
]
