/*
 * The roots that a chain may end in: a file, or the system's. Most of what a
 * handshake costs is reading all of them, so those that the server's chain
 * names are read first, and all of them only before saying no. Within tls/.
 */
#ifndef TLS_TLS_TRUST_H
#define TLS_TLS_TRUST_H

#include <stdbool.h>

#include "base/buf.h"
#include "tls/tls.h"

struct tls_trust {
	void *credentials;  /* the library's; borrowed */
	const char *path;   /* of the bundle; borrowed. NULL: none */
	const char *folder; /* of certificates; borrowed. NULL: none */
	bool is_system;	    /* the bundle stands for the library's own trust */
	int fd;		    /* of the bundle; -1: none, or read */
	struct buf text;    /* of the bundle, once it is read */
	struct buf crl;	    /* revocation lists; empty: none */
};

/*
 * Roots in the file or the folder that the options name, else the system's.
 * False with TLS_CONFIG; tls_trust_close in any case, on what is all zero too.
 */
bool tls_trust_open(struct tls_trust *trust, void *credentials,
    const struct tls_options *options, struct tls_failure *failure);
void tls_trust_close(struct tls_trust *trust);
/*
 * From now on every chain is held against the revocation lists in the file.
 * They are the user's word and not judged themselves. False with TLS_CONFIG.
 */
bool tls_trust_use_crl(
    struct tls_trust *trust, const char *path, struct tls_failure *failure);
/*
 * Gives the credentials the roots that the chain of the session names, and no
 * other. False if there are none.
 */
bool tls_trust_load_named(struct tls_trust *trust, void *session);
/* All of them; false with TLS_CONFIG. */
bool tls_trust_load_all(struct tls_trust *trust, struct tls_failure *failure);

#endif
