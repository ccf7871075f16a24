/*
 * Hashes by GnuTLS, which refuses SHA-256 in no mode. smtpost and smtpost-oauth
 * tell each other by a mark which token a server refused.
 */
#include "tls/sha256.h"

#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>

#include "tls/tls_library.h"

#define MARK_OCTETS 8

bool
sha256_of(struct span data, unsigned char out[SHA256_OCTETS])
{
	struct tls_failure failure;

	return tls_library_start(&failure) &&
	    gnutls_hash_fast(GNUTLS_DIG_SHA256, data.at, data.len, out) >= 0;
}

bool
sha256_add_mark(struct buf *out, struct span token)
{
	unsigned char hash[SHA256_OCTETS];

	if (!sha256_of(token, hash))
		return false;
	for (size_t i = 0; i < MARK_OCTETS; i++)
		buf_add_format(out, "%02x", hash[i]);
	return true;
}
