/*
 * What an access token says of itself, if it is a JSON Web Token (RFC 7519).
 * Nothing proves that it is true: the signature is not checked. The claims are
 * good for hints only; the server decides.
 */
#ifndef DOCTOR_TOKEN_CLAIMS_H
#define DOCTOR_TOKEN_CLAIMS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/text.h"

/* Lists have a line for each entry; all zero: the claim is missing. */
struct token_claims {
	int64_t expiry;	      /* seconds since 1970; 0: missing */
	struct buf audiences; /* "aud" */
	struct buf scopes;    /* "scp", or "scope" of RFC 9068 */
	struct buf roles;     /* of a program without a user, at Microsoft */
};

/*
 * Reads the claims into an all-zero struct. False if the token is opaque, which
 * is in order. Free the claims in both cases.
 */
bool token_claims_read(struct token_claims *claims, struct span token);
/* Whether an entry of the list is that text, in any case of its letters. */
bool token_claims_has(const struct buf *list, struct span text);
void token_claims_free(struct token_claims *claims); /* wipes */

#endif
