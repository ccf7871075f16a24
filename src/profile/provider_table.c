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
 *
 * The column spf is left out for services that put a domain of their own into
 * the reverse-path: then the SPF record of the sender's domain does not count.
 */
#include "profile/provider_table.h"

#include <stddef.h>

#include "profile/provider_hint_table.h"

#define MIB ((uint64_t)1024 * 1024)

/* clang-format off */

const struct provider provider_table[] = {
/* https://support.google.com/a/answer/3726730 */
{
	.name = "gmail",
	.title = "Gmail",
	.variants = {
		{.servers = "smtps://smtp.gmail.com, "
		"smtp://smtp.gmail.com",
		 .domains = "gmail.com googlemail.com",
		 .mx = "google.com googlemail.com"},
	},
	.spf = "_spf.google.com",
	.selectors = "google",
	.form = USER_FORM_ADDRESS, .oauth = "google",
	.mechanisms = "LOGIN PLAIN XOAUTH2 OAUTHBEARER",
	.size_limit = 35882577,
	.judges_content = true,
	.login = "user is the full address; the password must be an app "
		"password, not that of the account",
	.hints = provider_hint_google,
	.note = "app password (2-step) or OAuth; a From that is not yours is "
		"rewritten; 500 mails a day, Workspace 2000",
},

/* https://support.google.com/a/answer/6140680 */
{
	.name = "google-relay",
	.title = "the Google Workspace relay",
	.variants = {{.servers = "smtps://smtp-relay.gmail.com, "
		"smtp://smtp-relay.gmail.com"}},
	.spf = "_spf.google.com",
	.selectors = "google",
	.form = USER_FORM_ADDRESS,
	.mechanisms = "LOGIN PLAIN XOAUTH2 OAUTHBEARER",
	.recipient_limit = 100,
	.login = "user is the full address; the password must be an app "
		"password, not that of the account",
	.hints = provider_hint_google,
	.note = "registered addresses need no user; ehlo-name must be one of "
		"your domains; 100 recipients a message",
},

{
	.name = "outlook",
	.title = "Outlook.com",
	.variants = {
		{.servers = "smtp://smtp-mail.outlook.com",
		 .domains =
		 "outlook.com outlook.at outlook.be outlook.cl outlook.co.id "
		 "outlook.co.il outlook.co.th outlook.com.ar outlook.com.au "
		 "outlook.com.br outlook.com.gr outlook.com.pe outlook.com.tr "
		 "outlook.com.vn outlook.cz outlook.de outlook.dk outlook.es "
		 "outlook.fr outlook.hu outlook.ie outlook.in outlook.it "
		 "outlook.jp outlook.kr outlook.lv outlook.my outlook.ph "
		 "outlook.pt outlook.sa outlook.sg outlook.sk hotmail.com "
		 "hotmail.be hotmail.ca hotmail.ch hotmail.cl hotmail.co.id "
		 "hotmail.co.il hotmail.co.jp hotmail.co.kr hotmail.co.th "
		 "hotmail.co.uk hotmail.co.za hotmail.com.ar hotmail.com.au "
		 "hotmail.com.br hotmail.com.hk hotmail.com.tr hotmail.com.tw "
		 "hotmail.com.vn hotmail.cz hotmail.de hotmail.dk hotmail.es "
		 "hotmail.fi hotmail.fr hotmail.gr hotmail.hu hotmail.it "
		 "hotmail.lt hotmail.lv hotmail.my hotmail.nl hotmail.no "
		 "hotmail.ph hotmail.rs hotmail.se hotmail.sg hotmail.sk "
		 "live.com live.at live.be live.ca live.cl live.cn live.co.kr "
		 "live.co.uk live.co.za live.com.ar live.com.au live.com.mx "
		 "live.com.my live.com.ph live.com.pt live.com.sg live.de "
		 "live.dk live.fi live.fr live.hk live.ie live.in live.it "
		 "live.jp live.nl live.no live.ru live.se msn.com "
		 "windowslive.com passport.com",
		 .mx = "olc.protection.outlook.com"},
	},
	.form = USER_FORM_ADDRESS, .oauth = "microsoft",
	.mechanisms = "XOAUTH2",
	.own_sender = true,
	.strict_user = true,
	.judges_content = true,
	.no_chunking = true,
	.login = "log in by OAuth: oauth = microsoft, and smtpost-oauth login "
		"NAME; passwords are not accepted",
	.hints = provider_hint_microsoft,
	.note = "OAuth only",
},

/* https://learn.microsoft.com, "SMTP AUTH submissions" */
{
	.name = "microsoft365",
	.title = "Microsoft 365",
	.variants = {
		{.servers = "smtp://smtp.office365.com",
		 .mx = "mail.protection.outlook.com mx.microsoft"},
		{.name = "hve", .servers = "smtp://smtp-hve.office365.com"},
	},
	.hosts = "smtp://smtp-legacy.office365.com",
	.spf = "spf.protection.outlook.com",
	.selectors = "selector1 selector2",
	.form = USER_FORM_ADDRESS, .oauth = "microsoft",
	.mechanisms = "LOGIN XOAUTH2",
	.size_limit = 157286400,
	.own_sender = true,
	.strict_user = true,
	.judges_content = true,
	.no_chunking = true,
	.login = "user is the full sign-in address (UPN); log in by OAuth: "
		"oauth = microsoft, and smtpost-oauth login NAME",
	.hints = provider_hint_microsoft,
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
	.hints = provider_hint_ses,
	.note = "SMTP credentials of the region, not the secret access key; 50 "
		"recipients a message",
},

{
	.name = "sendgrid",
	.title = "SendGrid",
	.variants = {{.servers = "smtps://smtp.sendgrid.net, "
		"smtp://smtp.sendgrid.net"}},
	.selectors = "s1 s2",
	.form = USER_FORM_LITERAL,
	.user = "apikey",
	.mechanisms = "PLAIN LOGIN",
	.size_limit = 31457280,
	.strict_user = true,
	.login = "user is the word apikey, the password an API key (SG...) "
		"that may send mail",
	.hints = provider_hint_sendgrid,
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
	.spf = "mailgun.org",
	.form = USER_FORM_LOGIN,
	.mechanisms = "PLAIN LOGIN",
	.size_limit = 52428800,
	.recipient_limit = 1000,
	.strict_user = true,
	.login = "user is postmaster@DOMAIN, with your domain at Mailgun; the "
		"password is that of its SMTP credentials, not an API key; for "
		"a domain in the EU, provider is mailgun:eu",
	.hints = provider_hint_mailgun,
	.note = "SMTP credentials of the domain, not an API key",
},

{
	.name = "mailjet",
	.title = "Mailjet",
	.variants = {{.servers = "smtps://in-v3.mailjet.com, "
		"smtp://in-v3.mailjet.com"}},
	.hosts = "smtp://in.mailjet.com",
	.spf = "spf.mailjet.com",
	.selectors = "mailjet",
	.form = USER_FORM_KEY,
	.user = "API key",
	.mechanisms = "PLAIN LOGIN",
	.strict_user = true,
	.login = "user is the API key, the password the secret key that "
		"belongs to it",
	.hints = provider_hint_mailjet,
	.note = "the password is the secret key; the From must be validated",
},

/* https://help.yahoo.com, SLN17518 */
{
	.name = "yahoo",
	.title = "Yahoo",
	.variants = {
		{.servers = "smtps://smtp.mail.yahoo.com, "
		"smtp://smtp.mail.yahoo.com",
		 .domains =
		 "yahoo.com yahoo.at yahoo.be yahoo.ca yahoo.cl yahoo.co.id "
		 "yahoo.co.in yahoo.co.nz yahoo.co.th yahoo.co.uk yahoo.co.za "
		 "yahoo.com.ar yahoo.com.au yahoo.com.br yahoo.com.co "
		 "yahoo.com.hk yahoo.com.mx yahoo.com.my yahoo.com.pe "
		 "yahoo.com.ph yahoo.com.sg yahoo.com.tr yahoo.com.tw "
		 "yahoo.com.ve yahoo.com.vn yahoo.cz yahoo.de yahoo.dk "
		 "yahoo.es yahoo.fi yahoo.fr yahoo.gr yahoo.hu yahoo.ie "
		 "yahoo.in yahoo.it yahoo.nl yahoo.no yahoo.pl yahoo.pt "
		 "yahoo.ro yahoo.se ymail.com rocketmail.com myyahoo.com",
		 .mx = "yahoodns.net"},
	},
	.form = USER_FORM_ADDRESS, .oauth = "yahoo",
	.mechanisms = "PLAIN LOGIN XOAUTH2",
	.size_limit = 41697280,
	.recipient_limit = 100,
	.login = "user is the full address; the password must be an app "
		"password, not that of the account",
	.hints = provider_hint_yahoo,
	.note = "app password; 500 mails a day, 100 recipients a message",
},

{
	.name = "aol",
	.title = "AOL",
	.variants = {
		{.servers = "smtps://smtp.aol.com, smtp://smtp.aol.com",
		 .domains = "aol.com aol.co.uk aol.de aol.fr aim.com",
		 .mx = "mx-aol.mail.gm0.yahoodns.net"},
	},
	.form = USER_FORM_ADDRESS, .oauth = "aol",
	.mechanisms = "PLAIN LOGIN XOAUTH2",
	.login = "user is the full address; the password must be an app "
		"password, not that of the account",
	.hints = provider_hint_yahoo,
	.note = "app password",
},

{
	.name = "icloud",
	.title = "iCloud",
	.variants = {
		{.servers = "smtp://smtp.mail.me.com",
		 .domains = "icloud.com me.com mac.com",
		 .mx = "mail.icloud.com"},
	},
	.spf = "icloud.com",
	.selectors = "sig1",
	.form = USER_FORM_ADDRESS,
	.mechanisms = "PLAIN LOGIN",
	.size_limit = 20 * MIB,
	.own_sender = true,
	.judges_content = true,
	.login = "an app-specific password from https://account.apple.com is "
		"needed, not that of the Apple Account",
	.hints = provider_hint_icloud,
	.note = "app-specific password",
},

{
	.name = "fastmail",
	.title = "Fastmail",
	.variants = {
		{.servers = "smtps://smtp.fastmail.com, "
		"smtp://smtp.fastmail.com",
		 .domains =
		 "fastmail.com fastmail.cn fastmail.co.uk fastmail.com.au "
		 "fastmail.de fastmail.es fastmail.fm fastmail.fr fastmail.im "
		 "fastmail.in fastmail.jp fastmail.mx fastmail.net "
		 "fastmail.nl fastmail.org fastmail.se fastmail.to "
		 "fastmail.tw fastmail.uk fastmail.us 123mail.org 150mail.com "
		 "150ml.com 16mail.com 2-mail.com 4email.net 50mail.com "
		 "airpost.net allmail.net bestmail.us cluemail.com "
		 "elitemail.org emailcorner.net emailengine.net "
		 "emailengine.org emailgroups.net emailplus.org emailuser.net "
		 "eml.cc f-m.fm fast-email.com fast-mail.org fastem.com "
		 "fastemail.us fastemailer.com fastest.cc fastimap.com "
		 "fastmailbox.net fastmessaging.com fea.st fmail.co.uk "
		 "fmailbox.com fmgirl.com fmguy.com ftml.net h-mail.us "
		 "hailmail.net imap-mail.com imap.cc imapmail.org "
		 "inoutbox.com internet-e-mail.com internet-mail.org "
		 "internetemails.net internetmailing.net jetemail.net "
		 "justemail.net letterboxes.org mail-central.com "
		 "mail-page.com mailandftp.com mailas.com mailbolt.com "
		 "mailc.net mailcan.com mailforce.net mailftp.com "
		 "mailhaven.com mailingaddress.org mailite.com mailmight.com "
		 "mailnew.com mailsent.net mailservice.ms mailup.net "
		 "mailworks.org ml1.net mm.st myfastmail.com mymacmail.com "
		 "nospammail.net ownmail.net petml.com postinbox.com "
		 "postpro.net proinbox.com promessage.com realemail.net "
		 "reallyfast.biz reallyfast.info rushpost.com sent.as sent.at "
		 "sent.com speedpost.net speedymail.org ssl-mail.com "
		 "swift-mail.com the-fastest.net the-quickest.com "
		 "theinternetemail.com veryfast.biz veryspeedy.net "
		 "warpmail.net xsmail.com yepmail.net your-mail.com",
		 .mx = "messagingengine.com"},
	},
	.spf = "spf.messagingengine.com",
	.selectors = "fm1 fm2 fm3",
	.form = USER_FORM_ADDRESS, .oauth = "fastmail",
	.mechanisms = "PLAIN LOGIN",
	.login = "user is the login address; the password must be an app "
		"password, not that of the account",
	.note = "app password",
},

{
	.name = "zoho",
	.title = "Zoho Mail",
	.variants = {
		{.servers = "smtps://smtp.zoho.com, smtp://smtp.zoho.com",
		 .domains = "zohomail.com zoho.com"},
		{.name = "eu", .servers = "smtps://smtp.zoho.eu, "
		 "smtp://smtp.zoho.eu",
		 .domains = "zohomail.eu"},
		{.name = "in", .servers = "smtps://smtp.zoho.in, "
		 "smtp://smtp.zoho.in",
		 .domains = "zohomail.in"},
		{.name = "au", .servers = "smtps://smtp.zoho.com.au, "
		 "smtp://smtp.zoho.com.au",
		 .domains = "zohomail.com.au"},
		{.name = "jp", .servers = "smtps://smtp.zoho.jp, "
		 "smtp://smtp.zoho.jp",
		 .domains = "zohomail.jp"},
	},
	.spf =
		"zohomail.com zoho.com zohomail.eu zoho.eu zohomail.in "
		"zoho.in zohomail.com.au zoho.com.au zohomail.jp zoho.jp",
	.form = USER_FORM_ADDRESS,
	.mechanisms = "PLAIN LOGIN",
	.own_sender = true,
	.login = "user is the full address; the account may be of another "
		"region, see smtpost --providers; with two-factor login an app "
		"password is needed",
	.hints = provider_hint_zoho,
	.note = "the region is that of the account",
},

{
	.name = "zoho-pro",
	.title = "Zoho Mail for organisations",
	.variants = {
		{.servers = "smtps://smtppro.zoho.com, "
		 "smtp://smtppro.zoho.com",
		 .mx = "zoho.com"},
		{.name = "eu", .servers = "smtps://smtppro.zoho.eu, "
		 "smtp://smtppro.zoho.eu",
		 .mx = "zoho.eu"},
		{.name = "in", .servers = "smtps://smtppro.zoho.in, "
		 "smtp://smtppro.zoho.in",
		 .mx = "zoho.in"},
		{.name = "au", .servers = "smtps://smtppro.zoho.com.au, "
		 "smtp://smtppro.zoho.com.au",
		 .mx = "zoho.com.au"},
		{.name = "jp", .servers = "smtps://smtppro.zoho.jp, "
		 "smtp://smtppro.zoho.jp",
		 .mx = "zoho.jp"},
	},
	.spf =
		"zohomail.com zoho.com zohomail.eu zoho.eu zohomail.in "
		"zoho.in zohomail.com.au zoho.com.au zohomail.jp zoho.jp",
	.form = USER_FORM_ADDRESS,
	.mechanisms = "PLAIN LOGIN",
	.own_sender = true,
	.login = "user is the full address; the account may be of another "
		"region, see smtpost --providers; with two-factor login an app "
		"password is needed",
	.hints = provider_hint_zoho,
	.note = "the region is that of the account",
},

/* https://postmaster.gmx.com */
{
	.name = "gmx",
	.title = "GMX",
	.variants = {
		{.servers = "smtps://mail.gmx.net, smtp://mail.gmx.net",
		 .domains =
		 "gmx.net gmx.de gmx.at gmx.ch gmx.li gmx.org gmx.info "
		 "gmx.biz gmx.eu"},
		{.name = "com", .servers = "smtps://mail.gmx.com, "
		 "smtp://mail.gmx.com",
		 .domains = "gmx.com gmx.us gmx.co.uk gmx.es gmx.fr"},
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
	.variants = {
		{.servers = "smtps://smtp.web.de, smtp://smtp.web.de",
		 .domains = "web.de"},
	},
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
		{.servers = "smtps://smtp.yandex.com",
		 .domains = "yandex.com yandex.com.tr",
		 .mx = "mx.yandex.net"},
		{.name = "ru", .servers = "smtps://smtp.yandex.ru",
		 .domains = "yandex.ru ya.ru yandex.by yandex.kz yandex.ua",
		 .mx = "mx.yandex.ru"},
	},
	.spf = "_spf.yandex.net _spf.yandex.ru",
	.selectors = "mail",
	.form = USER_FORM_ADDRESS, .oauth = "yandex",
	.mechanisms = "PLAIN LOGIN XOAUTH2",
	.own_sender = true,
	.login = "the password must be an app password, not that of the "
		"account",
	.hints = provider_hint_yandex,
	.note = "app password",
},

{
	.name = "mail.ru",
	.title = "Mail.ru",
	.variants = {
		{.servers = "smtps://smtp.mail.ru, smtp://smtp.mail.ru",
		 .domains =
		 "mail.ru inbox.ru list.ru bk.ru internet.ru xmail.ru",
		 .mx = "emx.mail.ru"},
	},
	.spf = "_spf.mail.ru",
	.selectors = "mailru",
	.form = USER_FORM_ADDRESS, .oauth = "mail.ru",
	.mechanisms = "PLAIN LOGIN XOAUTH2",
	.login = "user is the full address; a password for external "
		"applications is needed, not that of the account",
	.note = "password for external applications",
},

/* https://proton.me/support/smtp-submission */
{
	.name = "proton",
	.title = "Proton Mail",
	.variants = {
		{.servers = "smtp://smtp.protonmail.ch",
		 .mx = "protonmail.ch"},
	},
	.spf = "_spf.protonmail.ch",
	.selectors = "protonmail protonmail2 protonmail3",
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
	.variants = {
		{.servers = "smtp://127.0.0.1:1025",
		 .domains = "proton.me protonmail.com protonmail.ch pm.me"},
	},
	.spf = "_spf.protonmail.ch",
	.selectors = "protonmail protonmail2 protonmail3",
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
	.selectors = "resend",
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
	.selectors = "mte1 mte2 mandrill",
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
	.variants = {
		{.servers = "smtps://ssl0.ovh.net, smtp://ssl0.ovh.net",
		 .mx = "mail.ovh.net"},
	},
	.spf = "mx.ovh.com",
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
		{.servers = "smtps://smtp.ionos.com, smtp://smtp.ionos.com",
		 .mx = "mx00.ionos.com mx01.ionos.com"},
		{.name = "de", .servers = "smtps://smtp.ionos.de, "
		 "smtp://smtp.ionos.de",
		 .mx = "kundenserver.de mx00.ionos.de mx01.ionos.de"},
		{.name = "uk", .servers = "smtps://smtp.ionos.co.uk, "
		 "smtp://smtp.ionos.co.uk",
		 .mx = "mx00.ionos.co.uk mx01.ionos.co.uk"},
	},
	.hosts = "smtps://smtp.1und1.de",
	.spf =
		"_spf-us.ionos.com _spf-eu.ionos.com _spf.perfora.net "
		"_spf.kundenserver.de",
	.selectors = "s1-ionos s2-ionos",
	.form = USER_FORM_ADDRESS,
	.mechanisms = "PLAIN LOGIN",
	.login = "user is the full address",
	.note = "-",
},

{
	.name = "strato",
	.title = "Strato",
	.variants = {
		{.servers = "smtps://smtp.strato.de, "
		"smtp://smtp.strato.de",
		 .mx = "rzone.de"},
	},
	.form = USER_FORM_ADDRESS,
	.mechanisms = "SCRAM-SHA-1 CRAM-MD5 LOGIN PLAIN",
	.size_limit = 104857600,
	.login = "user is the full address",
	.note = "-",
},

{
	.name = "gandi",
	.title = "Gandi",
	.variants = {
		{.servers = "smtps://mail.gandi.net, "
		"smtp://mail.gandi.net",
		 .mx = "mail.gandi.net"},
	},
	.spf = "_mailcust.gandi.net",
	.selectors = "gm1 gm2 gm3",
	.form = USER_FORM_ADDRESS,
	.mechanisms = "PLAIN LOGIN",
	.login = "user is the full address",
	.note = "-",
},

{
	.name = "migadu",
	.title = "Migadu",
	.variants = {
		{.servers = "smtps://smtp.migadu.com, "
		"smtp://smtp.migadu.com",
		 .mx = "migadu.com"},
	},
	.spf = "spf.migadu.com",
	.selectors = "key1 key2 key3",
	.form = USER_FORM_ADDRESS,
	.mechanisms = "PLAIN LOGIN",
	.login = "user is the full address",
	.note = "the daily limit depends on the plan",
},

{
	.name = "mailbox.org",
	.title = "mailbox.org",
	.variants = {
		{.servers = "smtps://smtp.mailbox.org, "
		"smtp://smtp.mailbox.org",
		 .domains = "mailbox.org secure.mailbox.org",
		 .mx = "mailbox.org"},
	},
	.spf = "mailbox.org",
	.selectors = "MBO0001 MBO0002 MBO0003 MBO0004",
	.form = USER_FORM_ADDRESS,
	.mechanisms = "PLAIN LOGIN",
	.login = "user is the full address",
	.note = "-",
},

{
	.name = "posteo",
	.title = "Posteo",
	.variants = {
		{.servers = "smtps://posteo.de, smtp://posteo.de",
		 .domains =
		 "posteo.de posteo.net posteo.at posteo.ch posteo.eu "
		 "posteo.org"},
	},
	.form = USER_FORM_ADDRESS,
	.mechanisms = "PLAIN LOGIN",
	.login = "user is the full address",
	.note = "-",
},

{
	.name = "qq",
	.title = "QQ Mail",
	.variants = {
		{.servers = "smtps://smtp.qq.com, smtp://smtp.qq.com",
		 .domains = "qq.com vip.qq.com foxmail.com"},
		{.name = "exmail", .servers = "smtps://smtp.exmail.qq.com, "
		 "smtp://smtp.exmail.qq.com",
		 .mx = "mxbiz1.qq.com mxbiz2.qq.com"},
	},
	.spf = "spf.mail.qq.com",
	.form = USER_FORM_ADDRESS,
	.mechanisms = "LOGIN PLAIN",
	.own_sender = true,
	.login = "the password is an authorization code from the settings of "
		"the mailbox, not that of the account",
	.hints = provider_hint_tencent,
	.note = "authorization code",
},

{
	.name = "163",
	.title = "NetEase 163",
	.variants = {
		{.servers = "smtps://smtp.163.com, "
		"smtps://smtp.163.com:994",
		 .domains = "163.com"},
	},
	.form = USER_FORM_ADDRESS,
	.mechanisms = "LOGIN PLAIN",
	.own_sender = true,
	.login = "the password is an authorization code from the settings of "
		"the mailbox, not that of the account",
	.hints = provider_hint_netease,
	.note = "authorization code",
},

{
	.name = "126",
	.title = "NetEase 126",
	.variants = {
		{.servers = "smtps://smtp.126.com, "
		"smtps://smtp.126.com:994",
		 .domains = "126.com"},
	},
	.form = USER_FORM_ADDRESS,
	.mechanisms = "LOGIN PLAIN",
	.own_sender = true,
	.login = "the password is an authorization code from the settings of "
		"the mailbox, not that of the account",
	.hints = provider_hint_netease,
	.note = "authorization code",
},

{
	.name = "comcast",
	.title = "Comcast",
	.variants = {
		{.servers = "smtps://smtp.comcast.net, "
		"smtp://smtp.comcast.net",
		 .domains = "comcast.net"},
	},
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
