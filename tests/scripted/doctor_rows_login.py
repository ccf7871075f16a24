"""Servers that refuse a login or a sender, or that offer too little."""

from scripted.doctor_row import Row, serve
from scripted.doctor_server import OFFER, ehlo

GOOD = serve(is_implicit=True)


def tls(**replies):
    return serve(is_implicit=True, **replies)


def refuses(reply):
    """A server that does not take the login."""
    return tls(AUTH=reply)


LOGIN = ("auth.login", "failure")
SENDER = ("mail.from", "failure")
OFFERS = ("auth.offer", "failure")


def provider(name, user, reply, hint, status=77):
    """A login that a real provider refuses, word for word."""
    shown = reply[:24].encode("ascii", "replace").decode()
    return Row("%s: %s" % (name, shown), refuses(reply), LOGIN, says=hint,
               status=status,
               config="provider = %s\nuser = %s\n" % (name, user))


PROVIDERS = [
    provider("gmail", "me@gmail.com",
             "535-5.7.8 Username and Password not accepted. Learn more at\n"
             "535 5.7.8  https://support.google.com/mail/?p=BadCredentials b3 "
             "- gsmtp", "app password"),
    provider("gmail", "me@gmail.com",
             "534-5.7.9 Application-specific password required. For more "
             "information, go to\n534 5.7.9  https://support.google.com/mail/"
             "?p=InvalidSecondFactor - gsmtp", "app password"),
    provider("gmail", "me@gmail.com",
             "454 4.7.0 Too many login attempts, please try again later. - "
             "gsmtp", "wait some hours", 75),
    provider("microsoft365", "me@example.com",
             "535 5.7.139 Authentication unsuccessful, "
             "SmtpClientAuthentication is disabled for the Tenant. Visit "
             "https://aka.ms/smtp_auth_disabled for more information.",
             "SMTP AUTH is off for the organisation"),
    provider("microsoft365", "me@example.com",
             "432 4.3.2 STOREDRV.ClientSubmit; sender thread limit exceeded "
             "[Hostname=AM0PR01MB0001]", "three connections", 75),
    provider("outlook", "me@example.com",
             "535 5.7.139 Authentication unsuccessful, basic authentication is "
             "disabled.", "oauth = microsoft"),
    provider("yahoo", "me@yahoo.com",
             "535 5.7.0 (#AUTH005) Too many bad auth attempts.",
             "too many refused logins"),
    provider("icloud", "me@icloud.com",
             "535 5.7.8 Error: authentication failed: authentication failure",
             "app-specific password"),
    provider("sendgrid", "apikey",
             "535 Authentication failed: Bad username / password",
             "the word apikey"),
    provider("ses:eu-west-1", "AKIAIOSFODNN7EXAMPLE",
             "535 Authentication Credentials Invalid", "SMTP credentials"),
    provider("mailjet", "0123456789abcdef0123456789abcdef",
             "435 4.7.8 Error: authentication failed:", "API key", 75),
    provider("qq", "me@qq.com",
             b"535 Error: \xc7\xeb\xca\xb9\xd3\xc3\xca\xda\xc8\xa8\xc2\xeb"
             .decode("utf-8", "surrogateescape"), "authorization code"),
]

ROWS = PROVIDERS + [
    Row("a server without a fault", GOOD, status=0),
    Row("the same with STARTTLS", serve(), url="smtp://{0}", status=0),
    Row("LMTP", serve(is_lmtp=True), url="lmtp://{0}", status=0),
    Row("no login is wanted", GOOD, password=None, status=0, logins=0),

    Row("535 to the login",
        refuses("535 5.7.8 Error: authentication failed"), LOGIN,
        says="535 5.7.8 Error: authentication failed", status=77),
    Row("530 to AUTH", refuses("530 5.7.57 Client not authenticated"), LOGIN,
        status=77),
    Row("550 to AUTH", refuses("550 5.7.1 Account disabled"), LOGIN,
        status=77),
    Row("421 to AUTH", refuses("421 4.7.0 too many errors"), LOGIN, status=75),
    Row("the connection is lost at AUTH", refuses(None), LOGIN, status=75),
    Row("a server that repeats the password",
        refuses("535 5.7.8 wrong password hunter2"), LOGIN, status=77),

    Row("no AUTH", tls(EHLO_tls=ehlo(*OFFER)), OFFERS, status=77, logins=0),
    Row("passwords only", GOOD, OFFERS, says="set password-command, in place of",
        status=77, config="password-file = \ntoken-command = echo token",
        logins=0),
    Row("tokens only", tls(EHLO_tls=ehlo(*OFFER, "AUTH XOAUTH2")), OFFERS,
        status=77, logins=0),
    Row("unknown mechanisms only",
        tls(EHLO_tls=ehlo(*OFFER, "AUTH NTLM GSSAPI")), OFFERS, status=77,
        logins=0),
    Row("AUTH before TLS and not after it",
        serve(EHLO=ehlo(*OFFER, "STARTTLS", "AUTH PLAIN"),
              EHLO_tls=ehlo(*OFFER)),
        ("ehlo.again", "failure"), url="smtp://{0}", status=77, logins=0),
    Row("AUTH before TLS too",
        serve(EHLO=ehlo(*OFFER, "STARTTLS", "AUTH PLAIN LOGIN")),
        ("auth.offer", "note"), url="smtp://{0}", status=0),
    Row("another SIZE after TLS",
        serve(EHLO=ehlo("SIZE 10000000", *OFFER[1:], "STARTTLS")),
        ("ehlo.again", "note"), url="smtp://{0}", status=0),

    Row("a small SIZE",
        tls(EHLO_tls=ehlo("SIZE 100000", *OFFER[1:], "AUTH PLAIN")),
        ("size", "warning"), status=0),
    Row("a SIZE that no mail is below",
        tls(EHLO_tls=ehlo("SIZE 100", *OFFER[1:], "AUTH PLAIN")),
        ("size", "failure"), status=65),
    Row("SIZE before TLS alone",
        serve(EHLO_tls=ehlo(*OFFER[1:], "AUTH PLAIN")), ("size", "note"),
        url="smtp://{0}", status=0),
    Row("no SIZE", tls(EHLO_tls=ehlo(*OFFER[1:], "AUTH PLAIN")),
        ("size", "note"), status=0),
    Row("max-size above SIZE", GOOD, ("size", "note"),
        config="max-size = 100M\n", status=0),
    Row("no DSN with dsn-notify",
        tls(EHLO_tls=ehlo(*[word for word in OFFER if word != "DSN"],
                          "AUTH PLAIN")),
        ("extensions", "warning"), config="dsn-notify = failure\n", status=0),
    Row("no SMTPUTF8 for a sender that needs it",
        tls(EHLO_tls=ehlo(*[word for word in OFFER if word != "SMTPUTF8"],
                          "AUTH PLAIN")),
        ("extensions", "failure"), sender="müller@example.com", status=65),

    Row("553 to the sender",
        tls(MAIL="553 5.7.1 <me@example.com>: Sender address rejected: not "
            "owned by user login@example.com"),
        SENDER, config="user = login@example.com\n",
        write=("sender", "login@example.com"), status=69),
    Row("451 to the sender", tls(MAIL="451 4.3.0 try again"), SENDER,
        says="127.0.0.1 does not take me@example.com as sender now: 451 4.3.0",
        status=75),
    Row("421 to the sender", tls(MAIL="421 4.3.2 shutting down"), SENDER,
        status=75),
    Row("the connection is lost at MAIL", tls(MAIL=None), SENDER, status=75,
        says="127.0.0.1 gives no answer about me@example.com as sender: the "
        "server closed"),
    Row("530 to the sender without a login",
        tls(MAIL="530 5.7.0 Authentication required"), SENDER, password=None,
        status=69, logins=0),

    Row("AUTH refused, and --no-login", refuses("535 5.7.8 no"),
        options=("--no-login",), status=77, tells=False),
    Row("no AUTH, and --no-login", tls(EHLO_tls=ehlo(*OFFER)), OFFERS,
        options=("--no-login",), status=77),
    Row("a weaker login than possible",
        tls(EHLO_tls=ehlo(*OFFER, "AUTH SCRAM-SHA-256 PLAIN")),
        ("auth.login", "note"), config="auth = plain\n",
        write=("auth", "auto"), status=0),

    Row("a setting that is not one", GOOD, ("config.read", "failure"),
        config="bogus = x\n", status=78, logins=0),
    Row("a password-command that fails", GOOD, ("secret.get", "failure"),
        config="password-file = \npassword-command = exit 3\n", status=75,
        logins=0),
    Row("a password-command that does not exist", GOOD,
        ("secret.get", "failure"),
        config="password-file = \npassword-command = /nonexistent\n",
        status=78, logins=0),

    Row("the first of two servers offers no login",
        [tls(EHLO_tls=ehlo(*OFFER)), GOOD], ("auth.offer", "warning"),
        url="smtps://{0}, smtps://{1}", says="offers no login", status=0),
    Row("the second of two servers takes tokens only",
        [GOOD, tls(EHLO_tls=ehlo(*OFFER, "AUTH XOAUTH2"))],
        ("auth.offer", "warning"), url="smtps://{0}, smtps://{1}",
        says="offers XOAUTH2 only, and there is a password", status=0),
    Row("two servers that no mail is small enough for",
        [tls(EHLO_tls=ehlo("SIZE 100", *OFFER[1:], "AUTH PLAIN"))] * 2,
        ("size", "failure"), url="smtps://{0}, smtps://{1}", status=65),
    Row("the first of two servers puts the login off",
        [refuses("454 4.7.0 Temporary authentication failure"), GOOD],
        ("auth.login", "warning"), url="smtps://{0}, smtps://{1}", status=0,
        logins=2),
    Row("the first of two servers refuses the login",
        [refuses("535 5.7.8 no"), GOOD], LOGIN,
        url="smtps://{0}, smtps://{1}", status=77),
    Row("the first of two servers does not take the sender",
        [tls(MAIL="451 4.3.0 try again"), GOOD], SENDER,
        url="smtps://{0}, smtps://{1}", status=75),
    Row("a Unix socket", serve(tls=None, EHLO=ehlo(*OFFER, "AUTH PLAIN")),
        url="smtp+unix:{0.path}", status=0),
    Row("LMTP at a Unix socket",
        serve(tls=None, is_lmtp=True, EHLO=ehlo(*OFFER)),
        url="lmtp+unix:{0.path}", password=None, status=0, logins=0),
    Row("opportunistic TLS without a login", serve(), url="smtp://{0}",
        config="tls = opportunistic\n",
        password=None, status=0, logins=0),
    Row("no TLS where a login needs it", serve(EHLO=ehlo(*OFFER)),
        ("ehlo.starttls", "failure"), url="smtp://{0}",
        config="tls = opportunistic\n", status=77, logins=0),
    Row("a login that fails, and the queue",
        refuses("454 4.7.0 Temporary authentication failure"), LOGIN,
        config="queue = on-tempfail\n", status=0),
    Row("a sender that is refused, and the queue", tls(MAIL="550 5.7.1 no"),
        SENDER, config="queue = on-tempfail\n", status=69),
    Row("a sender that is refused, and queue = always",
        tls(MAIL="550 5.7.1 no"), SENDER, config="queue = always\n",
        status=0),

    Row("a test mail", GOOD, options=("--send", "you@example.net"), mails=1,
        logins=2, status=0),
    Row("a test mail to the sender", GOOD, options=("--send=",), mails=1,
        logins=2, status=0),
    Row("a test mail whose recipient is refused",
        tls(RCPT="550 5.1.1 no such user"), ("mail.send", "failure"),
        options=("--send", "you@example.net"), mails=1, logins=2,
        says="550 5.1.1 no such user", status=67),
    Row("a test mail whose content is refused",
        tls(content="550 5.7.1 From is not yours"), ("mail.send", "failure"),
        options=("--send", "you@example.net"), mails=1, logins=2, status=69),
    Row("no test mail after a failure", refuses("535 5.7.8 no"), LOGIN,
        options=("--send", "you@example.net"), status=77),

    Row("Microsoft judges the From of a mail only",
        GOOD, ("mail.from", "note"),
        config="provider = microsoft365\nuser = me@example.com\n", status=0),
    Row("no MAIL without a login at Microsoft",
        tls(MAIL="530 5.7.57 Client not authenticated to send mail."),
        SENDER, password=None, config="provider = microsoft365\n",
        says="only after a login", status=69, logins=0),
    Row("iCloud: not one of your addresses",
        tls(MAIL="550 5.7.0 From address is not one of your addresses"),
        SENDER, config="provider = icloud\nuser = login@icloud.com\n",
        write=("sender", "login@icloud.com"), status=69),
    Row("parameters of MAIL are refused",
        tls(MAIL=lambda session: "555 5.5.4 parameters"
            if "SIZE=" in session.last else "250 ok"), SENDER, status=69),

    Row("one check that needs no login", refuses("535 5.7.8 no"),
        options=("--only", "tls.expiry"), status=77, logins=0, tells=False),
    Row("the checks of the sender alone", refuses("535 5.7.8 no"), LOGIN,
        options=("--only", "mail.from"), status=77),

    Row("a server that shows the password before the login",
        tls(greeting="220 mx.test hunter2",
            EHLO_tls=ehlo(*OFFER, "AUTH PLAIN hunter2", "X-hunter2")),
        status=0),
] + [
    Row("the password is %s" % word, serve(), url="smtp://{0}", password=word,
        status=0) for word in ("SIZE", "AUTH", "STARTTLS", "PLAIN")
]
