/*
 * Stapled OCSP responses (RFC 6066 section 8, RFC 7633). GnuTLS checks their
 * signature and asks for one where the certificate does; of a response about
 * several certificates some versions believe the first answer, whomever it is
 * about, so all of them are looked at here. Nothing is ever fetched. Within
 * net/tls.
 */
#ifndef NET_TLS_STAPLE_H
#define NET_TLS_STAPLE_H

#include <stdbool.h>

#include "net/tls_words.h"

/*
 * The status of the chain by the responses that came with it: bits of GnuTLS,
 * 0 if nothing speaks against it. Their signatures are good already.
 */
unsigned tls_staple_status(void *session, const struct tls_chain *chain);
/* Whether a response came for any certificate. */
bool tls_staple_came(void *session);

#endif
