/*
 * Compares TLSA records with certificates. The certificate that a DANE-TA
 * record names must also have issued the server's: it alone is trusted while
 * the chain is verified. Otherwise a forged chain would fit to which the real
 * authority's certificate was appended.
 */
#include "tls/dane.h"

#include <string.h>

#include <gnutls/abstract.h>
#include <gnutls/crypto.h>
#include <gnutls/x509.h>

#include "tls/tls_library.h"

#define CHAIN_MAX 16

/*
 * Whether the octets are a certificate, or a public key. A record that holds
 * anything else must not make encryption look authenticated, nor stop mail.
 */
static bool
is_object(unsigned selector, struct span octets)
{
	gnutls_datum_t der = {
	    (unsigned char *)(uintptr_t)octets.at, (unsigned)octets.len};
	gnutls_x509_crt_t certificate = NULL;
	gnutls_pubkey_t key = NULL;
	struct tls_failure ignored;
	bool is_valid = false;

	/* Records are read before the first session. */
	if (!tls_library_start(&ignored))
		return false;
	if (selector == 0 && gnutls_x509_crt_init(&certificate) >= 0) {
		is_valid = gnutls_x509_crt_import(
			       certificate, &der, GNUTLS_X509_FMT_DER) >= 0;
		gnutls_x509_crt_deinit(certificate);
	} else if (selector == 1 && gnutls_pubkey_init(&key) >= 0) {
		is_valid =
		    gnutls_pubkey_import(key, &der, GNUTLS_X509_FMT_DER) >= 0;
		gnutls_pubkey_deinit(key);
	}
	return is_valid;
}

/* RFC 6698 section 2.1; RFC 7672 section 3.1.3 */
bool
dane_read(struct span data, struct dane_record *record)
{
	static const size_t lengths[] = {0, 32, 64};
	unsigned usage;

	if (data.len < 4)
		return false;
	usage = (unsigned char)data.at[0];
	record->selector = (unsigned char)data.at[1];
	record->matching = (unsigned char)data.at[2];
	record->data = span_skip(data, 3);
	if ((usage != DANE_TA && usage != DANE_EE) || record->selector > 1 ||
	    record->matching > 2)
		return false;
	record->usage = (enum dane_usage)usage;
	if (record->matching == 0)
		return is_object(record->selector, record->data);
	return record->data.len == lengths[record->matching];
}

/* Whether a record has a stronger digest for the same usage and selector. */
static bool
is_outdone(const struct dane_record *records, size_t count,
    const struct dane_record *record)
{
	for (size_t i = 0; record->matching != 0 && i < count; i++)
		if (records[i].usage == record->usage &&
		    records[i].selector == record->selector &&
		    records[i].matching > record->matching)
			return true;
	return false;
}

size_t
dane_choose(struct dane_record *records, size_t count)
{
	size_t kept = 0;

	/* Only SHA-512 outdoes a record, and is never dropped itself. */
	for (size_t i = 0; i < count; i++)
		if (!is_outdone(records, kept, &records[i]) &&
		    !is_outdone(records + i, count - i, &records[i]))
			records[kept++] = records[i];
	return kept;
}

static bool
is_equal(const struct dane_record *record, const gnutls_datum_t *octets)
{
	unsigned char digest[64];
	struct span got = {(const char *)octets->data, octets->size};

	if (record->matching != 0) {
		if (gnutls_hash_fast(record->matching == 1 ? GNUTLS_DIG_SHA256
							   : GNUTLS_DIG_SHA512,
			octets->data, octets->size, digest) < 0)
			return false;
		got = (struct span){(const char *)digest, record->data.len};
	}
	return span_equal(got, record->data);
}

/* Whether the record is of this certificate, or of its key. */
static bool
is_of(const struct dane_record *record, gnutls_x509_crt_t certificate)
{
	gnutls_datum_t octets = {NULL, 0};
	gnutls_pubkey_t key = NULL;
	bool is_same = false;

	if (record->selector == 0) {
		if (gnutls_x509_crt_export2(
			certificate, GNUTLS_X509_FMT_DER, &octets) >= 0)
			is_same = is_equal(record, &octets);
	} else if (gnutls_pubkey_init(&key) >= 0) {
		if (gnutls_pubkey_import_x509(key, certificate, 0) >= 0 &&
		    gnutls_pubkey_export2(key, GNUTLS_X509_FMT_DER, &octets) >=
			0)
			is_same = is_equal(record, &octets);
		gnutls_pubkey_deinit(key);
	}
	gnutls_free(octets.data);
	return is_same;
}

bool
dane_fits(const struct dane *dane, enum dane_usage usage,
    gnutls_x509_crt_t certificate)
{
	for (size_t i = 0; i < dane->count; i++)
		if (dane->records[i].usage == usage &&
		    is_of(&dane->records[i], certificate))
			return true;
	return false;
}

struct span
dane_authority(const struct dane_record *record)
{
	if (record->usage == DANE_TA && record->selector == 0 &&
	    record->matching == 0)
		return record->data;
	return (struct span){NULL, 0};
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

/* The same for an authority whose certificate the record holds. */
static bool
leads_to_held(
    const struct dane_record *record, gnutls_x509_crt_t *chain, unsigned count)
{
	struct span octets = dane_authority(record);
	gnutls_datum_t der = {
	    (unsigned char *)(uintptr_t)octets.at, (unsigned)octets.len};
	gnutls_x509_crt_t authority;
	bool fits;

	if (octets.len == 0 || gnutls_x509_crt_init(&authority) < 0)
		return false;
	fits =
	    gnutls_x509_crt_import(authority, &der, GNUTLS_X509_FMT_DER) >= 0 &&
	    leads_to(chain, count, authority);
	gnutls_x509_crt_deinit(authority);
	return fits;
}

static bool
is_fit(
    const struct dane_record *record, gnutls_x509_crt_t *chain, unsigned count)
{
	if (count == 0)
		return false;
	if (record->usage == DANE_EE)
		return is_of(record, chain[0]);
	for (unsigned i = 1; i < count; i++)
		if (is_of(record, chain[i]) && leads_to(chain, count, chain[i]))
			return true;
	return leads_to_held(record, chain, count);
}

enum dane_verdict
dane_judge(
    struct span record, const struct certificate_facts *chain, size_t count)
{
	gnutls_x509_crt_t certificates[CHAIN_MAX];
	struct dane_record read;
	unsigned known = 0;
	bool fits;

	if (!dane_read(record, &read))
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
	fits = is_fit(&read, certificates, known);
	for (unsigned i = 0; i < known; i++)
		gnutls_x509_crt_deinit(certificates[i]);
	return fits ? DANE_FIT : DANE_MISFIT;
}
