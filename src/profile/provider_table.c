/*
 * The mail services that smtpost knows, one row each: what they publish and
 * what their servers say. Uncertain values are left out.
 *
 * Adding or changing a service needs no knowledge of C: a row is a list of
 * ".key = value," between braces, and text is in double quotes; pieces of text
 * that follow each other are one text. provider_table.h says what each key
 * means; a key that is left out means "none" or "not known".
 *
 * The sources were last read on 2026-11-22. The page above a row is its source;
 * rows without a page come from the lists of well-known services of nodemailer
 * (August 2026) and Thunderbird (the ISPDB, March 2026).
 */
#include "profile/provider_table.h"

#include <stddef.h>

#define MIB ((uint64_t)1024 * 1024)

/* clang-format off */

/*
 * What a refusal means, and what to do next. The first hint whose conditions
 * fit the reply is shown, so hints with more conditions come first.
 */

/* https://support.google.com/a/answer/3726730 */
static const struct provider_hint google_hints[] = {
	{.code = 534, .status = "5.7.9",
	 .hint = "an app password is needed: switch on 2-Step Verification, "
		 "make one at https://myaccount.google.com/apppasswords and "
		 "use it as the password; or log in by OAuth with "
		 "token-command"},
	{.code = 534, .status = "5.7.14",
	 .hint = "Google asks the user to confirm the login: sign in with a "
		 "browser from this network, then try again"},
	{.code = 535, .status = "5.7.8",
	 .hint = "user is the full address; the password is an app password "
		 "from https://myaccount.google.com/apppasswords, not that of "
		 "the account; or log in by OAuth with token-command"},
	{.code = 454, .status = "4.7.0",
	 .hint = "too many logins, or a fault at Google: wait some hours "
		 "before the next login; an earlier attempt prolongs the wait"},
	{.code = 421, .status = "4.7.0",
	 .hint = "Google refuses this client for now: try later; "
		 "smtp-relay.gmail.com also needs an ehlo-name that is one of "
		"your domains"},
	{.code = 550, .status = "5.4.5",
	 .hint = "the daily limit is reached (500 mails, 2000 with Workspace): "
		 "send it again in 24 hours"},
	{.text = "relay limit exceeded",
	 .hint = "a limit of the Workspace relay is reached: send it again "
		 "later, or ask the administrator"},
	{.code = 452, .status = "4.5.3",
	 .hint = "too many recipients for one message: send it to the others "
		"separately"},
	{.code = 530,
	 .hint = "Google requires a login: set user and a password or "
		 "token-command"},
	{0} /* the end of the list */
};

/* https://learn.microsoft.com, "SMTP AUTH submissions" */
static const struct provider_hint microsoft_hints[] = {
	{.code = 535, .status = "5.7.139",
	 .text = "disabled for the tenant",
	 .hint = "SMTP AUTH is off for the organisation: an administrator "
		"can allow it with Set-CASMailbox -Identity USER "
		 "-SmtpClientAuthenticationDisabled $false; "
		 "https://aka.ms/smtp_auth_disabled"},
	{.code = 535, .status = "5.7.139",
	 .text = "disabled for the mailbox",
	 .hint = "SMTP AUTH is off for this mailbox: an administrator can "
		"allow it with Set-CASMailbox -Identity USER "
		 "-SmtpClientAuthenticationDisabled $false"},
	{.code = 535, .status = "5.7.139",
	 .text = "basic authentication is disabled",
	 .hint = "passwords are no longer accepted here: log in by OAuth, with "
		 "token-command instead of the password"},
	{.code = 535, .status = "5.7.139",
	 .hint = "a policy of the organisation forbids this login (security "
		 "defaults, conditional access) or the password is wrong: try "
		 "OAuth with token-command, or ask the administrator"},
	{.code = 550, .status = "5.7.30",
	 .hint = "passwords are no longer accepted: log in by OAuth, with "
		 "token-command instead of the password"},
	{.code = 501, .status = "5.5.124",
	 .hint = "the token was not understood: it must be for SMTP, scope "
		 "https://outlook.office.com/SMTP.Send"},
	{.code = 535,
	 .hint = "user is the full sign-in address; a token must be for SMTP, "
		 "scope https://outlook.office.com/SMTP.Send; a password is "
		 "refused where only OAuth is allowed"},
	{.code = 530, .status = "5.7.57",
	 .hint = "Microsoft accepts mail only after a login: set user and "
		 "token-command or a password"},
	{.text = "SendAsDenied",
	 .hint = "the From or the reverse-path is not an address of this user: "
		 "set sender to one that is and header-policy = provider, or "
		 "ask for the right to send with it"},
	{.status = "5.7.60",
	 .hint = "the From or the reverse-path is not an address of this user: "
		 "set sender to one that is and header-policy = provider, or "
		 "ask for the right to send with it"},
	{.code = 550, .status = "5.2.251",
	 .hint = "blocked because the sender's mailbox is full: make room in "
		 "it, then wait"},
	{.code = 550, .status = "5.2.252",
	 .hint = "blocked after many mails with a From that is not the user's: "
		 "set sender and header-policy = provider, then wait"},
	{.code = 550, .status = "5.2.253",
	 .hint = "blocked because the user has no valid licence: ask the "
		 "administrator"},
	{.code = 550, .status = "5.2.254",
	 .hint = "blocked after many mails with too many recipients: send to "
		 "fewer, then wait"},
	{.code = 550, .status = "5.2.255",
	 .hint = "blocked after many mails to addresses that do not exist: "
		 "correct them, then wait"},
	{.status = "4.3.2",
	 .hint = "a mailbox may have at most three connections at a time: send "
		"one message at a time, and this one again later"},
	{0} /* the end of the list */
};

/* https://docs.aws.amazon.com, "Amazon SES SMTP issues" */
static const struct provider_hint ses_hints[] = {
	{.code = 554, .text = "not verified",
	 .hint = "the From, or in the sandbox of SES the recipient, is not "
		 "verified in this region: verify the address or domain there, "
		 "or ask for production access"},
	{.code = 554, .text = "not authorized",
	 .hint = "the IAM policy of this SMTP user does not allow "
		 "ses:SendRawEmail for this sender"},
	{.code = 454, .text = "Daily message quota",
	 .hint = "the daily quota of the account is used up: send it again in "
		 "24 hours, or ask for a higher one"},
	{.code = 454, .text = "Throttling",
	 .hint = "this is more than the account may send in a second or a day: "
		 "send more slowly, or ask for a higher rate"},
	{.code = 530, .text = "Authentication required",
	 .hint = "SES accepts mail only after a login: set user and a "
		 "password"},
	{0} /* the end of the list */
};

static const struct provider_hint sendgrid_hints[] = {
	{.text = "Maximum credits exceeded",
	 .hint = "the plan's quota of mails is used up: wait for the next "
		 "period, or change the plan"},
	{.code = 451, .text = "Could not authenticate",
	 .hint = "the account may allow logins from listed addresses only: see "
		 "IP Access Management"},
	{.code = 550, .text = "verified Sender Identity",
	 .hint = "the From is not verified at SendGrid: verify the address or "
		 "its domain under Sender Authentication"},
	{0} /* the end of the list */
};

static const struct provider_hint mailgun_hints[] = {
	{.text = "Sandbox subdomains",
	 .hint = "a sandbox domain sends to authorized recipients only: add "
		 "the recipient, or a domain of your own"},
	{0} /* the end of the list */
};

static const struct provider_hint mailjet_hints[] = {
	{.code = 530,
	 .hint = "Mailjet accepts mail only after a login: set user and a "
		 "password"},
	{0} /* the end of the list */
};

static const struct provider_hint yahoo_hints[] = {
	{.code = 535, .text = "AUTH005",
	 .hint = "too many refused logins: wait, then use an app password from "
		 "the account's security page, not the password of the "
		 "account"},
	{0} /* the end of the list */
};

static const struct provider_hint zoho_hints[] = {
	{.code = 553, .text = "Relaying disallowed",
	 .hint = "the From is not an address of this user, or the account "
		"belongs to another region: see smtpost --providers for "
		 "zoho:eu and the others"},
	{0} /* the end of the list */
};

static const struct provider_hint yandex_hints[] = {
	{.code = 553, .status = "5.7.1",
	 .hint = "the From is not an address of this user: set sender to one "
		 "that is"},
	{0} /* the end of the list */
};

static const struct provider_hint netease_hints[] = {
	{.code = 553, .text = "authorized user",
	 .hint = "the From must be the address of user: set sender to it"},
	{.code = 554, .text = "DT:SPM",
	 .hint = "the content was judged to be unsolicited mail"},
	{0} /* the end of the list */
};

static const struct provider_hint tencent_hints[] = {
	{.code = 501, .text = "authorization user",
	 .hint = "the From must be the address of user: set sender to it"},
	{0} /* the end of the list */
};

static const struct provider_hint icloud_hints[] = {
	{.code = 550, .text = "From address",
	 .hint = "the From is not one of the account's addresses: set sender "
		 "to one of them and header-policy = provider"},
	{0} /* the end of the list */
};

const struct provider provider_table[] = {
/* https://support.google.com/a/answer/3726730 */
{
	.name = "gmail",
	.title = "Gmail",
	.variants = {{.servers = "smtps://smtp.gmail.com, "
		"smtp://smtp.gmail.com"}},
	.form = USER_FORM_ADDRESS,
	.mechanisms = "LOGIN PLAIN XOAUTH2 OAUTHBEARER",
	.size_limit = 35882577,
	.login = "user is the full address; the password must be an app "
		"password, not that of the account",
	.hints = google_hints,
	.note = "app password (2-step) or OAuth; a From that is not yours is "
		"rewritten; 500 mails a day, Workspace 2000",
},

/* https://support.google.com/a/answer/6140680 */
{
	.name = "google-relay",
	.title = "the Google Workspace relay",
	.variants = {{.servers = "smtps://smtp-relay.gmail.com, "
		"smtp://smtp-relay.gmail.com"}},
	.form = USER_FORM_ADDRESS,
	.mechanisms = "LOGIN PLAIN XOAUTH2 OAUTHBEARER",
	.recipient_limit = 100,
	.login = "user is the full address; the password must be an app "
		"password, not that of the account",
	.hints = google_hints,
	.note = "registered addresses need no user; ehlo-name must be one of "
		"your domains; 100 recipients a message",
},

{
	.name = "outlook",
	.title = "Outlook.com",
	.variants = {{.servers = "smtp://smtp-mail.outlook.com"}},
	.form = USER_FORM_ADDRESS,
	.mechanisms = "XOAUTH2",
	.own_sender = true,
	.strict_user = true,
	.no_chunking = true,
	.login = "log in by OAuth, with token-command; passwords are not "
		"accepted",
	.hints = microsoft_hints,
	.note = "OAuth only",
},

/* https://learn.microsoft.com, "SMTP AUTH submissions" */
{
	.name = "microsoft365",
	.title = "Microsoft 365",
	.variants = {
		{.servers = "smtp://smtp.office365.com"},
		{.name = "hve", .servers = "smtp://smtp-hve.office365.com"},
	},
	.hosts = "smtp://smtp-legacy.office365.com",
	.form = USER_FORM_ADDRESS,
	.mechanisms = "LOGIN XOAUTH2",
	.size_limit = 157286400,
	.own_sender = true,
	.strict_user = true,
	.no_chunking = true,
	.login = "user is the full sign-in address (UPN); log in by OAuth, "
		"with token-command",
	.hints = microsoft_hints,
	.note = "the user is the UPN; OAuth, passwords only where the "
		"organisation still allows them; 30 mails a minute, 3 "
		"connections",
},

/* https://docs.aws.amazon.com, "smtp-connect" */
{
	.name = "ses",
	.title = "Amazon SES",
	.variants = {
		{.name = "REGION",
		 .servers = "smtps://email-smtp.*.amazonaws.com, "
		 "smtp://email-smtp.*.amazonaws.com"},
	},
	.form = USER_FORM_KEY,
	.user = "SMTP user name",
	.mechanisms = "PLAIN LOGIN",
	.recipient_limit = 50,
	.strict_user = true,
	.login = "user and password are the SMTP credentials of this region, "
		"made in the SES console; the secret access key is not the "
		"password",
	.hints = ses_hints,
	.note = "SMTP credentials of the region, not the secret access key; 50 "
		"recipients a message",
},

{
	.name = "sendgrid",
	.title = "SendGrid",
	.variants = {{.servers = "smtps://smtp.sendgrid.net, "
		"smtp://smtp.sendgrid.net"}},
	.form = USER_FORM_LITERAL,
	.user = "apikey",
	.mechanisms = "PLAIN LOGIN",
	.size_limit = 31457280,
	.strict_user = true,
	.login = "user is the word apikey, the password an API key (SG...) "
		"that may send mail",
	.hints = sendgrid_hints,
	.note = "the password is an API key; the From must be verified",
},

{
	.name = "mailgun",
	.title = "Mailgun",
	.variants = {
		{.servers = "smtps://smtp.mailgun.org, "
		 "smtp://smtp.mailgun.org"},
		{.name = "eu", .servers = "smtps://smtp.eu.mailgun.org, "
		 "smtp://smtp.eu.mailgun.org"},
	},
	.form = USER_FORM_LOGIN,
	.mechanisms = "PLAIN LOGIN",
	.size_limit = 52428800,
	.recipient_limit = 1000,
	.strict_user = true,
	.login = "user is postmaster@DOMAIN, with your domain at Mailgun; the "
		"password is that of its SMTP credentials, not an API key; for "
		"a domain in the EU, provider is mailgun:eu",
	.hints = mailgun_hints,
	.note = "SMTP credentials of the domain, not an API key",
},

{
	.name = "mailjet",
	.title = "Mailjet",
	.variants = {{.servers = "smtps://in-v3.mailjet.com, "
		"smtp://in-v3.mailjet.com"}},
	.hosts = "smtp://in.mailjet.com",
	.form = USER_FORM_KEY,
	.user = "API key",
	.mechanisms = "PLAIN LOGIN",
	.strict_user = true,
	.login = "user is the API key, the password the secret key that "
		"belongs to it",
	.hints = mailjet_hints,
	.note = "the password is the secret key; the From must be validated",
},

/* https://help.yahoo.com, SLN17518 */
{
	.name = "yahoo",
	.title = "Yahoo",
	.variants = {{.servers = "smtps://smtp.mail.yahoo.com, "
		"smtp://smtp.mail.yahoo.com"}},
	.form = USER_FORM_ADDRESS,
	.mechanisms = "PLAIN LOGIN XOAUTH2",
	.size_limit = 41697280,
	.recipient_limit = 100,
	.login = "user is the full address; the password must be an app "
		"password, not that of the account",
	.hints = yahoo_hints,
	.note = "app password; 500 mails a day, 100 recipients a message",
},

{
	.name = "aol",
	.title = "AOL",
	.variants = {{.servers = "smtps://smtp.aol.com, smtp://smtp.aol.com"}},
	.form = USER_FORM_ADDRESS,
	.mechanisms = "PLAIN LOGIN XOAUTH2",
	.login = "user is the full address; the password must be an app "
		"password, not that of the account",
	.hints = yahoo_hints,
	.note = "app password",
},

{
	.name = "icloud",
	.title = "iCloud",
	.variants = {{.servers = "smtp://smtp.mail.me.com"}},
	.form = USER_FORM_ADDRESS,
	.mechanisms = "PLAIN LOGIN",
	.size_limit = 20 * MIB,
	.own_sender = true,
	.login = "an app-specific password from https://account.apple.com is "
		"needed, not that of the Apple Account",
	.hints = icloud_hints,
	.note = "app-specific password",
},

{
	.name = "fastmail",
	.title = "Fastmail",
	.variants = {{.servers = "smtps://smtp.fastmail.com, "
		"smtp://smtp.fastmail.com"}},
	.form = USER_FORM_ADDRESS,
	.mechanisms = "PLAIN LOGIN",
	.login = "user is the login address; the password must be an app "
		"password, not that of the account",
	.note = "app password",
},

{
	.name = "zoho",
	.title = "Zoho Mail",
	.variants = {
		{.servers = "smtps://smtp.zoho.com, smtp://smtp.zoho.com"},
		{.name = "eu", .servers = "smtps://smtp.zoho.eu, "
		 "smtp://smtp.zoho.eu"},
		{.name = "in", .servers = "smtps://smtp.zoho.in, "
		 "smtp://smtp.zoho.in"},
		{.name = "au", .servers = "smtps://smtp.zoho.com.au, "
		 "smtp://smtp.zoho.com.au"},
		{.name = "jp", .servers = "smtps://smtp.zoho.jp, "
		 "smtp://smtp.zoho.jp"},
	},
	.form = USER_FORM_ADDRESS,
	.mechanisms = "PLAIN LOGIN",
	.own_sender = true,
	.login = "user is the full address; the account may be of another "
		"region, see smtpost --providers; with two-factor login an app "
		"password is needed",
	.hints = zoho_hints,
	.note = "the region is that of the account",
},

{
	.name = "zoho-pro",
	.title = "Zoho Mail for organisations",
	.variants = {
		{.servers = "smtps://smtppro.zoho.com, "
		 "smtp://smtppro.zoho.com"},
		{.name = "eu", .servers = "smtps://smtppro.zoho.eu, "
		 "smtp://smtppro.zoho.eu"},
		{.name = "in", .servers = "smtps://smtppro.zoho.in, "
		 "smtp://smtppro.zoho.in"},
		{.name = "au", .servers = "smtps://smtppro.zoho.com.au, "
		 "smtp://smtppro.zoho.com.au"},
		{.name = "jp", .servers = "smtps://smtppro.zoho.jp, "
		 "smtp://smtppro.zoho.jp"},
	},
	.form = USER_FORM_ADDRESS,
	.mechanisms = "PLAIN LOGIN",
	.own_sender = true,
	.login = "user is the full address; the account may be of another "
		"region, see smtpost --providers; with two-factor login an app "
		"password is needed",
	.hints = zoho_hints,
	.note = "the region is that of the account",
},

/* https://postmaster.gmx.com */
{
	.name = "gmx",
	.title = "GMX",
	.variants = {
		{.servers = "smtps://mail.gmx.net, smtp://mail.gmx.net"},
		{.name = "com", .servers = "smtps://mail.gmx.com, "
		 "smtp://mail.gmx.com"},
	},
	.form = USER_FORM_ADDRESS,
	.mechanisms = "PLAIN LOGIN",
	.login = "user is the full address; access by POP3 and IMAP must be "
		"switched on in the settings of the mailbox",
	.note = "access by POP3 and IMAP must be switched on",
},

{
	.name = "web.de",
	.title = "WEB.DE",
	.variants = {{.servers = "smtps://smtp.web.de, smtp://smtp.web.de"}},
	.form = USER_FORM_ANY,
	.user = "local part",
	.mechanisms = "PLAIN LOGIN",
	.login = "user is the part before @web.de; access by POP3 and IMAP "
		"must be switched on in the settings of the mailbox",
	.note = "access by POP3 and IMAP must be switched on",
},

{
	.name = "yandex",
	.title = "Yandex",
	.variants = {
		{.servers = "smtps://smtp.yandex.com"},
		{.name = "ru", .servers = "smtps://smtp.yandex.ru"},
	},
	.form = USER_FORM_ADDRESS,
	.mechanisms = "PLAIN LOGIN XOAUTH2",
	.own_sender = true,
	.login = "the password must be an app password, not that of the "
		"account",
	.hints = yandex_hints,
	.note = "app password",
},

{
	.name = "mail.ru",
	.title = "Mail.ru",
	.variants = {{.servers = "smtps://smtp.mail.ru, smtp://smtp.mail.ru"}},
	.form = USER_FORM_ADDRESS,
	.mechanisms = "PLAIN LOGIN XOAUTH2",
	.login = "user is the full address; a password for external "
		"applications is needed, not that of the account",
	.note = "password for external applications",
},

/* https://proton.me/support/smtp-submission */
{
	.name = "proton",
	.title = "Proton Mail",
	.variants = {{.servers = "smtp://smtp.protonmail.ch"}},
	.form = USER_FORM_ADDRESS,
	.mechanisms = "PLAIN LOGIN",
	.own_sender = true,
	.login = "user is the address of the SMTP token, the password the "
		"token",
	.note = "SMTP token of an address at your own domain",
},

{
	.name = "proton-bridge",
	.title = "Proton Mail Bridge",
	.variants = {{.servers = "smtp://127.0.0.1:1025"}},
	.form = USER_FORM_ANY,
	.user = "as the Bridge shows it",
	.mechanisms = "PLAIN LOGIN",
	.login = "user and password are those that the Bridge shows",
	.note = "on this machine; its certificate is self-signed: export it "
		 "and set tls-trust",
},

/* https://postmarkapp.com */
{
	.name = "postmark",
	.title = "Postmark",
	.variants = {
		{.servers = "smtp://smtp.postmarkapp.com"},
		{.name = "broadcasts",
		 .servers = "smtp://smtp-broadcasts.postmarkapp.com"},
	},
	.form = USER_FORM_KEY,
	.user = "server token or access key",
	.mechanisms = "PLAIN CRAM-MD5 LOGIN",
	.size_limit = 10 * MIB,
	.recipient_limit = 50,
	.strict_user = true,
	.login = "user and password are both the server token, or access key "
		"and secret key of an SMTP token",
	.note = "needs a sender signature; 50 recipients a message",
},

{
	.name = "brevo",
	.title = "Brevo",
	.variants = {{.servers = "smtps://smtp-relay.brevo.com, "
		"smtp://smtp-relay.brevo.com"}},
	.form = USER_FORM_LOGIN,
	.mechanisms = "PLAIN LOGIN",
	.strict_user = true,
	.login = "user is the SMTP login, the password an SMTP key, not an API "
		"key",
	.note = "the password is an SMTP key, not an API key",
},

/* https://developers.sparkpost.com */
{
	.name = "sparkpost",
	.title = "SparkPost",
	.variants = {
		{.servers = "smtp://smtp.sparkpostmail.com"},
		{.name = "eu", .servers = "smtp://smtp.eu.sparkpostmail.com"},
	},
	.form = USER_FORM_LITERAL,
	.user = "SMTP_Injection",
	.mechanisms = "LOGIN PLAIN",
	.login = "user is the word SMTP_Injection, the password an API key "
		"that may send by SMTP",
	.note = "the password is an API key; 100 mails a connection",
},

{
	.name = "mailtrap",
	.title = "Mailtrap",
	.variants = {
		{.servers = "smtp://live.smtp.mailtrap.io"},
		{.name = "bulk", .servers = "smtp://bulk.smtp.mailtrap.io"},
	},
	.form = USER_FORM_LITERAL,
	.user = "api",
	.mechanisms = "PLAIN LOGIN CRAM-MD5",
	.strict_user = true,
	.login = "user is the word api, the password a token of the domain",
	.note = "the password is a token",
},

{
	.name = "mailtrap-sandbox",
	.title = "the sandbox of Mailtrap",
	.variants = {{.servers = "smtp://sandbox.smtp.mailtrap.io:2525"}},
	.form = USER_FORM_ANY,
	.user = "of the inbox",
	.mechanisms = "PLAIN LOGIN CRAM-MD5",
	.login = "user and password are those of the inbox",
	.note = "delivers nothing",
},

{
	.name = "resend",
	.title = "Resend",
	.variants = {{.servers = "smtps://smtp.resend.com, "
		"smtp://smtp.resend.com"}},
	.form = USER_FORM_LITERAL,
	.user = "resend",
	.mechanisms = "PLAIN LOGIN",
	.strict_user = true,
	.login = "user is the word resend, the password an API key (re_...)",
	.note = "the password is an API key",
},

{
	.name = "mandrill",
	.title = "Mandrill",
	.variants = {{.servers = "smtps://smtp.mandrillapp.com, "
		"smtp://smtp.mandrillapp.com"}},
	.form = USER_FORM_ANY,
	.user = "any name",
	.mechanisms = "PLAIN LOGIN",
	.size_limit = 25 * MIB,
	.login = "the password is an API key",
	.note = "the password is an API key",
},

{
	.name = "ovh",
	.title = "OVHcloud",
	.variants = {{.servers = "smtps://ssl0.ovh.net, smtp://ssl0.ovh.net"}},
	.form = USER_FORM_ADDRESS,
	.mechanisms = "PLAIN LOGIN",
	.size_limit = 104850000,
	.login = "user is the full address",
	.note = "-",
},

{
	.name = "ionos",
	.title = "IONOS",
	.variants = {
		{.servers = "smtps://smtp.ionos.com, smtp://smtp.ionos.com"},
		{.name = "de", .servers = "smtps://smtp.ionos.de, "
		 "smtp://smtp.ionos.de"},
		{.name = "uk", .servers = "smtps://smtp.ionos.co.uk, "
		 "smtp://smtp.ionos.co.uk"},
	},
	.hosts = "smtps://smtp.1und1.de",
	.form = USER_FORM_ADDRESS,
	.mechanisms = "PLAIN LOGIN",
	.login = "user is the full address",
	.note = "-",
},

{
	.name = "strato",
	.title = "Strato",
	.variants = {{.servers = "smtps://smtp.strato.de, "
		"smtp://smtp.strato.de"}},
	.form = USER_FORM_ADDRESS,
	.mechanisms = "SCRAM-SHA-1 CRAM-MD5 LOGIN PLAIN",
	.size_limit = 104857600,
	.login = "user is the full address",
	.note = "-",
},

{
	.name = "gandi",
	.title = "Gandi",
	.variants = {{.servers = "smtps://mail.gandi.net, "
		"smtp://mail.gandi.net"}},
	.form = USER_FORM_ADDRESS,
	.mechanisms = "PLAIN LOGIN",
	.login = "user is the full address",
	.note = "-",
},

{
	.name = "migadu",
	.title = "Migadu",
	.variants = {{.servers = "smtps://smtp.migadu.com, "
		"smtp://smtp.migadu.com"}},
	.form = USER_FORM_ADDRESS,
	.mechanisms = "PLAIN LOGIN",
	.login = "user is the full address",
	.note = "the daily limit depends on the plan",
},

{
	.name = "mailbox.org",
	.title = "mailbox.org",
	.variants = {{.servers = "smtps://smtp.mailbox.org, "
		"smtp://smtp.mailbox.org"}},
	.form = USER_FORM_ADDRESS,
	.mechanisms = "PLAIN LOGIN",
	.login = "user is the full address",
	.note = "-",
},

{
	.name = "posteo",
	.title = "Posteo",
	.variants = {{.servers = "smtps://posteo.de, smtp://posteo.de"}},
	.form = USER_FORM_ADDRESS,
	.mechanisms = "PLAIN LOGIN",
	.login = "user is the full address",
	.note = "-",
},

{
	.name = "qq",
	.title = "QQ Mail",
	.variants = {
		{.servers = "smtps://smtp.qq.com, smtp://smtp.qq.com"},
		{.name = "exmail", .servers = "smtps://smtp.exmail.qq.com, "
		 "smtp://smtp.exmail.qq.com"},
	},
	.form = USER_FORM_ADDRESS,
	.mechanisms = "LOGIN PLAIN",
	.own_sender = true,
	.login = "the password is an authorization code from the settings of "
		"the mailbox, not that of the account",
	.hints = tencent_hints,
	.note = "authorization code",
},

{
	.name = "163",
	.title = "NetEase 163",
	.variants = {{.servers = "smtps://smtp.163.com, "
		"smtps://smtp.163.com:994"}},
	.form = USER_FORM_ADDRESS,
	.mechanisms = "LOGIN PLAIN",
	.own_sender = true,
	.login = "the password is an authorization code from the settings of "
		"the mailbox, not that of the account",
	.hints = netease_hints,
	.note = "authorization code",
},

{
	.name = "126",
	.title = "NetEase 126",
	.variants = {{.servers = "smtps://smtp.126.com, "
		"smtps://smtp.126.com:994"}},
	.form = USER_FORM_ADDRESS,
	.mechanisms = "LOGIN PLAIN",
	.own_sender = true,
	.login = "the password is an authorization code from the settings of "
		"the mailbox, not that of the account",
	.hints = netease_hints,
	.note = "authorization code",
},

{
	.name = "comcast",
	.title = "Comcast",
	.variants = {{.servers = "smtps://smtp.comcast.net, "
		"smtp://smtp.comcast.net"}},
	.form = USER_FORM_ADDRESS,
	.mechanisms = "PLAIN LOGIN",
	.size_limit = 36700160,
	.login = "user is the full address",
	.note = "-",
},
};

/* clang-format on */

const size_t provider_table_count =
    sizeof(provider_table) / sizeof(provider_table[0]);
