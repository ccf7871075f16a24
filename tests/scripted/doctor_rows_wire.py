"""Servers that do not greet as a mail server should, or not at all."""

import email.utils
import time

from scripted import doctor_server
from scripted.doctor_certificates import lives
from scripted.doctor_row import Row, serve
from scripted.doctor_rows_tls import CLIENT, client
from scripted.doctor_server import OFFER, ehlo

FOREIGN = ("greeting.foreign", "failure")
GREETING = ("greeting", "failure")
MODE = ("greeting.mode", "failure")
EHLO = ("ehlo", "failure")
STARTTLS = ("ehlo.starttls", "failure")
# A server that says nothing is waited for.
SOON = "timeout = 1s\n"
REDIRECT = (b"HTTP/1.1 302 Found\r\nLocation: http://portal.example/login\r\n"
            b"Content-Length: 0\r\n\r\n")
PLAIN = "smtp://{0}"


def first(said):
    """Says this at once, and then nothing."""
    def takes_over(connection):
        connection.sendall(said)
        connection.recv(4096)
    return serve(takes_over=takes_over)


def after(said):
    """Says this after whatever comes."""
    def takes_over(connection):
        connection.recv(4096)
        connection.sendall(said)
    return serve(takes_over=takes_over)


def late(reply):
    """Says it only after the time that --doctor waits, but a mail does not."""
    def say(session):
        time.sleep(1.5)
        return reply
    return say


def mute(connection):
    while connection.recv(4096):
        pass


def tells(name, server, finding, **more):
    """The server knows the password, and says it where no reply is expected."""
    return row("the password " + name, server, finding,
               **{"reports": ("text", "monitor"), "says": "***", **more})


def date(seconds):
    return email.utils.formatdate(time.time() + seconds)


def row(name, servers, finding, **more):
    """Without TLS from the start, and without a login."""
    return Row(name, servers, finding, **{"url": PLAIN, "logins": 0, **more})


ROWS = [
    row("HTTP at once", first(b"HTTP/1.1 400 Bad Request\r\n\r\n<html>"),
        FOREIGN, says="at 127.0.0.1 port", status=76),
    row("HTTP after a request", after(REDIRECT), FOREIGN, config=SOON,
        says='speaks HTTP, not SMTP: "HTTP/1.1 302 Found"\nthis network '
        "wants a login in a browser first, at portal.example", status=75),
    row("HTTP at once, redirected", first(REDIRECT), FOREIGN,
        says="at portal.example", status=76),
    row("HTTP at a port for TLS", after(REDIRECT), FOREIGN, url="smtps://{0}",
        says="at portal.example", status=76),
    row("a page at once", first(b"<!DOCTYPE html>\n<title>Log in</title>"),
        FOREIGN, says="a login in a browser", status=76),
    row("SSH", first(b"SSH-2.0-OpenSSH_9.2\r\n"), FOREIGN,
        says='speaks SSH, not SMTP: "SSH-2.0-OpenSSH_9.2"', status=76),
    row("IMAP", first(b"* OK IMAP4rev1 ready\r\n"), FOREIGN, says="IMAP",
        status=76),
    row("POP3", first(b"+OK ready\r\n"), FOREIGN, says="POP3", status=76),

    row("a server without a word", serve(takes_over=mute), GREETING,
        config=SOON, says="accepts connections and says nothing", status=75),
    Row("a late greeting", serve(greeting=late("220 mx.test ESMTP")),
        ("greeting", "warning"), url=PLAIN, config="timeout-connect = 1s\n",
        says="every mail waits for its greeting", status=0),
    Row("a late reply to EHLO", serve(
        is_implicit=True, EHLO_tls=late(doctor_server.GOOD["EHLO tls"])),
        ("ehlo", "warning"), config="timeout-connect = 1s\n", status=0),
    row("a connection that ends at once",
        serve(takes_over=lambda connection: None), GREETING,
        says="ends the connection without a greeting", status=75),
    row("no reply at all", first(b"hello\r\n"), GREETING,
        says='is no greeting of a mail server: "hello"', status=76),
    row("a reply that is no greeting", serve(greeting="250 odd"), GREETING,
        says="250 odd", status=76),
    row("554 to all", serve(
        greeting="554 5.7.1 blocked using list.example; see http://x"),
        GREETING, says="block list", status=75),
    row("554 under TLS", serve(greeting="554 5.7.1 no", is_implicit=True),
        GREETING, url="smtps://{0}", says="refuses this machine: 554 5.7.1 no",
        status=69),
    row("421 to all", serve(greeting="421 4.7.0 too many connections"),
        GREETING, says="is busy: 421 4.7.0 too many connections", status=75),
    row("450 to all", serve(greeting="450 4.3.2 later"), GREETING, status=75),

    row("TLS where STARTTLS was meant", serve(is_implicit=True), MODE,
        config=SOON, says="wants TLS from the start", status=75),
    row("STARTTLS where TLS was meant, at two servers", [serve(), serve()],
        MODE, url="smtps://{0}, smtps://{1}",
        says="speaks SMTP and wants STARTTLS", status=76),
    row("STARTTLS where TLS was meant", serve(), MODE, url="smtps://{0}",
        says="speaks SMTP and wants STARTTLS", status=76),

    tells("instead of a greeting", first(b"hunter2\r\n"), GREETING, status=76),
    tells("after a line that is no reply", first(b"x\r\nhunter2\r\n"), GREETING,
          status=76),
    tells("in a line without an end", first(b"x hunter2"), GREETING,
          config=SOON, status=76),
    tells("in a line that is too long", first(b"x hunter2" + 70000 * b"x"),
          GREETING, status=76),
    tells("in a greeting", first(b"554 hunter2\r\n"), GREETING, status=75),
    tells("in HTTP", first(b"HTTP/1.0 200 hunter2\r\n"), FOREIGN, status=76),
    tells("in HTTP without an end", first(b"HTTP/1.0 200 hunter2"), FOREIGN,
          config=SOON, status=76),
    tells("in the place of a login page", first(
        REDIRECT.replace(b"portal", b"hunter2")), FOREIGN, status=76),
    tells("in HTTP at a port for TLS", after(b"HTTP/1.0 200 hunter2\r\n"),
          FOREIGN, url="smtps://{0}", status=76),
    tells("in a greeting at a port for TLS", after(b"220 hunter2\r\n"), MODE,
          url="smtps://{0}", says="", status=76),
    tells("in a line at a port for TLS", after(b"x hunter2\r\n"),
          ("tls.version", "failure"), url="smtps://{0}", status=76),

    Row("a clock that is 3 days off",
        serve(greeting="220 mx.test ESMTP Exim 4.96 " + date(-3 * 86400)),
        ("clock.greeting", "warning"), url=PLAIN,
        says="the clock here is 3 days ahead of that of 127.0.0.1", status=0),
    row("a clock by which no certificate is valid",
        serve(tls="not-yet-valid", greeting="220 mx.test ESMTP Exim 4.96 Wed, "
              "01 Jun 2039 12:00:00 +0000"), ("clock.greeting", "failure"),
        says="its certificate is not valid by the clock here", status=76),
    row("a clock that cannot mend a certificate",
        serve(tls="unknown-ca", greeting="220 mx.test ESMTP Exim 4.96 "
              + date(-600)), ("tls.trust", "failure"), status=76,
        also=[("clock.greeting", "warning")]),
    row("TLS that ends at once", serve(takes_over=lambda connection:
                                       connection.recv(4096)),
        ("tls.version", "failure"), url="smtps://{0}", status=75),
    Row("a clock that is right",
        serve(greeting="220 mx.test ESMTP Sendmail 8.18.1; " + date(60)),
        url=PLAIN, status=0),
    Row("a clock under TLS", serve(
        greeting="220 mx.test Microsoft ESMTP MAIL Service ready at "
        + date(1200), is_implicit=True), ("clock.greeting", "warning"),
        says="20 minutes behind", status=0),

    row("a connection that ends at EHLO", serve(EHLO=None), EHLO,
        says="does not answer EHLO", status=75),
    row("550 to EHLO", serve(EHLO="550 5.7.1 no"), EHLO,
        says="refuses EHLO: 550 5.7.1 no", status=76),
    row("501 to EHLO", serve(EHLO="501 5.5.4 a full name, please"), EHLO,
        says="ehlo-name", status=76),
    row("421 to EHLO", serve(EHLO="421 4.3.2 busy"), EHLO, status=75),
    row("421 to EHLO after TLS", serve(EHLO_tls="421 4.3.2 busy"), EHLO,
        says="after TLS", status=75),
    row("HELO alone", serve(EHLO="502 5.5.1 what"), ("ehlo", "warning"),
        config="tls = none\n", password=None, says="knows no EHLO", status=0,
        also=[("config.weak", "note")]),
    row("HELO alone, and TLS is not required", serve(EHLO="502 5.5.1 what"),
        ("ehlo", "warning"), config="tls = opportunistic\n", password=None,
        says="knows no EHLO", status=0),
    row("HELO alone, and the login is by a certificate",
        serve(EHLO="502 5.5.1 what"), EHLO, config="tls = none\n"
        "auth = external\n" + CLIENT % ("user", "user"),
        prepare=client("user", lives(-10, 80)), password=None,
        also=[("config.weak", "note")], says="and so no login", status=77),
    row("HELO alone, and auth = none", serve(EHLO="502 5.5.1 what"),
        ("ehlo", "warning"), config="tls = none\nauth = none\n",
        says="knows no EHLO", status=0, also=[("config.weak", "note")]),
    row("HELO alone, and a login is wanted", serve(EHLO="502 5.5.1 what"), EHLO,
        config="tls = none\n", also=[("config.weak", "note")],
        says="knows no EHLO, and so no login", status=77),
    row("no STARTTLS where it is not required", serve(EHLO=ehlo(*OFFER)),
        ("ehlo.starttls", "warning"), config="tls = opportunistic\n",
        password=None,
        says="mail is sent without encryption", status=0),
    row("words that are blanked out",
        serve(greeting="220 " + 40 * "*",
              EHLO=ehlo("XXXXXXXA", "SIZE 1000", "8BITMIME")), EHLO,
        says="STARTTLS among them", status=76),
    row("words that are blanked out, and TLS is not required",
        serve(EHLO=ehlo("XXXXXXXA")), ("ehlo", "warning"),
        config="tls = opportunistic\n", password=None,
        says="STARTTLS among them", status=0),
    row("EHLO that is blanked out",
        serve(EHLO='500 5.5.1 unknown command "XXXX client.example"',
              HELO="250 mx.test"), EHLO,
        says="blanks out words", status=76),

    row("no STARTTLS", serve(EHLO=ehlo(*OFFER)), STARTTLS,
        says="offers no STARTTLS", status=76),
    row("500 to STARTTLS", serve(STARTTLS="500 5.5.1 what"), STARTTLS,
        says="offers STARTTLS, and refuses it: 500 5.5.1 what", status=76),
    row("454 to STARTTLS", serve(STARTTLS="454 4.7.0 later"), STARTTLS,
        status=75),
    row("454 to STARTTLS where it is not required",
        serve(STARTTLS="454 4.7.0 later"), ("ehlo.starttls", "warning"),
        config="tls = opportunistic\n", password=None,
        says="offers STARTTLS, and refuses it: mail is sent without",
        status=0),

    row("nothing listens", serve(), ("reach.connect", "failure"),
        url="smtp://127.0.0.1:1", says="nothing listens at 127.0.0.1 port 1",
        status=75),
    row("no socket", serve(), ("reach.connect", "failure"),
        url="smtp+unix:/nonexistent/socket",
        says="there is no /nonexistent/socket", status=75),
    Row("the second server is dead", serve(is_implicit=True),
        ("reach.second", "warning"), url="smtps://{0}, smtps://127.0.0.1:1",
        says="127.0.0.1 port 1 refuses connections: nothing takes over if",
        status=0),
    Row("the first server is dead", serve(is_implicit=True),
        ("reach.second", "warning"), url="smtps://127.0.0.1:1, smtps://{0}",
        says="every mail goes to 127.0.0.1 port", status=0),
    Row("the first server is busy",
        [serve(greeting="421 4.3.2 busy", is_implicit=True),
         serve(is_implicit=True)], ("greeting", "warning"),
        url="smtps://{0}, smtps://{1}", says="is busy", status=0),
]
