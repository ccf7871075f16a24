/*
 * Proof Key for Code Exchange (RFC 7636) with S256: a code is of no use to
 * whoever does not know the verifier.
 */
#ifndef OAUTH_PKCE_H
#define OAUTH_PKCE_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/error.h"

/* All zero: none. */
struct pkce {
	struct buf verifier;  /* wiped */
	struct buf challenge; /* goes into the address for the browser */
};

/* False with ERROR_OS. Free it in every case. */
bool pkce_make(struct pkce *pkce, struct error *err);
void pkce_free(struct pkce *pkce);
/* Adds the challenge for a verifier. False if that cannot be computed. */
bool pkce_add_challenge(struct buf *out, struct span verifier);
/*
 * Adds 43 characters that nobody can guess: 32 random octets in base64url.
 * False with ERROR_OS.
 */
bool pkce_add_random(struct buf *out, struct error *err);

#endif
