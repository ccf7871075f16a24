/*
 * The mail services: what they publish and what their servers say. Limits are
 * those of their own pages; a value that two sources tell differently, or only
 * one of them by guess, is left out.
 */
#include "profile/provider_table.h"

/*
 * What the services say when they refuse, and what to do then: the first row
 * that fits is told, so the narrow ones come first.
 */

/* clang-format off */
#define END {0, {0, 0, 0}, NULL, NULL}
#define STATUS(class, subject, detail) {class, subject, detail}
#define ANY {0, 0, 0}
/* clang-format on */

/* Google: support.google.com/a/answer/3726730 */
const struct provider_hint hints_google[] = {
    {534, STATUS(5, 7, 9), NULL,
	"an app password is needed: switch on 2-Step Verification, make one at "
	"https://myaccount.google.com/apppasswords and use it as the password; "
	"or log in by OAuth with token-command"},
    {534, STATUS(5, 7, 14), NULL,
	"Google wants to see the user: sign in with a browser from this "
	"network, then try again"},
    {535, STATUS(5, 7, 8), NULL,
	"user is the full address; the password is an app password from "
	"https://myaccount.google.com/apppasswords, not that of the account; "
	"or log in by OAuth with token-command"},
    {454, STATUS(4, 7, 0), NULL,
	"too many logins, or a fault at Google: wait some hours before the "
	"next one; trying faster makes it longer"},
    {421, STATUS(4, 7, 0), NULL,
	"Google puts this client off: try later; smtp-relay.gmail.com also "
	"wants an ehlo-name that is a domain of yours"},
    {550, STATUS(5, 4, 5), NULL,
	"the daily limit is reached (500 mails, 2000 with Workspace): send it "
	"again in 24 hours"},
    {0, ANY, "relay limit exceeded",
	"a limit of the Workspace relay is reached: send it again later, or "
	"ask the administrator"},
    {452, STATUS(4, 5, 3), NULL,
	"too many recipients for one message: the others may follow in the "
	"next one"},
    {530, ANY, NULL,
	"Google wants a login: set user and a password or "
	"token-command"},
    END,
};

/* Microsoft: learn.microsoft.com, "SMTP AUTH submissions" */
const struct provider_hint hints_microsoft[] = {
    {535, STATUS(5, 7, 139), "disabled for the tenant",
	"SMTP AUTH is off for the organisation: an administrator allows it by "
	"Set-CASMailbox -Identity USER -SmtpClientAuthenticationDisabled "
	"$false; https://aka.ms/smtp_auth_disabled"},
    {535, STATUS(5, 7, 139), "disabled for the mailbox",
	"SMTP AUTH is off for this mailbox: an administrator allows it by "
	"Set-CASMailbox -Identity USER -SmtpClientAuthenticationDisabled "
	"$false"},
    {535, STATUS(5, 7, 139), "basic authentication is disabled",
	"passwords are not accepted here any more: log in by OAuth, with "
	"token-command in the place of the password"},
    {535, STATUS(5, 7, 139), NULL,
	"a policy of the organisation forbids this login (security defaults, "
	"conditional access) or the password is wrong: try OAuth with "
	"token-command, or ask the administrator"},
    {550, STATUS(5, 7, 30), NULL,
	"passwords are not accepted any more: log in by OAuth, with "
	"token-command in the place of the password"},
    {501, STATUS(5, 5, 124), NULL,
	"the token was not understood: it must be for SMTP, scope "
	"https://outlook.office.com/SMTP.Send"},
    {535, ANY, NULL,
	"user is the full sign-in address; a token must be for SMTP, scope "
	"https://outlook.office.com/SMTP.Send; a password is refused where "
	"only OAuth is allowed"},
    {530, STATUS(5, 7, 57), NULL,
	"Microsoft takes mail only after a login: set user and token-command "
	"or a password"},
    {0, ANY, "SendAsDenied",
	"the From or the reverse-path is not an address of this user: set "
	"sender to one that is and header-policy = provider, or ask for the "
	"right to send as it"},
    {0, STATUS(5, 7, 60), NULL,
	"the From or the reverse-path is not an address of this user: set "
	"sender to one that is and header-policy = provider, or ask for the "
	"right to send as it"},
    {550, STATUS(5, 2, 251), NULL,
	"held back since the mailbox of the sender is full: make room in it, "
	"then wait"},
    {550, STATUS(5, 2, 252), NULL,
	"held back after many mails with a From that is not the user's: set "
	"sender and header-policy = provider, then wait"},
    {550, STATUS(5, 2, 253), NULL,
	"held back since the user has no valid licence: ask the administrator"},
    {550, STATUS(5, 2, 254), NULL,
	"held back after many mails with too many recipients: send to fewer, "
	"then wait"},
    {550, STATUS(5, 2, 255), NULL,
	"held back after many mails to recipients that are no addresses: "
	"correct them, then wait"},
    {0, STATUS(4, 3, 2), NULL,
	"at most three connections a mailbox at a time: send one mail after "
	"the other, and again later"},
    END,
};

/* docs.aws.amazon.com: "Amazon SES SMTP issues" */
const struct provider_hint hints_ses[] = {
    {554, ANY, "not verified",
	"SES knows the From, or in its sandbox the recipient, not in this "
	"region: verify the address or domain there, or ask for production "
	"access"},
    {554, ANY, "not authorized",
	"the IAM policy of this SMTP user does not allow ses:SendRawEmail for "
	"this sender"},
    {454, ANY, "Daily message quota",
	"the daily quota of the account is used up: send it again in 24 hours, "
	"or ask for a higher one"},
    {454, ANY, "Throttling",
	"more than the account may send in a second or a day: send slower, or "
	"ask for a higher rate"},
    {530, ANY, "Authentication required",
	"SES takes mail only after a login: set user and a password"},
    END,
};

const struct provider_hint hints_sendgrid[] = {
    {0, ANY, "Maximum credits exceeded",
	"the mails of the plan are used up: wait for the next period, or "
	"change the plan"},
    {451, ANY, "Could not authenticate",
	"the account may allow logins from listed addresses only: see IP "
	"Access Management"},
    {550, ANY, "verified Sender Identity",
	"SendGrid does not know the From: verify the address or its domain "
	"under Sender Authentication"},
    END,
};

const struct provider_hint hints_mailgun[] = {
    {0, ANY, "Sandbox subdomains",
	"a sandbox domain sends to authorized recipients only: add the "
	"recipient, or a domain of your own"},
    END,
};

const struct provider_hint hints_mailjet[] = {
    {530, ANY, NULL,
	"Mailjet takes mail only after a login: set user and a password"},
    END,
};

const struct provider_hint hints_yahoo[] = {
    {535, ANY, "AUTH005",
	"too many refused logins: wait, then use an app password from the "
	"account's security page, not the password of the account"},
    END,
};

const struct provider_hint hints_zoho[] = {
    {553, ANY, "Relaying disallowed",
	"the From is not an address of this user, or the account is of "
	"another region: see smtpost --providers for zoho:eu and the others"},
    END,
};

const struct provider_hint hints_yandex[] = {
    {553, STATUS(5, 7, 1), NULL,
	"the From is not an address of this user: set sender to one that is"},
    END,
};

const struct provider_hint hints_netease[] = {
    {553, ANY, "authorized user",
	"the From must be the address of user: set sender to it"},
    {554, ANY, "DT:SPM", "the content was taken for unsolicited mail"},
    END,
};

const struct provider_hint hints_tencent[] = {
    {501, ANY, "authorization user",
	"the From must be the address of user: set sender to it"},
    END,
};

const struct provider_hint hints_icloud[] = {
    {550, ANY, "From address",
	"the From is none of the account's addresses: set sender to one that "
	"is and header-policy = provider"},
    END,
};

const struct provider_hint hints_none[] = {END};

#define MIB ((uint64_t)1024 * 1024)

#define APP_PASSWORD "an app password, not that of the account, is needed"

const struct provider providers[] = {
    {.name = "gmail",
	.title = "Gmail",
	.variants = {{NULL, "smtps://smtp.gmail.com, smtp://smtp.gmail.com"}},
	.form = USER_FORM_ADDRESS,
	.mechanisms = "LOGIN PLAIN XOAUTH2 OAUTHBEARER",
	.size_limit = 35882577,
	.login = "user is the full address; " APP_PASSWORD,
	.hints = hints_google,
	.note = "app password (2-step) or OAuth; a From that is not yours is "
		"rewritten; 500 mails a day, Workspace 2000"},
    {.name = "google-relay",
	.title = "the Google Workspace relay",
	.variants = {{NULL,
	    "smtps://smtp-relay.gmail.com, smtp://smtp-relay.gmail.com"}},
	.form = USER_FORM_ADDRESS,
	.mechanisms = "LOGIN PLAIN XOAUTH2 OAUTHBEARER",
	.recipient_limit = 100,
	.login = "user is the full address; " APP_PASSWORD,
	.hints = hints_google,
	.note = "without a user for registered addresses; ehlo-name must be a "
		"domain of yours; 100 recipients a message"},
    {.name = "outlook",
	.title = "Outlook.com",
	.variants = {{NULL, "smtp://smtp-mail.outlook.com"}},
	.form = USER_FORM_ADDRESS,
	.mechanisms = "XOAUTH2",
	.traits =
	    PROVIDER_OWN_SENDER | PROVIDER_STRICT_USER | PROVIDER_NO_CHUNKING,
	.login = "log in by OAuth, with token-command; passwords are not "
		 "accepted",
	.hints = hints_microsoft,
	.note = "OAuth only"},
    {.name = "microsoft365",
	.title = "Microsoft 365",
	.variants = {{NULL, "smtp://smtp.office365.com"},
	    {"hve", "smtp://smtp-hve.office365.com"}},
	.hosts = "smtp://smtp-legacy.office365.com",
	.form = USER_FORM_ADDRESS,
	.mechanisms = "LOGIN XOAUTH2",
	.size_limit = 157286400,
	.traits =
	    PROVIDER_OWN_SENDER | PROVIDER_STRICT_USER | PROVIDER_NO_CHUNKING,
	.login = "user is the full sign-in address (UPN); log in by OAuth, "
		 "with token-command",
	.hints = hints_microsoft,
	.note = "the user is the UPN; OAuth, passwords only where the "
		"organisation still allows them; 30 mails a minute, 3 "
		"connections"},
    {.name = "ses",
	.title = "Amazon SES",
	.variants = {{"REGION",
	    "smtps://email-smtp.*.amazonaws.com, "
	    "smtp://email-smtp.*.amazonaws.com"}},
	.form = USER_FORM_KEY,
	.user = "SMTP user name",
	.mechanisms = "PLAIN LOGIN",
	.recipient_limit = 50,
	.traits = PROVIDER_STRICT_USER,
	.login = "user and password are the SMTP credentials of this region, "
		 "made in the SES console: the secret access key itself is "
		 "none",
	.hints = hints_ses,
	.note = "SMTP credentials of the region, not the secret access key; "
		"50 recipients a message"},
    {.name = "sendgrid",
	.title = "SendGrid",
	.variants = {{NULL,
	    "smtps://smtp.sendgrid.net, smtp://smtp.sendgrid.net"}},
	.form = USER_FORM_LITERAL,
	.user = "apikey",
	.mechanisms = "PLAIN LOGIN",
	.size_limit = 31457280,
	.traits = PROVIDER_STRICT_USER,
	.login = "user is the word apikey, the password an API key (SG...) "
		 "that may send mail",
	.hints = hints_sendgrid,
	.note = "the password is an API key; the From must be verified"},
    {.name = "mailgun",
	.title = "Mailgun",
	.variants = {{NULL,
			 "smtps://smtp.mailgun.org, smtp://smtp.mailgun.org"},
	    {"eu",
		"smtps://smtp.eu.mailgun.org, "
		"smtp://smtp.eu.mailgun.org"}},
	.form = USER_FORM_LOGIN,
	.mechanisms = "PLAIN LOGIN",
	.size_limit = 52428800,
	.recipient_limit = 1000,
	.traits = PROVIDER_STRICT_USER,
	.login = "user is postmaster@ your domain at Mailgun, the password "
		 "that of its SMTP credentials, not an API key; a domain in "
		 "the EU is at mailgun:eu",
	.hints = hints_mailgun,
	.note = "SMTP credentials of the domain, not an API key"},
    {.name = "mailjet",
	.title = "Mailjet",
	.variants = {{NULL,
	    "smtps://in-v3.mailjet.com, smtp://in-v3.mailjet.com"}},
	.hosts = "smtp://in.mailjet.com",
	.form = USER_FORM_KEY,
	.user = "API key",
	.mechanisms = "PLAIN LOGIN",
	.traits = PROVIDER_STRICT_USER,
	.login = "user is the API key, the password the secret key that "
		 "belongs to it",
	.hints = hints_mailjet,
	.note = "the password is the secret key; the From must be validated"},
    {.name = "yahoo",
	.title = "Yahoo",
	.variants = {{NULL,
	    "smtps://smtp.mail.yahoo.com, smtp://smtp.mail.yahoo.com"}},
	.form = USER_FORM_ADDRESS,
	.mechanisms = "PLAIN LOGIN XOAUTH2",
	.size_limit = 41697280,
	.recipient_limit = 100,
	.login = "user is the full address; " APP_PASSWORD,
	.hints = hints_yahoo,
	.note = "app password; 500 mails a day, 100 recipients a message"},
    {.name = "aol",
	.title = "AOL",
	.variants = {{NULL, "smtps://smtp.aol.com, smtp://smtp.aol.com"}},
	.form = USER_FORM_ADDRESS,
	.mechanisms = "PLAIN LOGIN XOAUTH2",
	.login = "user is the full address; " APP_PASSWORD,
	.hints = hints_yahoo,
	.note = "app password"},
    {.name = "icloud",
	.title = "iCloud",
	.variants = {{NULL, "smtp://smtp.mail.me.com"}},
	.form = USER_FORM_ADDRESS,
	.mechanisms = "PLAIN LOGIN",
	.size_limit = 20 * MIB,
	.traits = PROVIDER_OWN_SENDER,
	.login = "an app-specific password from https://account.apple.com is "
		 "needed, not that of the Apple Account",
	.hints = hints_icloud,
	.note = "app-specific password"},
    {.name = "fastmail",
	.title = "Fastmail",
	.variants = {{NULL,
	    "smtps://smtp.fastmail.com, smtp://smtp.fastmail.com"}},
	.form = USER_FORM_ADDRESS,
	.mechanisms = "PLAIN LOGIN",
	.login = "user is the login address; " APP_PASSWORD,
	.hints = hints_none,
	.note = "app password"},
    {.name = "zoho",
	.title = "Zoho Mail",
	.variants = {{NULL, "smtps://smtp.zoho.com, smtp://smtp.zoho.com"},
	    {"eu", "smtps://smtp.zoho.eu, smtp://smtp.zoho.eu"},
	    {"in", "smtps://smtp.zoho.in, smtp://smtp.zoho.in"},
	    {"au", "smtps://smtp.zoho.com.au, smtp://smtp.zoho.com.au"},
	    {"jp", "smtps://smtp.zoho.jp, smtp://smtp.zoho.jp"}},
	.form = USER_FORM_ADDRESS,
	.mechanisms = "PLAIN LOGIN",
	.traits = PROVIDER_OWN_SENDER,
	.login = "user is the full address; the account may be of another "
		 "region, see smtpost --providers; with two-factor login an "
		 "app password is needed",
	.hints = hints_zoho,
	.note = "the region is that of the account"},
    {.name = "zoho-pro",
	.title = "Zoho Mail for organisations",
	.variants = {{NULL,
			 "smtps://smtppro.zoho.com, smtp://smtppro.zoho.com"},
	    {"eu", "smtps://smtppro.zoho.eu, smtp://smtppro.zoho.eu"},
	    {"in", "smtps://smtppro.zoho.in, smtp://smtppro.zoho.in"},
	    {"au", "smtps://smtppro.zoho.com.au, smtp://smtppro.zoho.com.au"},
	    {"jp", "smtps://smtppro.zoho.jp, smtp://smtppro.zoho.jp"}},
	.form = USER_FORM_ADDRESS,
	.mechanisms = "PLAIN LOGIN",
	.traits = PROVIDER_OWN_SENDER,
	.login = "user is the full address; the account may be of another "
		 "region, see smtpost --providers; with two-factor login an "
		 "app password is needed",
	.hints = hints_zoho,
	.note = "the region is that of the account"},
    {.name = "gmx",
	.title = "GMX",
	.variants = {{NULL, "smtps://mail.gmx.net, smtp://mail.gmx.net"},
	    {"com", "smtps://mail.gmx.com, smtp://mail.gmx.com"}},
	.form = USER_FORM_ADDRESS,
	.mechanisms = "PLAIN LOGIN",
	.login = "user is the full address; access by POP3 and IMAP must be "
		 "switched on in the settings of the mailbox",
	.hints = hints_none,
	.note = "access by POP3 and IMAP must be switched on"},
    {.name = "web.de",
	.title = "WEB.DE",
	.variants = {{NULL, "smtps://smtp.web.de, smtp://smtp.web.de"}},
	.form = USER_FORM_ANY,
	.user = "local part",
	.mechanisms = "PLAIN LOGIN",
	.login = "user is what stands before @web.de; access by POP3 and IMAP "
		 "must be switched on in the settings of the mailbox",
	.hints = hints_none,
	.note = "access by POP3 and IMAP must be switched on"},
    {.name = "yandex",
	.title = "Yandex",
	.variants = {{NULL, "smtps://smtp.yandex.com"},
	    {"ru", "smtps://smtp.yandex.ru"}},
	.form = USER_FORM_ADDRESS,
	.mechanisms = "PLAIN LOGIN XOAUTH2",
	.traits = PROVIDER_OWN_SENDER,
	.login = APP_PASSWORD,
	.hints = hints_yandex,
	.note = "app password"},
    {.name = "mail.ru",
	.title = "Mail.ru",
	.variants = {{NULL, "smtps://smtp.mail.ru, smtp://smtp.mail.ru"}},
	.form = USER_FORM_ADDRESS,
	.mechanisms = "PLAIN LOGIN XOAUTH2",
	.login = "user is the full address; a password for external "
		 "applications is needed, not that of the account",
	.hints = hints_none,
	.note = "password for external applications"},
    {.name = "proton",
	.title = "Proton Mail",
	.variants = {{NULL, "smtp://smtp.protonmail.ch"}},
	.form = USER_FORM_ADDRESS,
	.mechanisms = "PLAIN LOGIN",
	.traits = PROVIDER_OWN_SENDER,
	.login = "user is the address of the SMTP token, the password the "
		 "token",
	.hints = hints_none,
	.note = "SMTP token of an address at a domain of your own"},
    {.name = "proton-bridge",
	.title = "Proton Mail Bridge",
	.variants = {{NULL, "smtp://127.0.0.1:1025"}},
	.form = USER_FORM_ANY,
	.user = "as the Bridge shows it",
	.mechanisms = "PLAIN LOGIN",
	.login = "user and password are those that the Bridge shows",
	.hints = hints_none,
	.note = "on this machine; its certificate is its own: export it and "
		"set tls-trust"},
    {.name = "postmark",
	.title = "Postmark",
	.variants = {{NULL, "smtp://smtp.postmarkapp.com"},
	    {"broadcasts", "smtp://smtp-broadcasts.postmarkapp.com"}},
	.form = USER_FORM_KEY,
	.user = "server token or access key",
	.mechanisms = "PLAIN CRAM-MD5 LOGIN",
	.size_limit = 10 * MIB,
	.recipient_limit = 50,
	.traits = PROVIDER_STRICT_USER,
	.login = "user and password are both the server token, or access key "
		 "and secret key of an SMTP token",
	.hints = hints_none,
	.note = "needs a sender signature; 50 recipients a message"},
    {.name = "brevo",
	.title = "Brevo",
	.variants = {{NULL,
	    "smtps://smtp-relay.brevo.com, smtp://smtp-relay.brevo.com"}},
	.form = USER_FORM_LOGIN,
	.mechanisms = "PLAIN LOGIN",
	.traits = PROVIDER_STRICT_USER,
	.login = "user is the SMTP login, the password an SMTP key: an API key "
		 "is none",
	.hints = hints_none,
	.note = "the password is an SMTP key, not an API key"},
    {.name = "sparkpost",
	.title = "SparkPost",
	.variants = {{NULL, "smtp://smtp.sparkpostmail.com"},
	    {"eu", "smtp://smtp.eu.sparkpostmail.com"}},
	.form = USER_FORM_LITERAL,
	.user = "SMTP_Injection",
	.mechanisms = "LOGIN PLAIN",
	.login = "user is the word SMTP_Injection, the password an API key "
		 "that may send by SMTP",
	.hints = hints_none,
	.note = "the password is an API key; 100 mails a connection"},
    {.name = "mailtrap",
	.title = "Mailtrap",
	.variants = {{NULL, "smtp://live.smtp.mailtrap.io"},
	    {"bulk", "smtp://bulk.smtp.mailtrap.io"}},
	.form = USER_FORM_LITERAL,
	.user = "api",
	.mechanisms = "PLAIN LOGIN CRAM-MD5",
	.traits = PROVIDER_STRICT_USER,
	.login = "user is the word api, the password a token of the domain",
	.hints = hints_none,
	.note = "the password is a token"},
    {.name = "mailtrap-sandbox",
	.title = "the sandbox of Mailtrap",
	.variants = {{NULL, "smtp://sandbox.smtp.mailtrap.io:2525"}},
	.form = USER_FORM_ANY,
	.user = "of the inbox",
	.mechanisms = "PLAIN LOGIN CRAM-MD5",
	.login = "user and password are those of the inbox",
	.hints = hints_none,
	.note = "delivers nothing"},
    {.name = "resend",
	.title = "Resend",
	.variants = {{NULL, "smtps://smtp.resend.com, smtp://smtp.resend.com"}},
	.form = USER_FORM_LITERAL,
	.user = "resend",
	.mechanisms = "PLAIN LOGIN",
	.traits = PROVIDER_STRICT_USER,
	.login = "user is the word resend, the password an API key (re_...)",
	.hints = hints_none,
	.note = "the password is an API key"},
    {.name = "mandrill",
	.title = "Mandrill",
	.variants = {{NULL,
	    "smtps://smtp.mandrillapp.com, smtp://smtp.mandrillapp.com"}},
	.form = USER_FORM_ANY,
	.user = "any name",
	.mechanisms = "PLAIN LOGIN",
	.size_limit = 25 * MIB,
	.login = "the password is an API key",
	.hints = hints_none,
	.note = "the password is an API key"},
    {.name = "ovh",
	.title = "OVHcloud",
	.variants = {{NULL, "smtps://ssl0.ovh.net, smtp://ssl0.ovh.net"}},
	.form = USER_FORM_ADDRESS,
	.mechanisms = "PLAIN LOGIN",
	.size_limit = 104850000,
	.login = "user is the full address",
	.hints = hints_none,
	.note = "-"},
    {.name = "ionos",
	.title = "IONOS",
	.variants = {{NULL, "smtps://smtp.ionos.com, smtp://smtp.ionos.com"},
	    {"de", "smtps://smtp.ionos.de, smtp://smtp.ionos.de"},
	    {"uk", "smtps://smtp.ionos.co.uk, smtp://smtp.ionos.co.uk"}},
	.hosts = "smtps://smtp.1und1.de",
	.form = USER_FORM_ADDRESS,
	.mechanisms = "PLAIN LOGIN",
	.login = "user is the full address",
	.hints = hints_none,
	.note = "-"},
    {.name = "strato",
	.title = "Strato",
	.variants = {{NULL, "smtps://smtp.strato.de, smtp://smtp.strato.de"}},
	.form = USER_FORM_ADDRESS,
	.mechanisms = "SCRAM-SHA-1 CRAM-MD5 LOGIN PLAIN",
	.size_limit = 104857600,
	.login = "user is the full address",
	.hints = hints_none,
	.note = "-"},
    {.name = "gandi",
	.title = "Gandi",
	.variants = {{NULL, "smtps://mail.gandi.net, smtp://mail.gandi.net"}},
	.form = USER_FORM_ADDRESS,
	.mechanisms = "PLAIN LOGIN",
	.login = "user is the full address",
	.hints = hints_none,
	.note = "-"},
    {.name = "migadu",
	.title = "Migadu",
	.variants = {{NULL, "smtps://smtp.migadu.com, smtp://smtp.migadu.com"}},
	.form = USER_FORM_ADDRESS,
	.mechanisms = "PLAIN LOGIN",
	.login = "user is the full address",
	.hints = hints_none,
	.note = "a daily limit by plan"},
    {.name = "mailbox.org",
	.title = "mailbox.org",
	.variants = {{NULL,
	    "smtps://smtp.mailbox.org, smtp://smtp.mailbox.org"}},
	.form = USER_FORM_ADDRESS,
	.mechanisms = "PLAIN LOGIN",
	.login = "user is the full address",
	.hints = hints_none,
	.note = "-"},
    {.name = "posteo",
	.title = "Posteo",
	.variants = {{NULL, "smtps://posteo.de, smtp://posteo.de"}},
	.form = USER_FORM_ADDRESS,
	.mechanisms = "PLAIN LOGIN",
	.login = "user is the full address",
	.hints = hints_none,
	.note = "-"},
    {.name = "qq",
	.title = "QQ Mail",
	.variants = {{NULL, "smtps://smtp.qq.com, smtp://smtp.qq.com"},
	    {"exmail",
		"smtps://smtp.exmail.qq.com, "
		"smtp://smtp.exmail.qq.com"}},
	.form = USER_FORM_ADDRESS,
	.mechanisms = "LOGIN PLAIN",
	.traits = PROVIDER_OWN_SENDER,
	.login = "the password is an authorization code from the settings of "
		 "the mailbox, not that of the account",
	.hints = hints_tencent,
	.note = "authorization code"},
    {.name = "163",
	.title = "NetEase 163",
	.variants = {{NULL, "smtps://smtp.163.com, smtps://smtp.163.com:994"}},
	.form = USER_FORM_ADDRESS,
	.mechanisms = "LOGIN PLAIN",
	.traits = PROVIDER_OWN_SENDER,
	.login = "the password is an authorization code from the settings of "
		 "the mailbox, not that of the account",
	.hints = hints_netease,
	.note = "authorization code"},
    {.name = "126",
	.title = "NetEase 126",
	.variants = {{NULL, "smtps://smtp.126.com, smtps://smtp.126.com:994"}},
	.form = USER_FORM_ADDRESS,
	.mechanisms = "LOGIN PLAIN",
	.traits = PROVIDER_OWN_SENDER,
	.login = "the password is an authorization code from the settings of "
		 "the mailbox, not that of the account",
	.hints = hints_netease,
	.note = "authorization code"},
    {.name = "comcast",
	.title = "Comcast",
	.variants = {{NULL,
	    "smtps://smtp.comcast.net, smtp://smtp.comcast.net"}},
	.form = USER_FORM_ADDRESS,
	.mechanisms = "PLAIN LOGIN",
	.size_limit = 36700160,
	.login = "user is the full address",
	.hints = hints_none,
	.note = "-"},
};

const size_t provider_count = sizeof(providers) / sizeof(providers[0]);
