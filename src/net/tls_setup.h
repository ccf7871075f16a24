/*
 * Starts GnuTLS and makes a session that is ready to shake hands: versions and
 * strength, trusted roots, the server's name. Within net/tls.
 */
#ifndef NET_TLS_SETUP_H
#define NET_TLS_SETUP_H

#include <stdbool.h>

#include "net/tls.h"

struct tls_setup {
	void *session, *credentials; /* the library's; owned */
};

/* False with TLS_CONFIG; tls_setup_free in either case. */
bool tls_setup(struct tls_setup *setup, const struct tls_options *options,
    struct tls_failure *failure);
void tls_setup_free(struct tls_setup *setup);

#endif
