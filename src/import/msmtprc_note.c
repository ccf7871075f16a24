/*
 * Most reasons depend on the value alone and stand in a table; the others
 * depend on the other lines of the account.
 */
#include "import/msmtprc_note.h"

#include "import/import_profile.h"
#include "import/msmtprc_login.h"
#include "import/msmtprc_sender.h"
#include "profile/token_url.h"
#include "tls/token_key.h"

#define SERVER_INFO                                                         \
	"smtpost always checks the certificate; if it is not trusted, run " \
	"smtpost --server-info, then set tls-trust = pin and the tls-pin "  \
	"that "                                                             \
	"it prints"

#define NO_USER "there is no login without a user"

struct row {
	enum msmtprc_key key;
	const char *value; /* NULL: any */
	bool is_left;
	const char *why;
};

static const struct row rows[] = {
    {MSMTPRC_TLS_TRUST_FILE, "system", false,
	"the certificates of the system are trusted by default"},
    {MSMTPRC_TLS_TRUST_FILE, "", true, SERVER_INFO},
    {MSMTPRC_TLS_CERTCHECK, "on", false, "certificates are always checked"},
    {MSMTPRC_TLS_CERTCHECK, "off", true, SERVER_INFO},
    {MSMTPRC_TLS_MIN_DH_PRIME_BITS, "", false, "it is the default"},
    {MSMTPRC_TLS_MIN_DH_PRIME_BITS, NULL, true,
	"smtpost keeps its own limit, which a %PROFILE_ word in tls-priority "
	"changes"},
    {MSMTPRC_TLS_FORCE_SSLV3, NULL, false, "msmtp ignores it, too"},
    {MSMTPRC_AUTH, "on", false, "auth = auto is the default"},
    {MSMTPRC_AUTH, "off", false, "without a user smtpost does not log in"},
    {MSMTPRC_AUTH, "external", true,
	"it needs a client certificate: tls_cert_file and tls_key_file"},
    {MSMTPRC_AUTH, NULL, true,
	"smtpost does not have this mechanism; it uses another one that the "
	"server offers"},
    {MSMTPRC_ALLOW_FROM_OVERRIDE, "on", false,
	"the address of -f replaces sender"},
    {MSMTPRC_ALLOW_FROM_OVERRIDE, NULL, true,
	"the address of -f replaces sender; only header-policy = provider "
	"prevents that, and it replaces From, too"},
    {MSMTPRC_MAILDOMAIN, NULL, false, "msmtp uses it with auto_from only"},
    {MSMTPRC_SET_FROM_HEADER, "auto", false,
	"a missing From is added by default"},
    {MSMTPRC_SET_FROM_HEADER, NULL, true,
	"header-policy = provider needs a sender, and from does not give one"},
    {MSMTPRC_SET_DATE_HEADER, "auto", false,
	"a missing Date is added by default"},
    {MSMTPRC_SET_DATE_HEADER, NULL, true,
	"smtpost adds a missing Date; header-policy = keep would add no field "
	"at all"},
    {MSMTPRC_SET_MSGID_HEADER, "auto", false,
	"a missing Message-ID is added by default"},
    {MSMTPRC_SET_MSGID_HEADER, NULL, true,
	"smtpost adds a missing Message-ID; header-policy = keep would add no "
	"field at all"},
    {MSMTPRC_SET_TO_HEADER, "off", false, "To and Cc are never replaced"},
    {MSMTPRC_SET_TO_HEADER, "on", true, "smtpost does not replace To and Cc"},
    {MSMTPRC_SET_TO_HEADER, NULL, true,
	"smtpost does not remove To and Cc; undisclosed-recipients = yes adds "
	"this To to a message that has neither"},
    {MSMTPRC_REMOVE_BCC_HEADERS, "on", false, "Bcc is removed by default"},
    {MSMTPRC_PROXY_PORT, NULL, false, "it has no effect without proxy_host"},
    {MSMTPRC_TIMEOUT, "", false, "the time limits of RFC 5321 are the default"},
    {MSMTPRC_DOMAIN, "", true,
	"the server expects a name; by default smtpost sends the name or the "
	"address of this machine"},
    {MSMTPRC_DOMAIN, NULL, true,
	"smtpost replaces no words in ehlo-name; by default smtpost sends the "
	"host name if it has a dot, else the address of this machine"},
    {MSMTPRC_FROM, "", true,
	"the null reverse-path cannot be the default; -f '' sets it"},
    {MSMTPRC_FROM, "%F", false,
	"without sender, the address in From is the reverse-path"},
    /* An empty value is the default; smtpost has no setting for another. */
    {MSMTPRC_TLS_FINGERPRINT, "", false, "it is the default"},
    {MSMTPRC_TLS_FINGERPRINT, NULL, true,
	"it is a digest of the certificate, but tls-pin is one of the key: run "
	"smtpost --server-info, then set tls-trust = pin and the tls-pin that "
	"it prints"},
    {MSMTPRC_TLS_PRIORITIES, "", false, "it is the default"},
    {MSMTPRC_TLS_PRIORITIES, NULL, true,
	"it is not for GnuTLS, the TLS library of smtpost"},
    {MSMTPRC_NTLMDOMAIN, "", false, "it is the default"},
    {MSMTPRC_NTLMDOMAIN, NULL, true, "smtpost does not have NTLM"},
    {MSMTPRC_LOGFILE_TIME_FORMAT, "", false, "it is the default"},
    {MSMTPRC_LOGFILE_TIME_FORMAT, NULL, true,
	"the time in the log has one form; see log in smtpost.conf(5)"},
};

static struct msmtprc_note
leave(const char *why)
{
	return (struct msmtprc_note){.why = why, .is_left = true};
}

static struct msmtprc_note
need_not(const char *why)
{
	return (struct msmtprc_note){.why = why};
}

static struct msmtprc_note
note_path(
    const struct msmtprc_account *account, const struct msmtprc_line *line)
{
	if (token_url_has_pin(line->value))
		return leave("there is a PIN in it; write it into a file, and "
			     "pin-source=FILE into tls-key");
	if (token_key_is_url(line->value) &&
	    !import_profile_accepts("tls-key", line->value))
		return leave("smtpost needs a URL as in "
			     "pkcs11:token=LABEL;object=NAME?pin-source=FILE");
	if (span_starts(line->value, SPAN("~")) &&
	    !msmtprc_setting_is_path(line->value))
		return leave("msmtp replaces ~ by the home directory; write an "
			     "absolute path");
	if (!msmtprc_setting_is_path(line->value) &&
	    !token_key_is_url(line->value))
		return leave("the path is relative to the folder in which "
			     "msmtp runs; write an absolute path");
	if (line->key == MSMTPRC_TLS_CERT_FILE)
		return leave(msmtprc_file_has(account, MSMTPRC_TLS_KEY_FILE)
			? "its tls_key_file is not taken over"
			: "msmtp refuses it without tls_key_file");
	if (line->key == MSMTPRC_TLS_KEY_FILE)
		return leave(msmtprc_file_has(account, MSMTPRC_TLS_CERT_FILE)
			? "its tls_cert_file is not taken over"
			: "msmtp refuses it without tls_cert_file");
	return (struct msmtprc_note){0};
}

static struct msmtprc_note
note_from(const struct msmtprc_line *line)
{
	if (span_find(line->value, '[') < line->value.len)
		return leave("a pattern of match can have only * and ?");
	if (msmtprc_sender_is_pattern(line->value))
		return need_not("the profile needs no match");
	return leave("sender has no such words as %C and %F");
}

/* What the other lines of the account decide; nothing if they do not. */
static struct msmtprc_note
note_by_account(
    const struct msmtprc_account *account, const struct msmtprc_line *line)
{
	bool has_value = line->value.len > 0;

	switch (line->key) {
	case MSMTPRC_HOST:
	case MSMTPRC_PORT:
	case MSMTPRC_PROTOCOL:
	case MSMTPRC_SOCKET:
	case MSMTPRC_TLS:
	case MSMTPRC_TLS_STARTTLS:
		if (!msmtprc_file_has(account, MSMTPRC_HOST) &&
		    !msmtprc_file_has(account, MSMTPRC_SOCKET))
			return need_not(
			    "it has no effect without host or socket");
		break;
	case MSMTPRC_TLS_CRL_FILE:
	case MSMTPRC_TLS_CERT_FILE:
	case MSMTPRC_TLS_KEY_FILE:
	case MSMTPRC_ALIASES:
		if (has_value)
			return note_path(account, line);
		break;
	case MSMTPRC_TLS_TRUST_FILE:
		if (has_value && !span_equal(line->value, SPAN("system")))
			return note_path(account, line);
		break;
	case MSMTPRC_LOGFILE:
		if (has_value && !span_equal(line->value, SPAN("-")))
			return note_path(account, line);
		break;
	case MSMTPRC_SYSLOG:
		if (has_value && msmtprc_file_has(account, MSMTPRC_LOGFILE))
			return leave(
			    "smtpost has one log, here that of logfile");
		break;
	case MSMTPRC_AUTH:
		if (!msmtprc_file_has(account, MSMTPRC_USER) &&
		    !msmtprc_file_is(account, MSMTPRC_AUTH, "off") &&
		    !msmtprc_file_is(account, MSMTPRC_AUTH, "gssapi"))
			return leave("msmtp refuses a login without a user");
		break;
	case MSMTPRC_PASSWORD:
		if (has_value && !msmtprc_login_has_user(account))
			return need_not(NO_USER);
		if (has_value)
			return leave(
			    "it is an access token, which expires; set "
			    "token-command to a command that prints a new one");
		break;
	case MSMTPRC_PASSWORDEVAL:
		if (has_value && !msmtprc_login_has_user(account))
			return need_not(NO_USER);
		if (has_value)
			return need_not(
			    "msmtp does not run it, because there is "
			    "a password");
		break;
	case MSMTPRC_FROM:
		if (msmtprc_file_is(account, MSMTPRC_AUTO_FROM, "on"))
			return need_not("auto_from takes its place");
		if (has_value && !span_equal(line->value, SPAN("%F")))
			return note_from(line);
		break;
	default:
		break;
	}
	return (struct msmtprc_note){0};
}

struct msmtprc_note
msmtprc_note_make(
    const struct msmtprc_account *account, const struct msmtprc_line *line)
{
	struct msmtprc_note note = note_by_account(account, line);

	for (size_t i = 0;
	     note.why == NULL && i < sizeof(rows) / sizeof(rows[0]); i++)
		if (rows[i].key == line->key &&
		    (rows[i].value == NULL ||
			span_equal(line->value, span_from(rows[i].value))))
			note = (struct msmtprc_note){
			    .why = rows[i].why, .is_left = rows[i].is_left};
	if (note.why == NULL && line->value.len == 0)
		note.why = "it is the default";
	return note;
}
