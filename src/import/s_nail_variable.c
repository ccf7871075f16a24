/*
 * The names of s-nail 14.9, and of its predecessors nail and Heirloom mailx. A
 * name that is not here has nothing to do with how mail is sent.
 */
#include "import/s_nail_variable.h"

#include <stdbool.h>
#include <stddef.h>

#define PROGRAM "it is for the program that mta names"
#define OPENSSL "it is a setting for OpenSSL; see tls-priority"

static const struct s_nail_variable_row rows[] = {
    {"mta", S_NAIL_SECRET, NULL, NULL},
    {"smtp", S_NAIL_SECRET, NULL, NULL},
    {"sendmail", 0, PROGRAM, NULL},
    {"v15-compat", 0, NULL, NULL},
    {"smtp-use-starttls", S_NAIL_CHAIN, NULL, NULL},
    {"smtp-auth", S_NAIL_CHAIN, NULL, NULL},
    {"smtp-auth-user", S_NAIL_CHAIN, NULL, NULL},
    {"smtp-auth-password", S_NAIL_CHAIN | S_NAIL_SECRET, NULL, NULL},
    {"user", S_NAIL_CHAIN, NULL, NULL},
    {"password", S_NAIL_CHAIN | S_NAIL_SECRET, NULL, NULL},
    {"smtp-hostname", 0, NULL, NULL},
    {"hostname", 0, NULL, NULL},
    {"from", 0, NULL, NULL},
    {"sender", 0, NULL, NULL},
    {"socket-connect-timeout", 0, NULL, NULL},
    {"socks-proxy", S_NAIL_CHAIN | S_NAIL_SECRET, NULL, NULL},
    {"mta-aliases", 0, NULL, NULL},
    {"tls-verify", S_NAIL_CHAIN, NULL, NULL},
    {"ssl-verify", S_NAIL_CHAIN, NULL, NULL},
    {"tls-ca-file", S_NAIL_CHAIN, NULL, NULL},
    {"ssl-ca-file", S_NAIL_CHAIN, NULL, NULL},
    {"tls-ca-no-defaults", S_NAIL_CHAIN, NULL, NULL},
    {"ssl-ca-no-defaults", S_NAIL_CHAIN, NULL, NULL},
    {"tls-crl-file", 0, NULL, NULL},
    {"ssl-crl-file", 0, NULL, NULL},
    {"tls-config-pairs", S_NAIL_CHAIN, NULL, NULL},
    {"ssl-config-pairs", S_NAIL_CHAIN, NULL, NULL},
    {"ssl-cert", S_NAIL_CHAIN, NULL, NULL},
    {"ssl-key", S_NAIL_CHAIN, NULL, NULL},
    {"tls-ca-dir", S_NAIL_CHAIN,
	"it is a folder; put its certificates into one file, and name that in "
	"tls-trust",
	NULL},
    {"ssl-ca-dir", S_NAIL_CHAIN,
	"it is a folder; put its certificates into one file, and name that in "
	"tls-trust",
	NULL},
    {"tls-crl-dir", 0,
	"it is a folder; put its lists into one file, and name that in tls-crl",
	NULL},
    {"ssl-crl-dir", 0,
	"it is a folder; put its lists into one file, and name that in tls-crl",
	NULL},
    {"tls-fingerprint", S_NAIL_CHAIN,
	"it is a digest of the certificate, but tls-pin is one of the key: run "
	"smtpost --server-info, then set tls-trust = pin and the tls-pin that "
	"it prints",
	NULL},
    {"tls-fingerprint-digest", S_NAIL_CHAIN, "tls-pin has SHA-256 only", NULL},
    {"tls-ca-flags", S_NAIL_CHAIN, OPENSSL, NULL},
    {"ssl-ca-flags", S_NAIL_CHAIN, OPENSSL, NULL},
    {"tls-config-file", 0, OPENSSL, NULL},
    {"ssl-config-file", 0, OPENSSL, NULL},
    {"tls-config-module", S_NAIL_CHAIN, OPENSSL, NULL},
    {"ssl-config-module", S_NAIL_CHAIN, OPENSSL, NULL},
    {"ssl-cipher-list", S_NAIL_CHAIN, OPENSSL, NULL},
    {"ssl-curves", S_NAIL_CHAIN, OPENSSL, NULL},
    {"ssl-method", S_NAIL_CHAIN, OPENSSL, NULL},
    {"ssl-protocol", S_NAIL_CHAIN, OPENSSL, NULL},
    {"nss-config-dir", 0,
	"smtpost does not use NSS; put the certificates into one file, and "
	"name that in tls-trust",
	NULL},
    {"tls-rand-file", 0, NULL, "the system has random numbers"},
    {"ssl-rand-file", 0, NULL, "the system has random numbers"},
    {"smtp-config", 0, "s-nail has no such variable any more", NULL},
    {"netrc-lookup", S_NAIL_CHAIN, NULL,
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
const struct s_nail_variable_row *
s_nail_variable_find_row(struct span name)
{
	const struct s_nail_variable_row *best = NULL;
	size_t len = 0;

	for (const struct s_nail_variable_row *row = rows; row->name != NULL;
	     row++) {
		struct span own = span_from(row->name);
		bool fits = span_equal(name, own) ||
		    (row->traits & S_NAIL_CHAIN && span_starts(name, own) &&
			name.len > own.len && name.at[own.len] == '-');

		if (fits && own.len > len) {
			best = row;
			len = own.len;
		}
	}
	return best;
}
