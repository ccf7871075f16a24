/*
 * What the user allows and requires of a TLS connection, and how it is passed
 * to GnuTLS: as a priority string and a client certificate.
 */
#ifndef TLS_TLS_OPTIONS_H
#define TLS_TLS_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "tls/tls_failure.h"

struct dane; /* tls/dane.h */

struct tls_options {
	const char *host; /* for SNI: A-labels, or an address; borrowed */
	const char *name; /* the name that the certificate must have */
	/*
	 * "_submissions" or the like: an SRV-ID, which names the server for
	 * this service only (RFC 6186), is accepted, too. NULL: it is not.
	 */
	const char *service;
	const char *trust; /* file of trusted roots (PEM); NULL: the system's */
	const char *trust_folder; /* used if `trust` is NULL; NULL: none */
	const char *crl;       /* file of revocation lists (PEM); NULL: none */
	bool verify;	       /* false: the certificate is not checked */
	bool accept_untrusted; /* continue the handshake; see tls_distrust */
	/*
	 * For a look at a server: the certificate is checked, and the handshake
	 * goes on whatever is wrong with it or with the roots (tls_faults). The
	 * rest is offered as without it. Never for a connection that sends a
	 * secret, or mail for which the certificate matters.
	 */
	bool diagnose;
	/*
	 * The server's key must be one of these: "sha256:" and 64 hex digits.
	 */
	char *const *pins; /* borrowed */
	size_t pin_count;  /* 0: any key */
	bool pin_alone;	   /* only the key is checked */
	/*
	 * TLSA records decide instead of roots, `name` and pins; `verify` must
	 * be set. NULL: none.
	 */
	const struct dane *dane; /* borrowed */
	bool is_public;	 /* a known mail service: suggest no exceptions */
	bool is_foreign; /* a mail exchanger, which is its owner's: no hints */
	bool only_tls13;
	const char *priority; /* appended to our priority string; NULL: none */
	const char *client_certificate; /* PEM file or URL; NULL: none */
	/*
	 * PEM file; NULL: in the certificate's. Or the name of a token_key: if
	 * that is not open, the certificate is not used.
	 */
	const char *client_key;
};

/*
 * Whether GnuTLS accepts options->priority. If not, sets TLS_CONFIG and a
 * phrase, to be put after the name of the setting.
 */
bool tls_options_check_priority(
    const struct tls_options *options, struct tls_failure *failure);
/*
 * The oldest version that a session may use, as GnuTLS calls it ("TLS1.2");
 * NULL: none. The priority must be valid.
 */
const char *tls_options_oldest_version(const struct tls_options *options);
/*
 * Whether the files of the client certificate can be loaded, and the key
 * belongs to it. A token is asked only if its key is open. If not, sets
 * TLS_CONFIG.
 */
bool tls_options_check_client_certificate(
    const struct tls_options *options, struct tls_failure *failure);

/* For tls/ only: adds the priority string of a session. */
void tls_options_add_priority(
    const struct tls_options *options, struct buf *out);
/*
 * For tls/ only: loads the client certificate, if there is one, into GnuTLS's
 * credentials. If it cannot be loaded, sets TLS_CONFIG.
 */
bool tls_options_load_client_certificate(const struct tls_options *options,
    void *credentials, struct tls_failure *failure);

#endif
