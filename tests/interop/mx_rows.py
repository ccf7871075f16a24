"""The domains of mx_bed: one row each, with what clients must make of it.

A verdict is "relayed HOST LEVEL", "deferred CODE" or "failed CODE". HOST is below
the row's domain. LEVEL says what the client knows of the server:

    clear             no TLS
    tls               TLS, and the certificate is not judged
    dane-ee, dane-ta  TLSA records of this usage fit; MX and TLSA are signed
    dane-insecure-mx  they fit, but the MX record is not signed
    trust             the certificate is valid for the name, by tls-trust

`ours` is smtpost's verdict. `postfix` and `exim` are those of the other clients
with DANE; None: the same as `ours`, except that they do not tell dane-ee from
dane-ta, and that their codes are not compared. `finger` is the level at which
posttls-finger -l dane reaches a server, "none" if it does not. Where one of them
differs from `ours`, `why` says why smtpost is right to differ. "any" is not compared.
"""

import dataclasses

from mx_hosts import Host
from scripted import https

TEXT = {"Content_Type": "text/plain"}


@dataclasses.dataclass
class Sts:
    """An MTA-STS policy: its lines after the version and before max_age, or an answer
    of https.py; the kind of its server's certificate; the data of the TXT record."""
    lines: str = ""
    kind: str = "trusted"
    txt: str = '"v=STSv1; id=20260101;"'
    answer: bytes = None

    def hosts(self, domain):
        return [line[4:].format(domain) for line in self.lines.split("\n")
                if line.startswith("mx: ")]

    def reply(self, domain):
        lines = ["version: STSv1", *self.lines.format(domain).split("\n"),
                 "max_age: 86400"]
        return self.answer or https.reply(
            body="".join(f"{line}\r\n" for line in lines).encode(), **TEXT)


@dataclasses.dataclass
class Row:
    name: str
    ours: str
    hosts: tuple = dataclasses.field(default_factory=lambda: (Host(),))
    records: str = None  # lines of a zone; None: MX 10, 20, ... for the hosts
    zone: str = ""
    domain: str = ""  # where it is not made from name and zone; or an address literal
    postfix: str = None
    exim: str = None
    finger: str = None
    why: str = ""
    sts: Sts = None
    is_secure: bool = False  # posttls-finger -l secure is asked
    is_sample: bool = False
    is_slow: bool = False  # somebody waits for a time-out

    def full_domain(self):
        if self.domain:
            return self.domain
        label = "".join(one if one.isalnum() else "-" for one in self.name.lower())
        return ".".join(part for part in (label, self.zone, "zz") if part)


def dane(name, kind, records, ours, **more):
    """A row with one host that has TLSA records. Where they do not fit, smtpost
    defers (RFC 7672 2.2)."""
    host = {key: more.pop(key) for key in ("alias", "tls", "says", "server")
            if key in more}
    return Row("TLSA " + name, ours, (Host(kind=kind, tlsa=records, **host),), **more)


OWN_NAME = "The name is our ehlo-name; the others compare addresses only"
OWN_ADDRESS = "It is skipped: no host of a foreign domain has such an address"
FINGER_STOPS = "posttls-finger stops at the first host that talks to it"
NO_NEXT_HOST = "Only the same hosts, later: the next host is no way around greylisting"
CLEAR_LATER = "Clear text is only for a later attempt from the queue"
FORGED = "Exim uses libdane, which takes a foreign chain with the true root appended"
INSECURE_MX = "RFC 7672 2.2.1: TLSA records of the MX host may be used"

MX_ROWS = [
    Row("good", "relayed mx tls", is_sample=True),
    Row("null MX", "failed 5.1.10", (), "@ MX 0 .", is_sample=True),
    Row("null MX with another preference", "failed 5.1.10", (), "@ MX 10 ."),
    Row("null MX beside an address", "failed 5.1.10", (Host("@"),), "@ MX 0 ."),
    Row("root target beside others", "relayed mx tls", records="@ MX 0 .\n@ MX 10 mx",
        postfix="failed 5.1.0", finger="none",
        why="RFC 7505 3: a root target means no mail only if it is the single record"),
    Row("implicit MX", "relayed @ tls", (Host("@"),), "", is_sample=True),
    Row("implicit MX by IPv6", "relayed @ tls", (Host("@", has_ip6=True),), ""),
    Row("no MX and no address", "failed 5.4.4", (), '@ TXT "nothing"'),
    Row("no such domain", "failed 5.1.2", (), "", domain="nowhere.zz", is_sample=True),
    Row("domain by CNAME", "relayed mx tls", domain="alias.zz",
        records="alias.zz. CNAME domain-by-cname.zz.\ndomain-by-cname.zz. MX 10 mx.alias.zz."
        ),
    Row("domain by a CNAME to nothing", "failed 5.1.2", (), "@ CNAME nowhere.zz."),
    Row("domain in a loop of CNAME", "deferred 4.4.3", (),
        "@ CNAME two\ntwo CNAME @"),
    Row("CNAME as MX", "relayed alias tls", (Host(alias="alias"),), "@ MX 10 alias"),
    Row("MX that does not exist", "failed 5.4.4", (), "@ MX 10 nowhere.zz."),
    Row("MX without an address", "failed 5.4.4", (), '@ MX 10 mx\nmx TXT "x"'),
    Row("MX that does not exist beside an address", "failed 5.4.4", (Host("@"),),
        "@ MX 10 nowhere.zz."),
    Row("first MX does not exist", "relayed mx tls", records="@ MX 5 gone\n@ MX 10 mx"),
    Row("MX that is an address", "failed 5.4.4", (), "@ MX 10 192.0.2.1.",
        postfix="deferred",
        why="RFC 5321 5.1: the target is a name, and no name ends in a number"),
    Row("MX that is an address beside others", "relayed mx tls",
        records="@ MX 5 192.0.2.1.\n@ MX 10 mx"),
    Row("MX name with an underscore", "relayed mx_1 tls", (Host("mx_1"),)),
    Row("MX that is this machine", "failed 5.4.6", (), "@ MX 10 client.zz.",
        postfix="deferred", exim="deferred", why=OWN_NAME),
    Row("this machine is the second MX", "relayed mx tls",
        records="@ MX 10 mx\n@ MX 20 client.zz."),
    Row("this machine is the first MX", "failed 5.4.6", (Host("worse"),),
        "@ MX 10 client.zz.\n@ MX 20 worse",
        postfix="relayed worse tls", exim="relayed worse tls", why=OWN_NAME),
    Row("this machine is behind a dead host", "deferred 4.4.1", (Host(server="none"),),
        "@ MX 10 mx\n@ MX 20 client.zz."),
    Row("MX at 127.0.0.1", "failed 5.4.4", (), "@ MX 10 home\nhome A 127.0.0.1",
        is_sample=True),
    Row("MX at 0.0.0.0", "failed 5.4.4", (), "@ MX 10 home\nhome A 0.0.0.0",
        postfix="deferred", why=OWN_ADDRESS),
    Row("MX at ::1", "failed 5.4.4", (), "@ MX 10 home\nhome AAAA ::1",
        postfix="deferred", exim="deferred", why=OWN_ADDRESS),
    Row("MX at ::ffff:127.0.0.1", "failed 5.4.4", (),
        "@ MX 10 home\nhome AAAA ::ffff:127.0.0.1",
        postfix="deferred", why=OWN_ADDRESS),
    Row("MX at a multicast address", "failed 5.4.4", (), "@ MX 10 home\nhome A 224.0.0.1",
        postfix="deferred", exim="deferred", why=OWN_ADDRESS),
    Row("MX at 127.0.0.1 before another", "relayed mx tls",
        records="@ MX 5 home\nhome A 127.0.0.1\n@ MX 10 mx",
        postfix="failed 5.4.6",
        why="It is skipped: no host of a foreign domain is at this machine"),
    Row("equal preference", "relayed mx|mx2 tls", (Host(), Host("mx2")),
        "@ MX 10 mx\n@ MX 10 mx2"),
    Row("dead host of two with equal preference", "relayed mx tls",
        (Host(), Host("mx2", server="none")), "@ MX 10 mx\n@ MX 10 mx2"),
    Row("best host is dead", "relayed mx2 tls", (Host(server="none"), Host("mx2")),
        is_sample=True),
    Row("all hosts are dead", "deferred 4.4.1",
        (Host(server="none"), Host("mx2", server="none"))),
    # 64 of the records are used, whichever come first.
    Row("70 MX", "relayed a0|a1|a2|a3|a4|a5|a6 tls", (Host("a0", address="192.0.2.248"),),
        "\n".join(f"@ MX {i + 1} a{i}\na{i} A 192.0.2.248" for i in range(70))),
    Row("25 MX that do not exist before one that does", "relayed last tls", (Host("last"),),
        "\n".join([f"@ MX {i + 1} gone{i}" for i in range(25)] + ["@ MX 99 last"])),
    Row("20 dead hosts before a live one", "relayed last tls", (Host("last"),),
        "\n".join([f"@ MX {i + 1} dead{i}\ndead{i} A 192.0.2.4" for i in range(19)]
                  + ["@ MX 99 last"]),
        postfix="deferred", why="Postfix tries only five addresses"),
    Row("IPv6 only", "relayed six tls", (Host("six", has_ip6=True, address="-"),)),
    Row("IPv6 is dead", "relayed mx tls", (Host(),),
        "@ MX 10 mx\nmx AAAA 2001:db8::dead"),
    Row("address literal", "relayed @ tls", (Host("@"),), "", domain="[192.0.2.249]",
        exim="deferred", why="Exim's process crashes here"),
    Row("literal of IPv6", "relayed @ tls", (Host("@", has_ip6=True),), "",
        domain="[IPv6:2001:db8::249]",
        exim="silent", why="Exim's process crashes here"),
    Row("literal of this machine", "failed 5.1.2", (), "", domain="[127.0.0.1]",
        postfix="silent", exim="deferred",
        why="Postfix takes it for a local address; smtpost never sends mail to this machine"),
]

REPLY_ROWS = [
    Row("greeting 421", "relayed mx2 tls",
        (Host(says={"greeting": "421 4.3.2 busy"}), Host("mx2")), is_sample=True,
        finger="none", why=FINGER_STOPS),
    Row("greeting 554", "relayed mx2 tls",
        (Host(says={"greeting": "554 5.7.1 not you"}), Host("mx2")),
        finger="none", why=FINGER_STOPS),
    Row("greeting 554 everywhere", "deferred 5.7.1",
        (Host(says={"greeting": "554 5.7.1 not you"}),
         Host("mx2", says={"greeting": "554 5.7.1 not you"})),
        exim="failed", why="Many hosts refuse all new clients so for a while"),
    Row("greeting 421 everywhere", "deferred 4.3.2",
        (Host(says={"greeting": "421 4.3.2 busy"}),
         Host("mx2", says={"greeting": "421 4.3.2 busy"}))),
    Row("EHLO 421", "relayed mx2 tls",
        (Host(says={"EHLO": "421 4.3.2 busy"}), Host("mx2")),
        finger="none", why=FINGER_STOPS),
    Row("MAIL 451", "relayed mx2 tls",
        (Host(says={"MAIL": "451 4.3.0 later"}), Host("mx2"))),
    Row("MAIL 421", "relayed mx2 tls",
        (Host(says={"MAIL": "421 4.3.0 later"}), Host("mx2"))),
    Row("MAIL 550", "failed 5.7.1",
        (Host(says={"MAIL": "550 5.7.1 no"}), Host("mx2"))),
    Row("RCPT 550", "failed 5.1.1",
        (Host(says={"RCPT": "550 5.1.1 no"}), Host("mx2"))),
    Row("greylisting", "deferred 4.7.1", (Host(says={"RCPT": "greylist"}), Host("mx2")),
        postfix="relayed mx2 tls", exim="relayed mx2 tls", why=NO_NEXT_HOST),
    Row("DATA 451", "deferred 4.3.0",
        (Host(says={"DATA": "451 4.3.0 later"}), Host("mx2")),
        postfix="relayed mx2 tls", exim="relayed mx2 tls", why=NO_NEXT_HOST),
    Row("content 451", "deferred 4.3.0",
        (Host(says={"content": "451 4.3.0 later"}), Host("mx2")),
        postfix="relayed mx2 tls", exim="relayed mx2 tls", why=NO_NEXT_HOST),
    Row("content 554", "failed 5.6.0",
        (Host(says={"content": "554 5.6.0 no"}), Host("mx2"))),
    Row("no STARTTLS", "relayed mx clear", (Host(tls="no"),), is_sample=True),
    Row("STARTTLS refused", "relayed mx clear", (Host(tls="refused"),)),
    Row("handshake fails", "deferred", (Host(tls="broken"),),
        exim="relayed mx clear", why=CLEAR_LATER),
    Row("handshake fails at the first host", "relayed mx2 tls",
        (Host(tls="broken"), Host("mx2")),
        exim="relayed mx clear", finger="none", why=CLEAR_LATER),
    Row("certificate for nobody", "relayed mx tls", (Host(kind="misnamed"),)),
    Row("expired certificate", "relayed mx tls", (Host(kind="expired"),)),
    Row("Postfix", "relayed mx tls", (Host(server="postfix"),)),
    Row("Exim", "relayed mx tls", (Host(server="exim"),)),
]

DANE_ROWS = [
    dane("3 1 1", "self", ("3 1 1 leaf",), "relayed mx dane-ee", is_sample=True),
    dane("3 1 1 at Postfix", "self", ("3 1 1 leaf",), "relayed mx dane-ee",
         server="postfix", is_sample=True),
    dane("3 1 1 at Exim", "self", ("3 1 1 leaf",), "relayed mx dane-ee",
         server="exim"),
    dane("3 0 1", "self", ("3 0 1 leaf",), "relayed mx dane-ee"),
    dane("3 1 2", "self", ("3 1 2 leaf",), "relayed mx dane-ee"),
    dane("3 0 2", "self", ("3 0 2 leaf",), "relayed mx dane-ee"),
    dane("3 1 0", "self", ("3 1 0 leaf",), "relayed mx dane-ee"),
    dane("3 0 0", "self", ("3 0 0 leaf",), "relayed mx dane-ee", is_sample=True),
    dane("3 1 1 of another key", "self", ("3 1 1 wrong",), "deferred 4.7.5",
         is_sample=True),
    dane("3 1 1 of the authority", "ca1", ("3 1 1 ca1",), "deferred 4.7.5"),
    dane("rolled key", "self", ("3 1 1 wrong", "3 1 1 leaf"), "relayed mx dane-ee"),
    dane("two digests", "self", ("3 1 1 leaf", "3 1 2 leaf"), "relayed mx dane-ee"),
    dane("wrong strong digest beside a weak one", "self",
         ("3 1 2 wrong", "3 1 1 leaf"), "deferred 4.7.5",
        exim="relayed mx dane-ee", why="RFC 7671 9: only the strongest digest counts"),
    dane("expired under 3", "expired", ("3 1 1 leaf",), "relayed mx dane-ee"),
    dane("wrong name under 3", "misnamed", ("3 1 1 leaf",), "relayed mx dane-ee"),
    dane("weak key under 3", "small", ("3 1 1 leaf",), "relayed mx dane-ee"),
    dane("2 1 1", "ca1", ("2 1 1 ca1",), "relayed mx dane-ta", is_sample=True),
    dane("2 0 1", "ca1", ("2 0 1 ca1",), "relayed mx dane-ta"),
    dane("2 0 2", "ca1", ("2 0 2 ca1",), "relayed mx dane-ta"),
    dane("2 0 1 of a root beyond the chain", "bare", ("2 0 1 ca1",), "deferred 4.7.5"),
    dane("2 1 1 of an intermediate", "between", ("2 1 1 between",),
         "relayed mx dane-ta"),
    dane("2 0 1 of a root above an intermediate", "between and root", ("2 0 1 ca1",),
         "relayed mx dane-ta"),
    dane("2 0 0", "ca1", ("2 0 0 ca1",), "relayed mx dane-ta"),
    dane("2 0 0 of a root that is not sent", "bare", ("2 0 0 ca1",),
         "relayed mx dane-ta",
        exim="deferred", why="The record itself has the certificate (RFC 7671 5.2.3)"),
    dane("2 1 0", "ca1", ("2 1 0 ca1",), "relayed mx dane-ta"),
    dane("2 1 0 of a root that is not sent", "bare", ("2 1 0 ca1",), "deferred 4.7.5",
        postfix="relayed mx dane-ta", finger="dane",
        why="A bare key makes no chain without its certificate"),
    dane("2 0 1 with a forged chain", "forged", ("2 0 1 ca1",), "deferred 4.7.5",
         is_sample=True,
        exim="relayed mx dane-ta", why=FORGED),
    dane("2 1 1 with a forged chain", "forged", ("2 1 1 ca1",), "deferred 4.7.5",
        exim="relayed mx dane-ta", why=FORGED),
    dane("2 0 1 of another root", "foreign", ("2 0 1 ca1",), "deferred 4.7.5"),
    dane("2 1 1 of the leaf itself", "self", ("2 1 1 leaf",), "deferred 4.7.5"),
    dane("expired under 2", "expired by ca1", ("2 1 1 ca1",), "deferred 4.7.5"),
    dane("wrong name under 2", "misnamed by ca1", ("2 1 1 ca1",), "deferred 4.7.5"),
    dane("recipient's domain under 2", "domain by ca1", ("2 1 1 ca1",),
         "relayed mx dane-ta",
        exim="deferred",
        why="RFC 7672 3.2.2: the recipient's domain is a reference identifier, too"),
    dane("2 beside a fitting 3", "misnamed by ca1", ("2 1 1 ca1", "3 1 1 leaf"),
         "relayed mx dane-ee"),
    dane("1 1 1", "self", ("1 1 1 leaf",), "relayed mx tls"),
    dane("0 0 1", "ca1", ("0 0 1 ca1",), "relayed mx tls"),
    dane("unusable beside a usable one", "self", ("1 1 1 wrong", "3 1 1 leaf"),
         "relayed mx dane-ee"),
    dane("unusable without STARTTLS", "self", ("1 1 1 leaf",), "deferred 4.7.5",
         tls="no"),
    dane("without STARTTLS", "self", ("3 1 1 leaf",), "deferred 4.7.5", tls="no",
         is_sample=True),
    dane("STARTTLS refused", "self", ("3 1 1 leaf",), "deferred 4.7.0", tls="refused"),
    dane("handshake fails", "self", ("3 1 1 leaf",), "deferred 4.7.5", tls="broken"),
    Row("TLSA misfit at the best host", "relayed mx2 dane-ee",
        (Host(tlsa=("3 1 1 wrong",)), Host("mx2", tlsa=("3 1 1 leaf",))),
        finger="tls", why=FINGER_STOPS),
    Row("TLSA of a dead host", "relayed mx2 dane-ee",
        (Host(server="none", tlsa=("3 1 1 leaf",)), Host("mx2", tlsa=("3 1 1 leaf",)))),
    Row("TLSA misfit at the best host, none at the next", "relayed mx2 tls",
        (Host(tlsa=("3 1 1 wrong",)), Host("mx2"))),
    Row("TLSA by SNI", "relayed mx dane-ee",
        (Host(tlsa=("3 1 1 leaf",), tls="sni"),)),
    Row("TLSA of the target of a CNAME", "relayed alias dane-ee",
        (Host(tlsa=("3 1 1 leaf",), tls="sni", alias="alias"),), "@ MX 10 alias"),
    Row("TLSA of a name that is a CNAME", "relayed alias dane-ee",
        (Host(alias="alias"),),
        "@ MX 10 alias\n_25._tcp.alias TLSA {3 1 1 leaf mx}",
        exim="relayed mx tls",
        why="RFC 7672 2.2.2: the name of the MX record is tried after its target"),
    Row("TLSA by CNAME", "relayed mx dane-ee", (Host(),),
        "@ MX 10 mx\n_25._tcp.mx CNAME tlsa\ntlsa TLSA {3 1 1 leaf mx}"),
    Row("TLSA of an implicit MX", "relayed @ dane-ee",
        (Host("@", tlsa=("3 1 1 leaf",)),), ""),
    Row("TLSA of a host in an unsigned zone", "relayed mx tls",
        (Host(tlsa=("3 1 1 wrong",)),), zone="plain", is_sample=True),
    Row("signed host for an unsigned domain", "relayed mx dane-insecure-mx",
        (Host(tlsa=("3 1 1 leaf",), at="signed-host.zz"),), zone="plain",
        is_sample=True,
        exim="relayed mx tls", why=INSECURE_MX),
    Row("signed host that misfits for an unsigned domain", "deferred 4.7.5",
        (Host(tlsa=("3 1 1 wrong",), at="signed-host-2.zz"),), zone="plain",
        exim="relayed mx tls", why=INSECURE_MX),
    Row("unsigned host for a signed domain", "relayed mx tls",
        (Host(tlsa=("3 1 1 wrong",), at="unsigned-host.plain.zz"),)),
    Row("CNAME from an unsigned zone to a signed host", "relayed alias tls",
        (Host(tlsa=("3 1 1 wrong",), at="signed-host-3.zz", alias="alias"),),
        "@ MX 10 alias\nalias CNAME mx.signed-host-3.zz.", zone="plain"),
    Row("TLSA not to be had", "deferred 4.7.5", (Host(),),
        "@ MX 10 mx\n_25._tcp.mx CNAME tlsa.lame.zz.", is_sample=True),
    Row("TLSA not to be had at the best host", "relayed mx2 tls",
        (Host(), Host("mx2")),
        "@ MX 10 mx\n@ MX 20 mx2\n_25._tcp.mx CNAME tlsa.lame.zz."),
    Row("bogus TLSA", "deferred 4.7.5", (Host(),),
        "@ MX 10 mx\n_25._tcp.mx CNAME tlsa.bogus.zz."),
    Row("forged address", "deferred 4.4.3", (Host(address="192.0.2.252", at="forger.zz"),),
        "@ MX 10 host\nhost A 192.0.2.251", is_sample=True),
    Row("forged MX record", "deferred 4.4.3",
        (Host("@", at="forged-target.zz"),), "@ MX 10 signed-target.zz."),
    Row("forged TLSA record", "deferred 4.7.5",
        records="@ MX 10 mx\n_25._tcp.mx TLSA 3 1 1 " + "a1" * 32),
    Row("bogus domain", "deferred 4.4.3", zone="bogus", is_sample=True),
    Row("bogus host", "deferred 4.4.3", (Host(at="host.bogus.zz"),)),
    Row("bogus host before a good one", "relayed mx2 tls",
        (Host(at="host-2.bogus.zz"), Host("mx2"))),
    Row("SERVFAIL", "deferred 4.4.3", (), "", domain="x.lame.zz", is_sample=True),
    Row("name server is down", "deferred 4.4.3", (), "", domain="x.down.zz",
        is_slow=True),
    Row("name server of the host is down", "deferred 4.4.3", (), "@ MX 10 mx.down.zz.",
        is_slow=True),
    Row("name server of the best host is down", "relayed mx tls",
        records="@ MX 5 mx.down.zz.\n@ MX 10 mx", is_slow=True),
]

ENFORCE = "mode: enforce\nmx: mx.{0}"


def sts(name, ours, policy=ENFORCE, kind="trusted", hosts=None, records=None, zone="",
        is_sample=False, kind_of_policy="trusted", **more):
    """A row with a policy. The other clients do not ask for it. Where the policy is
    in force for a single host, posttls-finger -l secure, which is given the names in
    it, verifies the host if smtpost does."""
    row = Row("MTA-STS " + name, ours, hosts or (Host(kind=kind),), records, zone,
              is_sample=is_sample)
    row.sts = Sts(policy, kind_of_policy, **more)
    row.postfix = row.exim = "any"
    row.why = "The others have no MTA-STS"
    row.is_secure = (policy.startswith("mode: enforce\nmx: ") and "*" not in policy
                     and ours.split()[-1] in ("trust", "4.7.5")
                     and len(row.hosts) == 1 and not row.hosts[0].tlsa and not records)
    return row


STS_ROWS = [
    sts("enforced", "relayed mx trust", is_sample=True),
    sts("enforced for an unsigned domain", "relayed mx trust", zone="plain"),
    sts("enforced at Postfix", "relayed mx trust",
        hosts=(Host(kind="trusted", server="postfix"),)),
    sts("enforced with a pattern", "relayed mx trust", "mode: enforce\nmx: *.{0}"),
    sts("pattern for one label only", "deferred 4.7.5", "mode: enforce\nmx: *.{0}",
        hosts=(Host("a.mx", kind="trusted"),)),
    sts("pattern below the host", "deferred 4.7.5", "mode: enforce\nmx: *.mx.{0}"),
    sts("self-signed certificate", "deferred 4.7.5", kind="self", is_sample=True),
    sts("expired certificate", "deferred 4.7.5", kind="expired trusted"),
    sts("certificate with another name", "deferred 4.7.5", kind="misnamed trusted"),
    sts("other host", "deferred 4.7.5", "mode: enforce\nmx: elsewhere.zz"),
    sts("no hosts", "relayed mx tls", "mode: enforce"),
    sts("second host only", "relayed mx2 trust", "mode: enforce\nmx: mx2.{0}",
        hosts=(Host(kind="trusted"), Host("mx2", kind="trusted"))),
    sts("certificate of the first host is bad", "relayed mx2 trust",
        "mode: enforce\nmx: *.{0}", hosts=(Host(), Host("mx2", kind="trusted"))),
    sts("no STARTTLS", "deferred 4.7.5", hosts=(Host(tls="no"),)),
    sts("STARTTLS refused", "deferred 4.7.0", hosts=(Host(tls="refused"),)),
    sts("handshake fails", "deferred", hosts=(Host(tls="broken"),)),
    sts("testing", "relayed mx tls", "mode: testing\nmx: mx.{0}", kind="self",
        is_sample=True),
    sts("testing with a good certificate", "relayed mx trust",
        "mode: testing\nmx: mx.{0}"),
    sts("testing with another host", "relayed mx trust", "mode: testing\nmx: a.zz"),
    sts("testing without STARTTLS", "relayed mx clear", "mode: testing\nmx: mx.{0}",
        hosts=(Host(tls="no"),)),
    sts("none", "relayed mx tls", "mode: none", kind="self"),
    sts("unknown mode", "relayed mx tls", "mode: strict\nmx: mx.{0}", kind="self"),
    sts("expired certificate of the policy", "relayed mx tls", "mode: enforce\nmx: a.zz",
        kind_of_policy="expired trusted"),
    sts("policy of another name", "relayed mx tls", "mode: enforce\nmx: a.zz",
        kind_of_policy="misnamed trusted"),
    sts("policy with a self-signed certificate", "relayed mx tls",
        "mode: enforce\nmx: a.zz", kind_of_policy="self"),
    sts("404", "relayed mx tls", answer=https.reply(404, **TEXT)),
    sts("redirect", "relayed mx tls", answer=https.reply(
        302, Location="https://mta-sts.mta-sts-enforced.zz/.well-known/mta-sts.txt")),
    sts("large policy", "relayed mx tls", "mode: enforce\nmx: a.zz\n" + "x: y\n" * 20000),
    sts("policy in chunks", "relayed mx trust", answer=https.head(
        Transfer_Encoding="chunked", **TEXT) + https.chunked(
            b"version: STSv1\nmode: enforce\nmx: *.mta-sts-policy-in-chunks.zz\n"
            b"max_age: 86400\n")),
    sts("record in pieces", "relayed mx trust", txt='"v=STSv1; " "id=2026" "0101;"'),
    sts("record without an ID", "relayed mx tls", txt='"v=STSv1;"'),
    sts("two records", "relayed mx tls",
        txt='"v=STSv1; id=1;"\n_mta-sts TXT "v=STSv1; id=2;"'),
    sts("other records beside it", "relayed mx trust",
        txt='"v=STSv1; id=1;"\n_mta-sts TXT "v=spf1 -all"'),
    sts("and TLSA", "relayed mx dane-ee", "mode: enforce\nmx: *.{0}",
        hosts=(Host(kind="trusted", tlsa=("3 1 1 leaf",)),)),
    sts("and TLSA of a forged MX", "deferred 4.7.5", "mode: enforce\nmx: mx.good.zz",
        hosts=(Host(tlsa=("3 1 1 leaf",), at="attacker.zz"),), zone="plain"),
    sts("and TLSA of the MX of an unsigned domain", "relayed mx dane-insecure-mx",
        "mode: enforce\nmx: mx.signed-host-5.zz",
        hosts=(Host(tlsa=("3 1 1 leaf",), at="signed-host-5.zz"),), zone="plain"),
    sts("and TLSA that misfits", "deferred 4.7.5", is_sample=True,
        hosts=(Host(kind="trusted", tlsa=("3 1 1 wrong",)),)),
    sts("and TLSA not to be had", "deferred 4.7.5",
        records="@ MX 10 mx\n_25._tcp.mx CNAME tlsa.lame.zz."),
    sts("and unusable TLSA", "relayed mx trust",
        hosts=(Host(kind="trusted", tlsa=("1 1 1 leaf",)),)),
    sts("and TLSA at the first host", "relayed mx dane-ee", "mode: enforce\nmx: *.{0}",
        hosts=(Host(tlsa=("3 1 1 leaf",)), Host("mx2", kind="trusted"))),
]

# Without --require-tls, REQUIRETLS changes nothing; mx_cases.py asks for it.
PROMISE = {"REQUIRETLS": ""}

REQUIRETLS_ROWS = [
    Row("REQUIRETLS with DANE", "relayed mx dane-ee",
        (Host(tlsa=("3 1 1 leaf",), says=PROMISE),)),
    Row("REQUIRETLS with DANE that misfits", "deferred 4.7.5",
        (Host(tlsa=("3 1 1 wrong",), says=PROMISE),)),
    Row("REQUIRETLS at the second host", "relayed mx dane-ee",
        (Host(tlsa=("3 1 1 leaf",)), Host("mx2", tlsa=("3 1 1 leaf",), says=PROMISE))),
    Row("REQUIRETLS behind a host without STARTTLS", "relayed mx clear",
        (Host(tls="no"), Host("mx2", tlsa=("3 1 1 leaf",), says=PROMISE))),
    Row("REQUIRETLS behind any certificate", "relayed mx tls",
        (Host(), Host("mx2", tlsa=("3 1 1 leaf",), says=PROMISE))),
    Row("REQUIRETLS behind TLSA that misfits", "relayed mx2 dane-ee",
        (Host(tlsa=("3 1 1 wrong",)), Host("mx2", tlsa=("3 1 1 leaf",), says=PROMISE)),
        finger="tls", why=FINGER_STOPS),
    Row("REQUIRETLS behind a dead host", "relayed mx2 clear",
        (Host(server="none"), Host("mx2", tls="no"))),
    Row("REQUIRETLS with a trusted certificate", "relayed mx tls",
        (Host(kind="trusted", says=PROMISE),)),
    Row("REQUIRETLS with any certificate", "relayed mx tls", (Host(says=PROMISE),)),
    Row("REQUIRETLS for an unsigned domain", "relayed mx dane-insecure-mx",
        (Host(tlsa=("3 1 1 leaf",), at="signed-host-4.zz", says=PROMISE),),
        zone="plain", exim="relayed mx tls", why=INSECURE_MX),
    Row("REQUIRETLS and greylisting", "deferred 4.7.1",
        (Host(tlsa=("3 1 1 leaf",), says={**PROMISE, "RCPT": "greylist"}),),
        finger="dane", why="posttls-finger says no RCPT"),
    sts("with REQUIRETLS", "relayed mx trust", zone="plain",
        hosts=(Host(kind="trusted", says=PROMISE),)),
]

ROWS = MX_ROWS + REPLY_ROWS + DANE_ROWS + STS_ROWS + REQUIRETLS_ROWS
