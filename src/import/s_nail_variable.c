/*
 * The names of s-nail 14.9, and of its predecessors nail and Heirloom mailx. A
 * name that is not here has nothing to do with how mail is sent.
 */
#include "import/s_nail_variable.h"

#include <stddef.h>

enum traits {
	CHAIN = 1,  /* also with -HOST and -USER@HOST */
	SECRET = 2, /* comments do not show the value */
};

struct row {
	const char *name;
	unsigned traits;
	const char *why_not, *needless; /* neither: it is kept */
};

#define PROGRAM "it is for the program that mta names"
#define OPENSSL "it is a setting for OpenSSL; see tls-priority"

static const struct row rows[] = {
    {"mta", SECRET, NULL, NULL},
    {"smtp", SECRET, NULL, NULL},
    {"sendmail", 0, PROGRAM, NULL},
    {"v15-compat", 0, NULL, NULL},
    {"smtp-use-starttls", CHAIN, NULL, NULL},
    {"smtp-auth", CHAIN, NULL, NULL},
    {"smtp-auth-user", CHAIN, NULL, NULL},
    {"smtp-auth-password", CHAIN | SECRET, NULL, NULL},
    {"user", CHAIN, NULL, NULL},
    {"password", CHAIN | SECRET, NULL, NULL},
    {"smtp-hostname", 0, NULL, NULL},
    {"hostname", 0, NULL, NULL},
    {"from", 0, NULL, NULL},
    {"sender", 0, NULL, NULL},
    {"socket-connect-timeout", 0, NULL, NULL},
    {"socks-proxy", CHAIN | SECRET, NULL, NULL},
    {"mta-aliases", 0, NULL, NULL},
    {"tls-verify", CHAIN, NULL, NULL},
    {"ssl-verify", CHAIN, NULL, NULL},
    {"tls-ca-file", CHAIN, NULL, NULL},
    {"ssl-ca-file", CHAIN, NULL, NULL},
    {"tls-ca-no-defaults", CHAIN, NULL, NULL},
    {"ssl-ca-no-defaults", CHAIN, NULL, NULL},
    {"tls-crl-file", 0, NULL, NULL},
    {"ssl-crl-file", 0, NULL, NULL},
    {"tls-config-pairs", CHAIN, NULL, NULL},
    {"ssl-config-pairs", CHAIN, NULL, NULL},
    {"ssl-cert", CHAIN, NULL, NULL},
    {"ssl-key", CHAIN, NULL, NULL},
    {"tls-ca-dir", CHAIN,
	"it is a folder; put its certificates into one file, and name that in "
	"tls-trust",
	NULL},
    {"ssl-ca-dir", CHAIN,
	"it is a folder; put its certificates into one file, and name that in "
	"tls-trust",
	NULL},
    {"tls-crl-dir", 0,
	"it is a folder; put its lists into one file, and name that in tls-crl",
	NULL},
    {"ssl-crl-dir", 0,
	"it is a folder; put its lists into one file, and name that in tls-crl",
	NULL},
    {"tls-fingerprint", CHAIN,
	"it is a digest of the certificate, but tls-pin is one of the key: run "
	"smtpost --server-info, then set tls-trust = pin and the tls-pin that "
	"it prints",
	NULL},
    {"tls-fingerprint-digest", CHAIN, "tls-pin has SHA-256 only", NULL},
    {"tls-ca-flags", CHAIN, OPENSSL, NULL},
    {"ssl-ca-flags", CHAIN, OPENSSL, NULL},
    {"tls-config-file", 0, OPENSSL, NULL},
    {"ssl-config-file", 0, OPENSSL, NULL},
    {"tls-config-module", CHAIN, OPENSSL, NULL},
    {"ssl-config-module", CHAIN, OPENSSL, NULL},
    {"ssl-cipher-list", CHAIN, OPENSSL, NULL},
    {"ssl-curves", CHAIN, OPENSSL, NULL},
    {"ssl-method", CHAIN, OPENSSL, NULL},
    {"ssl-protocol", CHAIN, OPENSSL, NULL},
    {"nss-config-dir", 0,
	"smtpost does not use NSS; put the certificates into one file, and "
	"name that in tls-trust",
	NULL},
    {"tls-rand-file", 0, NULL, "the system has random numbers"},
    {"ssl-rand-file", 0, NULL, "the system has random numbers"},
    {"smtp-config", 0, "s-nail has no such variable any more", NULL},
    {"netrc-lookup", CHAIN, NULL,
	"smtpost looks for a password in ~/.netrc if no setting names one"},
    {"netrc-pipe", 0,
	"smtpost reads ~/.netrc only as it is; see password-command", NULL},
    {"mta-arguments", 0, PROGRAM, NULL},
    {"mta-argv0", 0, PROGRAM, NULL},
    {"mta-no-default-arguments", 0, PROGRAM, NULL},
    {"mta-no-receiver-arguments", 0, PROGRAM, NULL},
    {"mta-bcc-ok", 0, PROGRAM, NULL},
    {"sendmail-arguments", 0, PROGRAM, NULL},
    {"sendmail-no-default-arguments", 0, PROGRAM, NULL},
    {"sendmail-progname", 0, PROGRAM, NULL},
    {"r-option-implicit", 0, NULL,
	"with it, s-nail passes the sender to smtpost with -f"},
    {"sendwait", 0, NULL, "s-nail waits for smtpost, too"},
    {NULL, 0, NULL, NULL},
};

/* The longest row that fits, so that smtp-auth-user is not smtp-auth. */
static const struct row *
find(struct span name)
{
	const struct row *best = NULL;
	size_t len = 0;

	for (const struct row *row = rows; row->name != NULL; row++) {
		struct span own = span_from(row->name);
		bool fits = span_equal(name, own) ||
		    (row->traits & CHAIN && span_starts(name, own) &&
			name.len > own.len && name.at[own.len] == '-');

		if (fits && own.len > len) {
			best = row;
			len = own.len;
		}
	}
	return best;
}

bool
s_nail_variable_is_listed(struct span name)
{
	return find(name) != NULL;
}

bool
s_nail_variable_is_kept(struct span name)
{
	const struct row *row = find(name);

	return row != NULL && row->why_not == NULL && row->needless == NULL;
}

bool
s_nail_variable_is_secret(struct span name)
{
	const struct row *row = find(name);

	return row == NULL || row->traits & SECRET;
}

const char *
s_nail_variable_why_not(struct span name)
{
	const struct row *row = find(name);

	return row != NULL ? row->why_not : NULL;
}

const char *
s_nail_variable_needless(struct span name)
{
	const struct row *row = find(name);

	return row != NULL ? row->needless : NULL;
}
