/*
 * Hashing for SASL, by GnuTLS, which may not have been started yet where the
 * connection has no TLS. All are false where the library will not (as for MD5
 * under FIPS 140); output has sasl_hash_octets().
 */
#ifndef SMTP_SASL_HASH_H
#define SMTP_SASL_HASH_H

#include <stdbool.h>
#include <stddef.h>

#include "base/text.h"
#include "profile/mechanism.h"

#define DIGEST_MAX ((size_t)32)

size_t sasl_hash_octets(enum digest digest);
bool sasl_hash_of(enum digest digest, struct span data, unsigned char *out);
/* RFC 2104. */
bool sasl_hash_hmac(
    enum digest digest, struct span key, struct span data, unsigned char *out);
/* Hi() of RFC 5802: PBKDF2 (RFC 8018) with HMAC; one block. */
bool sasl_hash_stretch(enum digest digest, struct span password,
    struct span salt, unsigned rounds, unsigned char *out);
/* In a time that does not depend on where they differ. */
bool sasl_hash_equal(struct span a, struct span b);

#endif
