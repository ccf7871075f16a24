/* The field DKIM-Signature (RFC 6376 section 3.5). */
#ifndef DKIM_DKIM_SIGNATURE_H
#define DKIM_DKIM_SIGNATURE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"
#include "tls/private_key.h"
#include "tls/sha256.h"

struct dkim_signature {
	const struct private_key *key;
	const char *domain, *selector; /* A-labels */
	int64_t now;		       /* seconds since 1970 */
	int64_t lifetime;	       /* in seconds; 0: it does not expire */
};

/*
 * Adds the field, which signs the header section and the hash of the body
 * (body_hash.h), folded, with a line end. The signature covers no other
 * DKIM-Signature field. False with ERROR_DATA if the header has too many
 * fields, or ERROR_CONFIG if the key cannot sign.
 */
bool dkim_signature_add(const struct dkim_signature *signature,
    struct span header, const unsigned char body_hash[SHA256_OCTETS],
    struct buf *out, struct error *err);

#endif
