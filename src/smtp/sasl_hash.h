/*
 * Hash functions for SASL. GnuTLS is initialised if the connection has no TLS.
 * Each function returns false if the library refuses the algorithm (as for MD5
 * under FIPS 140); `out` has room for sasl_hash_octets().
 */
#ifndef SMTP_SASL_HASH_H
#define SMTP_SASL_HASH_H

#include <stdbool.h>
#include <stddef.h>

#include "base/text.h"
#include "profile/mechanism.h"

#define DIGEST_MAX ((size_t)32)

/* The length of the digest. */
size_t sasl_hash_octets(enum digest digest);
bool sasl_hash_of(enum digest digest, struct span data, unsigned char *out);
/* HMAC (RFC 2104). */
bool sasl_hash_hmac(
    enum digest digest, struct span key, struct span data, unsigned char *out);
/* Hi() of RFC 5802: PBKDF2 (RFC 8018) with HMAC; one block. */
bool sasl_hash_stretch(enum digest digest, struct span password,
    struct span salt, unsigned rounds, unsigned char *out);
/* Compares in a time that does not depend on where the spans differ. */
bool sasl_hash_equal(struct span a, struct span b);

#endif
