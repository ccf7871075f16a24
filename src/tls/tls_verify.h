/*
 * The judgement on a server's certificate: trusted chain, dates, strength,
 * purpose, the key, and the name, which is looked for in the subject
 * alternative names alone (RFC 9525). It finds the words for what is wrong.
 * Within tls/.
 */
#ifndef TLS_TLS_VERIFY_H
#define TLS_TLS_VERIFY_H

#include <stdbool.h>

#include "base/text.h"
#include "tls/tls.h"
#include "tls/tls_trust.h"
#include "tls/tls_words.h"

/*
 * RFC 8446 section 4.4.3: a server proves that it has its key before anybody
 * asks whether its certificate is good, and a key that is long enough keeps us
 * busy for hours. False: nothing may be computed with it.
 */
bool tls_verify_key_size(void *session, struct tls_failure *failure);
/*
 * `session` is the TLS library's, in the middle of its handshake. On failure
 * the result is TLS_REFUSED and the text says every check that failed; or
 * TLS_CONFIG: there is nobody to trust.
 */
bool tls_verify(void *session, const struct tls_options *options,
    struct tls_trust *trust, struct tls_failure *failure);
/*
 * Whether a DNS name of a certificate, perhaps with "*" for its whole first
 * label, is the name wanted: case-blind, a final dot of `name` apart.
 */
bool tls_verify_name_matches(struct span offered, const char *name);
/* The octets of an address literal, 4 or 16; 0 if it is none. */
size_t tls_verify_name_address(const char *name, unsigned char address[16]);

/*
 * The name of a service in a certificate: "_submissions.example.org" (RFC
 * 4985), for servers that were found by SRV records. Within tls/.
 */
/*
 * Whether it (the DER of an IA5String) is that service of that domain. There
 * is no wildcard in it.
 */
bool tls_verify_srv_id_matches(
    struct span der, const char *service, const char *domain);

/*
 * Stapled OCSP responses (RFC 6066 section 8, RFC 7633). GnuTLS checks their
 * signature and asks for one where the certificate does; of a response about
 * several certificates some versions believe the first answer, whomever it is
 * about, so all of them are looked at here. Nothing is ever fetched. Within
 * tls/.
 */
/*
 * The status of the chain by the responses that came with it: bits of GnuTLS,
 * 0 if nothing speaks against it. Their signatures are good already.
 */
unsigned tls_staple_status(void *session, const struct tls_chain *chain);
/* Whether a response came for any certificate. */
bool tls_staple_came(void *session);

#endif
