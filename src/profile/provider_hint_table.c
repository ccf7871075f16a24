/*
 * What a refusal of a mail service means, and what to do next. The first hint
 * whose conditions fit the reply is shown, so hints with more conditions come
 * first. provider_table.c says where the texts come from.
 */
#include "profile/provider_hint_table.h"

#include <stddef.h>

/* clang-format off */

/* https://support.google.com/a/answer/3726730 */
const struct provider_hint provider_hint_google[] = {
	{.code = 534, .status = "5.7.9",
	 .hint = "an app password is needed: switch on 2-Step Verification, "
		 "make one at https://myaccount.google.com/apppasswords and "
		 "use it as the password; or log in by OAuth: oauth = google "
		 "and smtpost-oauth login NAME"},
	{.code = 534, .status = "5.7.14",
	 .hint = "Google asks the user to confirm the login: sign in with a "
		 "browser from this network, then try again"},
	{.code = 535, .status = "5.7.8",
	 .hint = "user is the full address; the password is an app password "
		 "from https://myaccount.google.com/apppasswords, not that of "
		 "the account; or log in by OAuth: oauth = google and "
		 "smtpost-oauth login NAME"},
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
	 .hint = "Google requires a login: set user and a password, or "
		 "oauth = google"},
	{0} /* the end of the list */
};

/* https://learn.microsoft.com, "SMTP AUTH submissions" */
const struct provider_hint provider_hint_microsoft[] = {
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
	 .hint = "passwords are no longer accepted here: set oauth = microsoft "
		 "instead of the password and run smtpost-oauth login NAME"},
	{.code = 535, .status = "5.7.139",
	 .hint = "a policy of the organisation forbids this login (security "
		 "defaults, conditional access) or the password is wrong: try "
		 "oauth = microsoft, or ask the administrator"},
	{.code = 550, .status = "5.7.30",
	 .hint = "passwords are no longer accepted: set oauth = microsoft "
		 "instead of the password and run smtpost-oauth login NAME"},
	{.code = 501, .status = "5.5.124",
	 .hint = "the token was not understood: it must be for SMTP, scope "
		 "https://outlook.office.com/SMTP.Send"},
	{.code = 535, .for_app = true,
	 .hint = "an application needs the role SMTP.SendAsApp, a service "
		 "principal in Exchange (New-ServicePrincipal) and the mailbox "
		 "of user (Add-MailboxPermission); smtpost-oauth(1) says more"},
	{.code = 535,
	 .hint = "user is the full sign-in address; a token must be for SMTP, "
		 "scope https://outlook.office.com/SMTP.Send; a password is "
		 "refused where only OAuth is allowed"},
	{.code = 530, .status = "5.7.57",
	 .hint = "Microsoft accepts mail only after a login: set user and "
		 "oauth = microsoft, or a password"},
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
const struct provider_hint provider_hint_ses[] = {
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

const struct provider_hint provider_hint_sendgrid[] = {
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

const struct provider_hint provider_hint_mailgun[] = {
	{.text = "Sandbox subdomains",
	 .hint = "a sandbox domain sends to authorized recipients only: add "
		 "the recipient, or a domain of your own"},
	{0} /* the end of the list */
};

const struct provider_hint provider_hint_mailjet[] = {
	{.code = 530,
	 .hint = "Mailjet accepts mail only after a login: set user and a "
		 "password"},
	{0} /* the end of the list */
};

const struct provider_hint provider_hint_yahoo[] = {
	{.code = 535, .text = "AUTH005",
	 .hint = "too many refused logins: wait, then use an app password from "
		 "the account's security page, not the password of the "
		 "account"},
	{0} /* the end of the list */
};

const struct provider_hint provider_hint_zoho[] = {
	{.code = 553, .text = "Relaying disallowed",
	 .hint = "the From is not an address of this user, or the account "
		"belongs to another region: see smtpost --providers for "
		 "zoho:eu and the others"},
	{0} /* the end of the list */
};

const struct provider_hint provider_hint_yandex[] = {
	{.code = 553, .status = "5.7.1",
	 .hint = "the From is not an address of this user: set sender to one "
		 "that is"},
	{0} /* the end of the list */
};

const struct provider_hint provider_hint_netease[] = {
	{.code = 553, .text = "authorized user",
	 .hint = "the From must be the address of user: set sender to it"},
	{.code = 554, .text = "DT:SPM",
	 .hint = "the content was judged to be unsolicited mail"},
	{0} /* the end of the list */
};

const struct provider_hint provider_hint_tencent[] = {
	{.code = 501, .text = "authorization user",
	 .hint = "the From must be the address of user: set sender to it"},
	{0} /* the end of the list */
};

const struct provider_hint provider_hint_icloud[] = {
	{.code = 550, .text = "From address",
	 .hint = "the From is not one of the account's addresses: set sender "
		 "to one of them and header-policy = provider"},
	{0} /* the end of the list */
};

/* clang-format on */
