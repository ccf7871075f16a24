/*
 * Makes a verifier and its challenge. The verifier is 32 random octets, as RFC
 * 7636 section 4.1 recommends.
 */
#include "oauth/pkce.h"

#include "base/base64.h"
#include "base/mem.h"
#include "base/random.h"
#include "tls/sha256.h"

#define RANDOM_OCTETS ((size_t)32)

bool
pkce_add_random(struct buf *out, struct error *err)
{
	char octets[RANDOM_OCTETS];
	bool done = random_octets(octets, sizeof(octets)) &&
	    base64_encode_url(out, (struct span){octets, sizeof(octets)});

	mem_wipe(octets, sizeof(octets));
	return done ||
	    error_set(err, ERROR_OS,
		"cannot log in: the system has no source of random octets");
}

bool
pkce_add_challenge(struct buf *out, struct span verifier)
{
	unsigned char hash[SHA256_OCTETS];

	return sha256_of(verifier, hash) &&
	    base64_encode_url(
		out, (struct span){(const char *)hash, sizeof(hash)});
}

bool
pkce_make(struct pkce *pkce, struct error *err)
{
	*pkce = (struct pkce){0};
	buf_init_secret(&pkce->verifier, 0);
	return pkce_add_random(&pkce->verifier, err) &&
	    (pkce_add_challenge(&pkce->challenge, buf_span(&pkce->verifier)) ||
		error_set(err, ERROR_OS,
		    "cannot log in: GnuTLS cannot compute SHA-256"));
}

void
pkce_free(struct pkce *pkce)
{
	buf_wipe(&pkce->verifier);
	buf_free(&pkce->challenge);
}
