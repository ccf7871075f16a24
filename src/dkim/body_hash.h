/*
 * The hash of a body for DKIM: the SHA-256 of its canonical form "relaxed" (RFC
 * 6376 section 3.4.4). The body comes in pieces, cut anywhere; it is never in
 * memory as a whole.
 */
#ifndef DKIM_BODY_HASH_H
#define DKIM_BODY_HASH_H

#include <stdbool.h>
#include <stdint.h>

#include "base/text.h"
#include "tls/sha256.h"

#define BODY_HASH_BLOCK ((size_t)4096)

struct body_hash {
	struct sha256 *sha256; /* owned, until body_hash_end */
	uint64_t line_ends;    /* held back: they count if text follows */
	bool has_blank;	       /* held back: blanks in a line */
	bool has_cr;	       /* held back: an LF may follow */
	bool has_text;	       /* something was hashed */
	size_t len;	       /* canonical octets to be hashed: */
	char block[BODY_HASH_BLOCK];
};

void body_hash_init(struct body_hash *hash);
/* Takes the next piece of the body, whose line ends are CRLF. */
void body_hash_take(struct body_hash *hash, struct span piece);
/* False if the hash could not be computed. Must be called. */
bool body_hash_end(struct body_hash *hash, unsigned char out[SHA256_OCTETS]);

#endif
