/*
 * The certificates that the server sent, its own first.
 */
#ifndef TLS_CERTIFICATE_CHAIN_H
#define TLS_CERTIFICATE_CHAIN_H

#include <gnutls/x509.h>

#define CERTIFICATE_CHAIN_MAX 16

struct certificate_chain {
	gnutls_x509_crt_t certificates[CERTIFICATE_CHAIN_MAX];
	unsigned count;
};

/*
 * Reads the first `count` certificates of the session's chain, or as many as
 * can be read; those that were read before are kept. The chain starts all zero.
 */
void certificate_chain_read(
    struct certificate_chain *chain, gnutls_session_t session, unsigned count);
void certificate_chain_free(struct certificate_chain *chain);
/*
 * The last certificate that is reached from the server's own by going from
 * each certificate to its issuer. The chain must not be empty.
 */
gnutls_x509_crt_t certificate_chain_top(const struct certificate_chain *chain);

#endif
