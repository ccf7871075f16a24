/*
 * The only place outside of tls/ that uses GnuTLS, for its hash functions. The
 * library may refuse an algorithm, as it does MD5 under FIPS 140.
 */
#include "smtp/sasl_hash.h"

#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>
#include <limits.h>
#include <stdint.h>

#include "tls/tls_library.h"

static const gnutls_mac_algorithm_t algorithms[] = {
    [DIGEST_NONE] = GNUTLS_MAC_UNKNOWN,
    [DIGEST_MD5] = GNUTLS_MAC_MD5,
    [DIGEST_SHA1] = GNUTLS_MAC_SHA1,
    [DIGEST_SHA256] = GNUTLS_MAC_SHA256,
};

size_t
sasl_hash_octets(enum digest digest)
{
	return gnutls_hmac_get_len(algorithms[digest]);
}

static bool
start(void)
{
	struct tls_failure failure;

	return tls_library_start(&failure);
}

/* GnuTLS gives a hash and its HMAC the same number (gnutls.h). */
bool
sasl_hash_of(enum digest digest, struct span data, unsigned char *out)
{
	return start() &&
	    gnutls_hash_fast((gnutls_digest_algorithm_t)algorithms[digest],
		data.at, data.len, out) >= 0;
}

bool
sasl_hash_hmac(
    enum digest digest, struct span key, struct span data, unsigned char *out)
{
	return start() &&
	    gnutls_hmac_fast(algorithms[digest], key.at, key.len, data.at,
		data.len, out) >= 0;
}

/* GnuTLS expects a pointer without const, but does not write to it. */
static gnutls_datum_t
datum_of(struct span span)
{
	return (gnutls_datum_t){
	    (unsigned char *)(uintptr_t)span.at, (unsigned)span.len};
}

bool
sasl_hash_stretch(enum digest digest, struct span password, struct span salt,
    unsigned rounds, unsigned char *out)
{
	gnutls_datum_t key = datum_of(password), grain = datum_of(salt);

	return password.len <= UINT_MAX && salt.len <= UINT_MAX && start() &&
	    gnutls_pbkdf2(algorithms[digest], &key, &grain, rounds, out,
		sasl_hash_octets(digest)) >= 0;
}

bool
sasl_hash_equal(struct span a, struct span b)
{
	return a.len == b.len && gnutls_memcmp(a.at, b.at, a.len) == 0;
}
