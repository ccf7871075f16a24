/*
 * The trusted roots of a connection: from a file, a folder, or the system.
 * Reading roots takes most of the time of a handshake, so at first only those
 * are read that the server's chain names, and all of them before a chain is
 * refused.
 */
#ifndef TLS_TRUST_H
#define TLS_TRUST_H

#include <gnutls/gnutls.h>
#include <stdbool.h>

#include "tls/tls_options.h"

struct trust {
	gnutls_certificate_credentials_t credentials; /* borrowed */
	const char *path;   /* of a bundle; borrowed. NULL: none */
	const char *folder; /* of certificates; borrowed. NULL: none */
	bool is_system;	 /* GnuTLS's own roots; `path` may be a copy of them */
	int fd;		 /* of the bundle; -1: none, or already read */
	struct buf text; /* of the bundle, once it is read */
	struct buf crl;	 /* revocation lists; empty: none */
};

/*
 * Opens the file or the folder that the options name, else the system's roots;
 * with options->dane nothing. On failure sets TLS_CONFIG. The caller must call
 * trust_close in either case; that is also allowed on a struct that is all
 * zero.
 */
bool trust_open(struct trust *trust,
    gnutls_certificate_credentials_t credentials,
    const struct tls_options *options, struct tls_failure *failure);
void trust_close(struct trust *trust);
/*
 * Reads the file of revocation lists that the options name, if any. Every chain
 * is checked against them; their signatures are not checked. On failure sets
 * TLS_CONFIG.
 */
bool trust_use_crl(struct trust *trust, const struct tls_options *options,
    struct tls_failure *failure);
/*
 * Sets the credentials' roots to those that the session's chain names. False if
 * there are none, or they cannot be read or found by name.
 */
bool trust_load_named(struct trust *trust, gnutls_session_t session);
/*
 * Sets the credentials' roots to this certificate (DER) alone. Returns false if
 * it cannot be used.
 */
bool trust_load_one(struct trust *trust, struct span der);
/* Sets the credentials' roots to all roots. On failure sets TLS_CONFIG. */
bool trust_load_all(struct trust *trust, struct tls_failure *failure);

#endif
