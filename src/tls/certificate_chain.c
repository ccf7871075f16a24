/*
 * Decodes the certificates that a server sent. Decoding costs time, so callers
 * ask for one certificate first and for the others only when they need them.
 */
#include "tls/certificate_chain.h"

#include <stddef.h>

void
certificate_chain_read(
    struct certificate_chain *chain, gnutls_session_t session, unsigned count)
{
	unsigned sent = 0;
	const gnutls_datum_t *list =
	    gnutls_certificate_get_peers(session, &sent);

	for (unsigned i = chain->count; list != NULL && i < sent && i < count;
	     i++) {
		gnutls_x509_crt_t certificate;

		if (gnutls_x509_crt_init(&certificate) < 0)
			break;
		if (gnutls_x509_crt_import(
			certificate, &list[i], GNUTLS_X509_FMT_DER) < 0) {
			gnutls_x509_crt_deinit(certificate);
			break;
		}
		chain->certificates[chain->count++] = certificate;
	}
}

void
certificate_chain_free(struct certificate_chain *chain)
{
	for (unsigned i = 0; i < chain->count; i++)
		gnutls_x509_crt_deinit(chain->certificates[i]);
	chain->count = 0;
}

gnutls_x509_crt_t
certificate_chain_top(const struct certificate_chain *chain)
{
	gnutls_x509_crt_t top = chain->certificates[0];

	for (unsigned steps = 0; steps < chain->count; steps++)
		for (unsigned i = 1; i < chain->count; i++)
			if (chain->certificates[i] != top &&
			    gnutls_x509_crt_check_issuer(
				top, chain->certificates[i])) {
				top = chain->certificates[i];
				break;
			}
	return top;
}
