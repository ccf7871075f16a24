/*
 * Reads certificates for people. Every text is masked here, because whoever
 * made the certificate chose it.
 */
#include "tls/certificate_facts.h"

#include <gnutls/x509.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "tls/certificate_name.h"

#define DIGEST_OCTETS 32
/* Octets of a subject or an issuer, and of all other names. */
#define NAME_SHOWN 512
#define NAMES_SHOWN ((size_t)16 * 1024)

/* Takes the name that GnuTLS gave, and frees it. */
static char *
take_name(int error, gnutls_datum_t *name)
{
	struct span text = {(const char *)name->data, name->size};
	char *shown = utf8_excerpt_masked(
	    error < 0 || text.len == 0 ? SPAN("(no name)") : text, NAME_SHOWN);

	gnutls_free(name->data);
	return shown;
}

static char *
subject_of(gnutls_x509_crt_t certificate)
{
	gnutls_datum_t name = {NULL, 0};
	int error = gnutls_x509_crt_get_dn3(certificate, &name, 0);

	return take_name(error, &name);
}

static char *
issuer_of(gnutls_x509_crt_t certificate)
{
	gnutls_datum_t name = {NULL, 0};
	int error = gnutls_x509_crt_get_issuer_dn3(certificate, &name, 0);

	return take_name(error, &name);
}

static void
add_digits(struct buf *out, const unsigned char digest[DIGEST_OCTETS])
{
	for (size_t i = 0; i < DIGEST_OCTETS; i++)
		buf_add_format(out, "%02x", digest[i]);
}

void
certificate_facts_add_pin(gnutls_x509_crt_t certificate, struct buf *pin)
{
	unsigned char digest[DIGEST_OCTETS];
	size_t len = sizeof(digest);

	/* Of the public key with its algorithm (SubjectPublicKeyInfo). */
	if (gnutls_x509_crt_get_key_id(
		certificate, GNUTLS_KEYID_USE_SHA256, digest, &len) < 0 ||
	    len != sizeof(digest))
		return;
	buf_add_text(pin, "sha256:");
	add_digits(pin, digest);
}

static void
add_fingerprint(gnutls_x509_crt_t certificate, struct buf *out)
{
	unsigned char digest[DIGEST_OCTETS];
	size_t len = sizeof(digest);

	if (gnutls_x509_crt_get_fingerprint(
		certificate, GNUTLS_DIG_SHA256, digest, &len) >= 0 &&
	    len == sizeof(digest))
		add_digits(out, digest);
}

const char *
certificate_facts_key(gnutls_x509_crt_t certificate, unsigned *bits)
{
	int algorithm = gnutls_x509_crt_get_pk_algorithm(certificate, bits);
	const char *name = algorithm < 0
	    ? NULL
	    : gnutls_pk_get_name((gnutls_pk_algorithm_t)algorithm);

	if (name == NULL)
		return "an unknown key";
	return algorithm == GNUTLS_PK_ECDSA ? "ECDSA" : name;
}

const char *
certificate_facts_signature(gnutls_x509_crt_t certificate)
{
	int algorithm = gnutls_x509_crt_get_signature_algorithm(certificate);
	const char *name = algorithm < 0
	    ? NULL
	    : gnutls_sign_get_name((gnutls_sign_algorithm_t)algorithm);

	return name != NULL ? name : "an unknown signature";
}

/* Copies the text to an array, which it fits or stays empty. */
static void
keep_text(char *array, size_t room, struct buf *text)
{
	if (text->len < room)
		memcpy(array, buf_text(text), text->len + 1);
	buf_free(text);
}

static bool
is_key_weak(gnutls_x509_crt_t certificate)
{
	unsigned bits = 0;
	int algorithm = gnutls_x509_crt_get_pk_algorithm(certificate, &bits);

	return algorithm >= 0 &&
	    gnutls_pk_bits_to_sec_param((gnutls_pk_algorithm_t)algorithm,
		bits) < GNUTLS_SEC_PARAM_MEDIUM;
}

static bool
is_signature_weak(gnutls_x509_crt_t certificate)
{
	int algorithm = gnutls_x509_crt_get_signature_algorithm(certificate);

	return algorithm >= 0 &&
	    gnutls_sign_is_secure2((gnutls_sign_algorithm_t)algorithm,
		GNUTLS_SIGN_FLAG_SECURE_FOR_CERTS) == 0;
}

static bool
has_issuer_url(gnutls_x509_crt_t certificate)
{
	gnutls_datum_t url = {NULL, 0};
	bool found = gnutls_x509_crt_get_authority_info_access(certificate, 0,
			 GNUTLS_IA_CAISSUERS_URI, &url, NULL) >= 0;

	gnutls_free(url.data);
	return found;
}

static void
keep_der(struct certificate_facts *facts, gnutls_x509_crt_t certificate)
{
	gnutls_datum_t der = {NULL, 0};

	if (gnutls_x509_crt_export2(certificate, GNUTLS_X509_FMT_DER, &der) >=
	    0)
		buf_add(&facts->der, der.data, der.size);
	gnutls_free(der.data);
}

void
certificate_facts_read(
    struct certificate_facts *facts, gnutls_x509_crt_t certificate)
{
	struct buf names = {.max = NAMES_SHOWN}, key = {0}, sha256 = {0},
		   pin = {0};
	unsigned bits = 0;

	certificate_name_add_all(certificate, &names);
	buf_add_text(&key, certificate_facts_key(certificate, &bits));
	if (bits > 0)
		buf_add_format(&key, " %u", bits);
	add_fingerprint(certificate, &sha256);
	certificate_facts_add_pin(certificate, &pin);
	*facts = (struct certificate_facts){
	    .subject = subject_of(certificate),
	    .issuer = issuer_of(certificate),
	    .names = buf_take_text(&names),
	    .not_before = gnutls_x509_crt_get_activation_time(certificate),
	    .not_after = gnutls_x509_crt_get_expiration_time(certificate),
	    .key = buf_take_text(&key),
	    .signature =
		span_copy(span_from(certificate_facts_signature(certificate))),
	    .key_bits = bits,
	    .is_key_weak = is_key_weak(certificate),
	    .is_signature_weak = is_signature_weak(certificate),
	    .is_self_issued =
		gnutls_x509_crt_check_issuer(certificate, certificate) != 0,
	    .has_issuer_url = has_issuer_url(certificate),
	};
	keep_der(facts, certificate);
	keep_text(facts->sha256, sizeof(facts->sha256), &sha256);
	keep_text(facts->pin, sizeof(facts->pin), &pin);
}

void
certificate_facts_free(struct certificate_facts *facts)
{
	free(facts->subject);
	free(facts->issuer);
	free(facts->names);
	free(facts->key);
	free(facts->signature);
	buf_free(&facts->der);
	*facts = (struct certificate_facts){.subject = NULL};
}
