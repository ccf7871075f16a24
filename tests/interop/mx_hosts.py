"""The hosts of mx_bed that a script plays, and the certificates of all hosts.

Each host has an address of its own in 192.0.2.0/24 (some have one in
2001:db8::/32, too), on the loopback device of the bed's network, and listens at
port 25 there.
"""

import concurrent.futures
import dataclasses
import fcntl
import pathlib
import socket
import ssl
import struct
import threading
import time

import common
from mx_names import association, octets
from scripted.certificates import Certificates, available

SERVER = "tls_www_server\nsigning_key\n"
SOON = "expiration_days = 30\n"
PAST = ('activation_date = "2020-01-01 00:00:00"\n'
        'expiration_date = "2020-02-01 00:00:00"\n')
AUTHORITY = 'cn = "%s"\nca\ncert_signing_key\nexpiration_days = 60\n'
AUTHORITIES = {"root": "self", "ca1": "self", "ca2": "self", "between": "ca1"}

# kind: (who signs it, its dates, whose name it has, what the server sends after it)
KINDS = {
    "self": ("self", SOON, "host", ()),
    "trusted": ("root", SOON, "host", ()),
    "ca1": ("ca1", SOON, "host", ("ca1",)),
    "bare": ("ca1", SOON, "host", ()),
    "forged": ("ca2", SOON, "host", ("ca2", "ca1")),
    "foreign": ("ca2", SOON, "host", ("ca2",)),
    "between": ("between", SOON, "host", ("between",)),
    "between and root": ("between", SOON, "host", ("between", "ca1")),
    "expired": ("self", PAST, "host", ()),
    "expired by ca1": ("ca1", PAST, "host", ("ca1",)),
    "expired trusted": ("root", PAST, "host", ()),
    "misnamed": ("self", SOON, "other", ()),
    "misnamed by ca1": ("ca1", SOON, "other", ("ca1",)),
    "misnamed trusted": ("root", SOON, "other", ()),
    "domain by ca1": ("ca1", SOON, "domain", ("ca1",)),
    "small": ("self", SOON, "host", ()),
}


@dataclasses.dataclass
class Host:
    """One host of a row. `tlsa`: usage, selector, matching type and the name of
    what they are of: leaf, one of AUTHORITIES, or wrong."""
    name: str = "mx"  # below the row's domain, or below `at`
    kind: str = "self"
    tlsa: tuple = ()
    says: dict = dataclasses.field(default_factory=dict)  # verb: reply
    tls: str = "yes"  # yes, no (not offered), refused, broken, sni
    server: str = "scripted"  # scripted, postfix, exim, https; none: nobody listens
    at: str = ""  # the zone: "" for that of the row
    alias: str = ""  # the name that clients look up; it is a CNAME of the host
    has_ip6: bool = False
    address: str = ""
    # Filled by the bed
    full_name: str = ""
    ip6: str = ""
    chain: str = ""
    key: str = ""
    https: object = None  # the HttpsServer of a policy
    sessions: list = dataclasses.field(default_factory=list)


@dataclasses.dataclass
class Session:
    """What a client did in a session. `mails`: (path, recipients, content)."""
    sni: str = ""
    is_encrypted: bool = False
    handshake: str = ""
    lines: list = dataclasses.field(default_factory=list)
    mails: list = dataclasses.field(default_factory=list)


def add_ip6(address):
    """Gives the loopback device an IPv6 address (SIOCSIFADDR, struct in6_ifreq)."""
    try:
        with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as any_socket:
            fcntl.ioctl(any_socket, 0x8916, socket.inet_pton(socket.AF_INET6, address)
                        + struct.pack("=Ii", 128, socket.if_nametoindex("lo")))
    except OSError as fault:
        raise common.Skip(f"no IPv6 on this machine: {fault}") from fault


def add_network(address, prefix):
    """Makes a network of IPv4 addresses local: each of them can be bound."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        for request, value in ((0x8916, address), (0x891c, prefix)):
            fcntl.ioctl(any_socket, request, struct.pack(
                "16sHH4s8x", b"lo:1", socket.AF_INET, 0, socket.inet_aton(value)))


def wait_for(hosts, seconds=20):
    """Waits until these hosts listen."""
    end = time.monotonic() + seconds
    for host in hosts:
        while time.monotonic() < end:
            with socket.socket() as probe:
                if probe.connect_ex((host.address, 25)) == 0:
                    break
            time.sleep(0.02)


class Store:
    """The certificates of the bed: made once, in a folder."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.folder.mkdir()
        if not available():
            raise common.Skip("certtool (gnutls-bin) is not installed")
        self.certificates = Certificates(str(self.folder))
        for name, signer in AUTHORITIES.items():
            self.certificates.make(name, AUTHORITY % name, signer)

    def make(self, host, domain):
        """The certificate of a host: its chain, its key, its TLSA records."""
        signer, dates, whose, more = KINDS[host.kind]
        subject = {"host": host.full_name, "other": "elsewhere.zz", "domain": domain}
        name = host.full_name
        names = [subject[whose]]
        if whose == "host" and host.alias:
            names.append(f"{host.alias}.{domain}")
        self.certificates.make(
            name, f'cn = "{names[0]}"\n'
            + "".join(f'dns_name = "{one}"\n' for one in names) + SERVER + dates,
            signer, ("--key-type", "rsa", "--bits", "1024") if host.kind == "small"
            else None)
        host.key = str(self.folder / f"{name}.key")
        host.chain = str(self.folder / f"{name}.chain")
        pathlib.Path(host.chain).write_text("".join(
            (self.folder / f"{one}.pem").read_text() for one in (name, *more)))

    def make_all(self, pairs):
        with concurrent.futures.ThreadPoolExecutor(4) as pool:
            list(pool.map(lambda pair: self.make(*pair), pairs))

    def tlsa_of(self, host, records):
        """The data of TLSA records, as in a zone."""
        for record in records:
            usage, selector, matching, whose = record.split()
            if whose == "wrong":
                data = "5a" * {0: 100, 1: 32, 2: 64}[int(matching)]
            else:
                data = association(int(selector), int(matching), octets(
                    self.folder / f"{host.full_name if whose == 'leaf' else whose}.pem"))
            yield f"{usage} {selector} {matching} {data}"


class Player:
    """Plays one host, each session in a thread."""

    def __init__(self, host):
        self.host = host
        self.met = set()  # recipients of a greylisting host
        self.listeners = []
        for address in (host.address, host.ip6):
            if address:
                family = socket.AF_INET6 if ":" in address else socket.AF_INET
                listener = socket.create_server((address, 25), family=family,
                                                backlog=64)
                self.listeners.append(listener)
                threading.Thread(target=self.accept, args=(listener,),
                                 daemon=True).start()

    def stop(self):
        for listener in self.listeners:
            listener.close()

    def accept(self, listener):
        while True:
            try:
                connection = listener.accept()[0]
            except OSError:
                return
            threading.Thread(target=self.serve, args=(connection,),
                             daemon=True).start()

    def serve(self, connection):
        session = Session()
        self.host.sessions.append(session)
        connection.settimeout(60)
        try:
            with connection:
                self.talk(connection, session)
        except (OSError, ValueError) as fault:
            session.handshake = session.handshake or str(fault)

    def context(self, session):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        if self.host.kind == "small":
            context.set_ciphers("ALL:@SECLEVEL=0")
        if self.host.tls == "broken":
            # A client without this version and these ciphers fails.
            context.maximum_version = context.minimum_version = ssl.TLSVersion.TLSv1
            context.set_ciphers("AES128-SHA:@SECLEVEL=0")

        def note(_, name, __):
            session.sni = name or ""
            if self.host.tls == "sni" and name != self.host.full_name:
                return ssl.ALERT_DESCRIPTION_UNRECOGNIZED_NAME
            return None
        context.sni_callback = note
        context.load_cert_chain(self.host.chain, self.host.key)
        return context

    def reply(self, verb, default):
        said = self.host.says.get(verb, default)
        return said.encode() + b"\r\n"

    def rcpt(self, path, line):
        if not path:
            return b"503 5.5.1 MAIL first\r\n"
        if self.host.says.get("RCPT") != "greylist":
            return self.reply("RCPT", "250 2.1.5 ok")
        first = (path, line) not in self.met
        self.met.add((path, line))
        return b"450 4.7.1 greylisted\r\n" if first else b"250 2.1.5 ok\r\n"

    def talk(self, connection, session):
        name = self.host.full_name
        connection.sendall(self.reply("greeting", f"220 {name} ESMTP"))
        stream = connection.makefile("rb")
        path, recipients = "", []
        while line := stream.readline(65536):
            text = line.decode("utf-8", "replace").rstrip()
            session.lines.append(text)
            verb = text.split(" ")[0].upper()
            said = b"250 2.0.0 ok\r\n"
            if verb in ("EHLO", "HELO"):
                said = self.reply("EHLO", self.offers(session))
            elif verb == "STARTTLS":
                if self.host.tls == "refused":
                    said = b"454 4.7.0 not now\r\n"
                else:
                    connection.sendall(b"220 2.0.0 go ahead\r\n")
                    session.handshake = "begun"
                    connection = self.context(session).wrap_socket(
                        connection, server_side=True)
                    session.handshake, session.is_encrypted = "done", True
                    stream = connection.makefile("rb")
                    continue
            elif verb == "MAIL":
                said = self.reply("MAIL", "250 2.1.0 ok")
                path, recipients = text if said.startswith(b"2") else "", []
            elif verb == "RCPT":
                said = self.rcpt(path, text)
                if said.startswith(b"2"):
                    recipients.append(text)
            elif verb == "DATA":
                said = self.reply("DATA", "354 go on") if recipients else \
                    b"554 5.5.1 no recipients\r\n"
                if said.startswith(b"354"):
                    connection.sendall(said)
                    content = b""
                    while (line := stream.readline(65536)) not in (b".\r\n", b""):
                        content += line
                    session.mails.append((path, recipients, content))
                    said = self.reply("content", "250 2.0.0 taken")
            connection.sendall(said)
            if verb == "QUIT" or said.startswith(b"421"):
                return

    def offers(self, session):
        words = [self.host.full_name, "PIPELINING", "8BITMIME", "SMTPUTF8",
                 "SIZE 10000000", "ENHANCEDSTATUSCODES"]
        if self.host.tls != "no" and not session.is_encrypted:
            words.append("STARTTLS")
        if session.is_encrypted and "REQUIRETLS" in self.host.says:
            words.append("REQUIRETLS")
        return "".join(f"250-{word}\r\n" for word in words[:-1]) + f"250 {words[-1]}"
