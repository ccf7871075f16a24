/*
 * What the services say when they refuse, and what to do then: the first row
 * that fits is told, so the narrow ones come first.
 */
#include "profile/provider_hints.h"

#define END {0, {0, 0, 0}, NULL, NULL}
#define STATUS(class, subject, detail) {class, subject, detail}
#define ANY {0, 0, 0}

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
    {530, ANY, NULL, "Google wants a login: set user and a password or "
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
    {554, ANY, "DT:SPM",
	"the content was taken for unsolicited mail"},
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
