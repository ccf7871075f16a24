/*
 * Signs with GnuTLS. The key is read for each signature, so that it is in
 * memory no longer than needed; GnuTLS wipes its own copy.
 */
#include "tls/signature.h"

#include <gnutls/abstract.h>

#include "base/mem.h"
#include "tls/tls_library.h"

/* GnuTLS does not sign with shorter keys in its strict modes. */
#define BITS_MIN 2048

static gnutls_datum_t
datum_of(struct span span)
{
	return (gnutls_datum_t){
	    (unsigned char *)(uintptr_t)span.at, (unsigned)span.len};
}

static bool
refuse(struct tls_failure *failure, int error)
{
	struct buf text = {0};

	tls_library_add_error(&text, error);
	tls_failure_set(failure, TLS_CONFIG, "%s", buf_text(&text));
	buf_free(&text);
	return false;
}

static bool
check(gnutls_privkey_t key, struct tls_failure *failure)
{
	unsigned bits = 0;

	if (gnutls_privkey_get_pk_algorithm(key, &bits) != GNUTLS_PK_RSA)
		return tls_failure_set(failure, TLS_CONFIG, "it is no RSA key");
	return bits >= BITS_MIN ||
	    tls_failure_set(failure, TLS_CONFIG,
		"its RSA key is shorter than %d bits", BITS_MIN);
}

static bool
sign(struct buf *out, gnutls_privkey_t key, struct span data,
    struct tls_failure *failure)
{
	const gnutls_datum_t text = datum_of(data);
	gnutls_datum_t signature = {0};
	int result = gnutls_privkey_sign_data2(
	    key, GNUTLS_SIGN_RSA_SHA256, 0, &text, &signature);

	if (result < 0)
		return refuse(failure, result);
	buf_add(out, signature.data, signature.size);
	mem_wipe(signature.data, signature.size);
	gnutls_free(signature.data);
	return true;
}

bool
signature_add_rs256(struct buf *out, struct span pem, struct span data,
    struct tls_failure *failure)
{
	const gnutls_datum_t text = datum_of(pem);
	gnutls_privkey_t key;
	int result;
	bool done = false;

	if (!tls_library_start(failure))
		return false;
	result = gnutls_privkey_init(&key);
	if (result < 0)
		return refuse(failure, result);
	result = gnutls_privkey_import_x509_raw(
	    key, &text, GNUTLS_X509_FMT_PEM, NULL, 0);
	if (result == GNUTLS_E_DECRYPTION_FAILED)
		tls_failure_set(failure, TLS_CONFIG,
		    "the key is encrypted; encrypted keys are not supported");
	else if (result < 0)
		tls_failure_set(
		    failure, TLS_CONFIG, "it has no private key in PEM form");
	else
		done = check(key, failure) && sign(out, key, data, failure);
	gnutls_privkey_deinit(key);
	return done;
}
