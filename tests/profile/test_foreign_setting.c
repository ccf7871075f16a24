#include "rows.h"

#include "profile/foreign_setting.h"
#include "profile/setting_table.h"

struct hint_row {
	const char *name, *key, *hint;
};

/* What a user reads after copying a line from another program. */
static const struct hint_row hints[] = {
    {"msmtp: host", "host", "smtpost calls it server = smtp://HOST"},
    {"msmtp: passwordeval", "passwordeval",
	"smtpost calls it password-command = COMMAND"},
    {"msmtp: with -", "tls-trust-file", "smtpost calls it tls-trust = FILE"},
    {"msmtp: no setting", "defaults", "settings above the first [NAME]"},
    {"ssmtp: mailhub", "mailhub", "smtpost calls it server = smtp://HOST:PORT"},
    {"ssmtp: AuthUser", "AuthUser", "smtpost calls it user = NAME"},
    {"ssmtp: case", "authpass", "smtpost calls it password-file = FILE"},
    {"ssmtp: TLS_CA_File", "TLS_CA_File", "smtpost calls it tls-trust = FILE"},
    {"dma: SMARTHOST", "SMARTHOST", "smtpost calls it server = smtp://HOST"},
    {"near a name of ours", "pasword-file",
	"the nearest one known is \"password-file\""},
    {"unknown everywhere", "zzz", "see smtpost.conf(5)"},
};

static void
test_hint(void **state)
{
	const struct hint_row *row = *state;
	struct error err = {0};

	setting_table_hint(span_from(row->key), &err);
	if (strstr(err.text, row->hint) == NULL)
		fail_msg("no \"%s\" in: %s", row->hint, err.text);
}

/* Every setting of msmtp 1.8 and ssmtp 2.64 is known, here or there. */
static const char *const others[] = {
    "defaults",
    "account",
    "host",
    "port",
    "source_ip",
    "proxy_host",
    "proxy_port",
    "socket",
    "timeout",
    "protocol",
    "domain",
    "auth",
    "user",
    "password",
    "passwordeval",
    "ntlmdomain",
    "tls",
    "tls_starttls",
    "tls_trust_file",
    "tls_crl_file",
    "tls_fingerprint",
    "tls_key_file",
    "tls_cert_file",
    "tls_certcheck",
    "tls_min_dh_prime_bits",
    "tls_priorities",
    "tls_host_override",
    "from",
    "from_full_name",
    "allow_from_override",
    "dsn_notify",
    "dsn_return",
    "set_from_header",
    "set_date_header",
    "set_msgid_header",
    "remove_bcc_headers",
    "undisclosed_recipients",
    "logfile",
    "logfile_time_format",
    "syslog",
    "aliases",
    "auto_from",
    "maildomain",
    "root",
    "mailhub",
    "RewriteDomain",
    "MinUserId",
    "Hostname",
    "FromLineOverride",
    "UseTLS",
    "UseSTARTTLS",
    "TLSCert",
    "TLSKey",
    "TLS_CA_File",
    "TLS_CA_Dir",
    "AuthUser",
    "AuthPass",
    "AuthMethod",
    "Debug",
    "UseTLSCert",
};

#define OTHER_COUNT (sizeof(others) / sizeof(others[0]))

/* With - for _, which is how ours are written. */
static struct span
in_our_spelling(const char *name, char *out)
{
	size_t len = strlen(name);

	for (size_t i = 0; i < len; i++)
		out[i] = name[i] == '_' ? '-' : name[i];
	return (struct span){out, len};
}

static void
test_complete(void **state)
{
	(void)state;
	for (size_t i = 0; i < OTHER_COUNT; i++) {
		char name[64];

		if (setting_table_find(in_our_spelling(others[i], name)) ==
			NULL &&
		    foreign_setting_find(span_from(others[i])) == NULL)
			fail_msg("%s is not known", others[i]);
	}
}

/* A hint names a setting that exists. */
static void
test_targets(void **state)
{
	(void)state;
	for (size_t i = 0; i < OTHER_COUNT; i++) {
		const struct foreign_setting *foreign =
		    foreign_setting_find(span_from(others[i]));

		if (foreign == NULL)
			continue;
		assert_true(foreign->setting != NULL || foreign->note != NULL);
		if (foreign->setting != NULL &&
		    setting_table_find(span_from(foreign->setting)) == NULL)
			fail_msg("there is no setting %s", foreign->setting);
	}
}

int
main(void)
{
	struct rows all = {0};

	rows_add(&all, "hint", hints, ROWS(hints), test_hint);
	rows_add_one(&all, "every setting of others", test_complete);
	rows_add_one(&all, "their names here", test_targets);
	return rows_end(&all);
}
