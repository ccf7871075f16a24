/*
 * The check of a server's certificate: its chain, dates, strength, purpose,
 * revocation, key and name.
 */
#ifndef TLS_CERTIFICATE_VERIFY_H
#define TLS_CERTIFICATE_VERIFY_H

#include <gnutls/gnutls.h>
#include <stdbool.h>

#include "tls/trust.h"

/*
 * Whether the server's key has a usual length; if not, sets TLS_REFUSED. Must
 * be called before anything is computed with the key: in TLS 1.3 the server's
 * signature is checked before its certificate (RFC 8446 section 4.4.3), and
 * with a very long key that would take hours.
 */
bool certificate_verify_key_size(
    gnutls_session_t session, struct tls_failure *failure);
/*
 * What the stapled OCSP responses say: "good", "revoked", "expired", "bad" or
 * "none". `faults` are those of certificate_verify, which also checks the
 * signatures.
 */
const char *certificate_verify_staple(
    gnutls_session_t session, unsigned faults);
/*
 * Checks the certificate of a session during its handshake. If it is not
 * accepted, sets TLS_REFUSED and a sentence with every check that failed; if
 * the trusted roots cannot be read, sets TLS_CONFIG. *verified_by becomes the
 * way in which it was accepted, as tls_verified_by returns it.
 */
bool certificate_verify(gnutls_session_t session,
    const struct tls_options *options, struct trust *trust,
    const char **verified_by, struct tls_failure *failure);

#endif
