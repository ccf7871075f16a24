/*
 * Hashes by GnuTLS, which refuses SHA-256 in no mode. smtpost and smtpost-oauth
 * tell each other by a mark which token a server refused.
 */
#include "tls/sha256.h"

#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>
#include <stdlib.h>

#include "base/mem.h"
#include "tls/tls_library.h"

#define MARK_OCTETS 8

struct sha256 {
	gnutls_hash_hd_t handle;
	bool has_failed;
};

bool
sha256_of(struct span data, unsigned char out[SHA256_OCTETS])
{
	struct tls_failure failure;

	return tls_library_start(&failure) &&
	    gnutls_hash_fast(GNUTLS_DIG_SHA256, data.at, data.len, out) >= 0;
}

struct sha256 *
sha256_new(void)
{
	struct tls_failure failure;
	struct sha256 *hash;

	if (!tls_library_start(&failure))
		return NULL;
	hash = mem_new(1, sizeof(*hash));
	if (gnutls_hash_init(&hash->handle, GNUTLS_DIG_SHA256) >= 0)
		return hash;
	free(hash);
	return NULL;
}

void
sha256_add(struct sha256 *hash, struct span data)
{
	if (hash != NULL && gnutls_hash(hash->handle, data.at, data.len) < 0)
		hash->has_failed = true;
}

bool
sha256_end(struct sha256 *hash, unsigned char out[SHA256_OCTETS])
{
	bool done = hash != NULL && !hash->has_failed;

	if (hash != NULL)
		gnutls_hash_deinit(hash->handle, out);
	free(hash);
	return done;
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
