/*
 * The certificate that a DANE-TA record names must also have issued the
 * server's: it alone is trusted while the chain is verified. Otherwise a forged
 * chain would fit to which the real authority's certificate was appended.
 */
#include "tls/dane.h"

#include <string.h>

#include <gnutls/abstract.h>
#include <gnutls/crypto.h>
#include <gnutls/x509.h>

#define CHAIN_MAX 16
#define USAGE_TA 2
#define USAGE_EE 3

struct tlsa {
	unsigned usage, selector, matching;
	struct span data;
};

/* RFC 6698 section 2.1; RFC 7672 section 3.1.3 */
static bool
read_record(struct span record, struct tlsa *tlsa)
{
	static const size_t lengths[] = {0, 32, 64};

	if (record.len < 4)
		return false;
	tlsa->usage = (unsigned char)record.at[0];
	tlsa->selector = (unsigned char)record.at[1];
	tlsa->matching = (unsigned char)record.at[2];
	tlsa->data = span_skip(record, 3);
	return (tlsa->usage == USAGE_TA || tlsa->usage == USAGE_EE) &&
	    tlsa->selector <= 1 && tlsa->matching <= 2 &&
	    (tlsa->matching == 0 || tlsa->data.len == lengths[tlsa->matching]);
}

static bool
is_equal(const struct tlsa *tlsa, const gnutls_datum_t *octets)
{
	unsigned char digest[64];
	struct span got = {(const char *)octets->data, octets->size};

	if (tlsa->matching != 0) {
		if (gnutls_hash_fast(tlsa->matching == 1 ? GNUTLS_DIG_SHA256
							 : GNUTLS_DIG_SHA512,
			octets->data, octets->size, digest) < 0)
			return false;
		got = (struct span){(const char *)digest, tlsa->data.len};
	}
	return span_equal(got, tlsa->data);
}

/* Whether the record is of this certificate, or of its key. */
static bool
is_of(const struct tlsa *tlsa, gnutls_x509_crt_t certificate)
{
	gnutls_datum_t octets = {NULL, 0};
	gnutls_pubkey_t key = NULL;
	bool is_same = false;

	if (tlsa->selector == 0) {
		if (gnutls_x509_crt_export2(
			certificate, GNUTLS_X509_FMT_DER, &octets) >= 0)
			is_same = is_equal(tlsa, &octets);
	} else if (gnutls_pubkey_init(&key) >= 0) {
		if (gnutls_pubkey_import_x509(key, certificate, 0) >= 0 &&
		    gnutls_pubkey_export2(key, GNUTLS_X509_FMT_DER, &octets) >=
			0)
			is_same = is_equal(tlsa, &octets);
		gnutls_pubkey_deinit(key);
	}
	gnutls_free(octets.data);
	return is_same;
}

/* Whether the chain leads to this certificate. */
static bool
leads_to(gnutls_x509_crt_t *chain, unsigned count, gnutls_x509_crt_t authority)
{
	gnutls_x509_trust_list_t list = NULL;
	unsigned status = GNUTLS_CERT_INVALID;

	if (gnutls_x509_trust_list_init(&list, 0) < 0)
		return false;
	if (gnutls_x509_trust_list_add_cas(list, &authority, 1, 0) < 1 ||
	    gnutls_x509_trust_list_verify_crt(
		list, chain, count, 0, &status, NULL) < 0)
		status = GNUTLS_CERT_INVALID;
	gnutls_x509_trust_list_deinit(list, 0);
	return status == 0;
}

static enum dane_verdict
judge(const struct tlsa *tlsa, gnutls_x509_crt_t *chain, unsigned count)
{
	if (tlsa->usage == USAGE_EE)
		return count > 0 && is_of(tlsa, chain[0]) ? DANE_FIT
							  : DANE_MISFIT;
	for (unsigned i = 1; i < count; i++)
		if (is_of(tlsa, chain[i]) && leads_to(chain, count, chain[i]))
			return DANE_FIT;
	return DANE_MISFIT;
}

enum dane_verdict
dane_judge(
    struct span record, const struct certificate_facts *chain, size_t count)
{
	gnutls_x509_crt_t certificates[CHAIN_MAX];
	enum dane_verdict verdict;
	struct tlsa tlsa;
	unsigned known = 0;

	if (!read_record(record, &tlsa))
		return DANE_UNUSABLE;
	for (size_t i = 0; i < count && known < CHAIN_MAX; i++) {
		const gnutls_datum_t der = {(unsigned char *)chain[i].der.data,
		    (unsigned)chain[i].der.len};

		if (gnutls_x509_crt_init(&certificates[known]) < 0)
			break;
		known++;
		if (gnutls_x509_crt_import(
			certificates[known - 1], &der, GNUTLS_X509_FMT_DER) < 0)
			break;
	}
	verdict = judge(&tlsa, certificates, known);
	for (unsigned i = 0; i < known; i++)
		gnutls_x509_crt_deinit(certificates[i]);
	return verdict;
}
