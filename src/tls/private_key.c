/*
 * Private keys by GnuTLS, which wipes its memory of them. The octets of a key
 * are never in a failure.
 */
#include "tls/private_key.h"

#include <gnutls/abstract.h>
#include <gnutls/x509.h>
#include <stdlib.h>

#include "base/mem.h"
#include "tls/tls_library.h"

struct private_key {
	gnutls_privkey_t key;
	enum private_key_kind kind;
	unsigned bits;
};

/* Adds the octets and frees them. */
static void
move_datum(gnutls_datum_t *datum, struct buf *out)
{
	buf_add(out, datum->data, datum->size);
	mem_wipe(datum->data, datum->size);
	gnutls_free(datum->data);
}

static bool
fail(struct tls_failure *failure, int error)
{
	struct buf text = {0};

	tls_library_add_error(&text, error);
	tls_failure_set(failure, TLS_CONFIG, "%s", buf_text(&text));
	buf_free(&text);
	return false;
}

static struct private_key *
new_key(struct tls_failure *failure)
{
	struct private_key *key;
	int result;

	if (!tls_library_start(failure))
		return NULL;
	key = mem_new(1, sizeof(*key));
	result = gnutls_privkey_init(&key->key);
	if (result >= 0)
		return key;
	fail(failure, result);
	free(key);
	return NULL;
}

static bool
check_kind(struct private_key *key, struct tls_failure *failure)
{
	int algorithm = gnutls_privkey_get_pk_algorithm(key->key, &key->bits);

	key->kind =
	    algorithm == GNUTLS_PK_RSA ? PRIVATE_KEY_RSA : PRIVATE_KEY_ED25519;
	return algorithm == GNUTLS_PK_RSA ||
	    algorithm == GNUTLS_PK_EDDSA_ED25519 ||
	    tls_failure_set(failure, TLS_CONFIG,
		"the key is neither of RSA nor of Ed25519");
}

static bool
read_pem(struct private_key *key, struct span pem, struct tls_failure *failure)
{
	const gnutls_datum_t text = {
	    (unsigned char *)(uintptr_t)pem.at, (unsigned)pem.len};
	int result = gnutls_privkey_import_x509_raw(
	    key->key, &text, GNUTLS_X509_FMT_PEM, NULL, 0);

	if (result == GNUTLS_E_DECRYPTION_FAILED)
		return tls_failure_set(failure, TLS_CONFIG,
		    "the key is encrypted; encrypted keys are not supported");
	if (result < 0)
		return tls_failure_set(
		    failure, TLS_CONFIG, "it has no private key in PEM form");
	return check_kind(key, failure);
}

struct private_key *
private_key_read(struct span pem, struct tls_failure *failure)
{
	struct private_key *key = new_key(failure);

	if (key == NULL || read_pem(key, pem, failure))
		return key;
	private_key_free(key);
	return NULL;
}

struct private_key *
private_key_make(
    enum private_key_kind kind, unsigned bits, struct tls_failure *failure)
{
	struct private_key *key = new_key(failure);
	int result;

	if (key == NULL)
		return NULL;
	result = kind == PRIVATE_KEY_RSA
	    ? gnutls_privkey_generate(key->key, GNUTLS_PK_RSA, bits, 0)
	    : gnutls_privkey_generate(key->key, GNUTLS_PK_EDDSA_ED25519,
		  GNUTLS_CURVE_TO_BITS(GNUTLS_ECC_CURVE_ED25519), 0);
	if (result >= 0 && check_kind(key, failure))
		return key;
	if (result < 0)
		fail(failure, result);
	private_key_free(key);
	return NULL;
}

void
private_key_free(struct private_key *key)
{
	if (key != NULL)
		gnutls_privkey_deinit(key->key);
	free(key);
}

enum private_key_kind
private_key_kind(const struct private_key *key)
{
	return key->kind;
}

unsigned
private_key_bits(const struct private_key *key)
{
	return key->bits;
}

bool
private_key_add_pem(
    const struct private_key *key, struct buf *out, struct tls_failure *failure)
{
	gnutls_datum_t pem = {0};
	gnutls_x509_privkey_t form;
	int result = gnutls_privkey_export_x509(key->key, &form);

	if (result < 0)
		return fail(failure, result);
	result = gnutls_x509_privkey_export2_pkcs8(
	    form, GNUTLS_X509_FMT_PEM, NULL, GNUTLS_PKCS_PLAIN, &pem);
	gnutls_x509_privkey_deinit(form);
	if (result < 0)
		return fail(failure, result);
	move_datum(&pem, out);
	return true;
}

bool
private_key_add_public(
    const struct private_key *key, struct buf *out, struct tls_failure *failure)
{
	gnutls_datum_t info = {0};
	gnutls_pubkey_t public;
	int result = gnutls_pubkey_init(&public);

	if (result < 0)
		return fail(failure, result);
	result = gnutls_pubkey_import_privkey(public, key->key, 0, 0);
	if (result >= 0)
		result =
		    gnutls_pubkey_export2(public, GNUTLS_X509_FMT_DER, &info);
	gnutls_pubkey_deinit(public);
	if (result < 0)
		return fail(failure, result);
	if (key->kind == PRIVATE_KEY_RSA)
		buf_add(out, info.data, info.size);
	else /* It ends the SubjectPublicKeyInfo (RFC 8410 section 4). */
		buf_add(out, info.data + info.size - 32, 32);
	gnutls_free(info.data);
	return true;
}

bool
private_key_add_signature(const struct private_key *key,
    const unsigned char hash[SHA256_OCTETS], struct buf *out,
    struct tls_failure *failure)
{
	const gnutls_datum_t text = {
	    (unsigned char *)(uintptr_t)hash, SHA256_OCTETS};
	gnutls_datum_t signature = {0};
	int result = key->kind == PRIVATE_KEY_RSA
	    ? gnutls_privkey_sign_hash2(
		  key->key, GNUTLS_SIGN_RSA_SHA256, 0, &text, &signature)
	    : gnutls_privkey_sign_data2(
		  key->key, GNUTLS_SIGN_EDDSA_ED25519, 0, &text, &signature);

	if (result < 0)
		return fail(failure, result);
	move_datum(&signature, out);
	return true;
}
