/* Signatures by a private key in a file, for what is not TLS. */
#ifndef TLS_SIGNATURE_H
#define TLS_SIGNATURE_H

#include <stdbool.h>

#include "base/buf.h"
#include "tls/tls_failure.h"

/*
 * Adds the signature of the data by RSA with SHA-256 (RS256 of RFC 7518). `pem`
 * is the private key in PEM form, not encrypted. False with TLS_CONFIG and a
 * phrase that quotes nothing of the key: "it is no RSA key".
 */
bool signature_add_rs256(struct buf *out, struct span pem, struct span data,
    struct tls_failure *failure);

#endif
