/* SHA-256 (FIPS 180-4), for what is not SASL. */
#ifndef TLS_SHA256_H
#define TLS_SHA256_H

#include <stdbool.h>

#include "base/buf.h"

#define SHA256_OCTETS ((size_t)32)

/* False if the library cannot be started. */
bool sha256_of(struct span data, unsigned char out[SHA256_OCTETS]);

/* The hash of data that comes in pieces. */
struct sha256;

/* NULL if the library cannot be started. sha256_end frees it. */
struct sha256 *sha256_new(void);
void sha256_add(struct sha256 *hash, struct span data);
/* False if the hash could not be computed; NULL is allowed. */
bool sha256_end(struct sha256 *hash, unsigned char out[SHA256_OCTETS]);

/*
 * Adds the mark of a token: the first 16 hexadecimal digits of its hash, in
 * small letters. It tells tokens apart and reveals nothing of them. False as
 * above.
 */
bool sha256_add_mark(struct buf *out, struct span token);

#endif
