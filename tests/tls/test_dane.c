/*
 * Which chains a TLSA record fits. libdane of GnuTLS 3.7.9 accepts the chain of
 * "the authority appended to a forged chain".
 */
#include "rows.h"

#include <gnutls/abstract.h>
#include <gnutls/crypto.h>
#include <gnutls/x509.h>

#include "pki.h"
#include "tls/dane.h"

struct row {
	const char *name;
	const char *record; /* "2 1 1", or other text for an odd record */
	const char *of;	    /* the certificate that it is made of */
	const char *chain[4];
	enum dane_verdict expected;
};

static const struct row rows[] = {
    {"the key of the server", "3 1 1", "leaf", {"leaf"}, DANE_FIT},
    {"the certificate of the server", "3 0 1", "leaf", {"leaf", "ca"},
	DANE_FIT},
    {"SHA-512", "3 1 2", "leaf", {"leaf"}, DANE_FIT},
    {"the whole certificate", "3 0 0", "leaf", {"leaf"}, DANE_FIT},
    {"the whole key", "3 1 0", "leaf", {"leaf"}, DANE_FIT},
    {"another server", "3 1 1", "forged", {"leaf"}, DANE_MISFIT},
    {"a certificate above it", "3 1 1", "ca", {"leaf", "ca"}, DANE_MISFIT},
    {"the authority", "2 1 1", "ca", {"leaf", "ca"}, DANE_FIT},
    {"the authority's certificate", "2 0 2", "ca", {"leaf", "ca"}, DANE_FIT},
    {"the authority is not sent", "2 1 1", "ca", {"leaf"}, DANE_MISFIT},
    {"an authority in between", "2 1 1", "middle", {"below", "middle"},
	DANE_FIT},
    {"the root above it", "2 1 1", "ca", {"below", "middle", "ca"}, DANE_FIT},
    {"another authority", "2 1 1", "ca", {"forged", "other"}, DANE_MISFIT},
    {"the authority appended to a forged chain", "2 1 1", "ca",
	{"forged", "other", "ca"}, DANE_MISFIT},
    {"the server as its authority", "2 1 1", "leaf", {"leaf", "ca"},
	DANE_MISFIT},
    {"no certificate", "3 1 1", "leaf", {NULL}, DANE_MISFIT},
    {"for the usual roots", "1 1 1", "leaf", {"leaf"}, DANE_UNUSABLE},
    {"for an authority of the usual roots", "0 1 1", "ca", {"leaf", "ca"},
	DANE_UNUSABLE},
    {"an unknown usage", "4 1 1", "leaf", {"leaf"}, DANE_UNUSABLE},
    {"an unknown selector", "3 2 1", "leaf", {"leaf"}, DANE_UNUSABLE},
    {"an unknown digest", "3 1 3", "leaf", {"leaf"}, DANE_UNUSABLE},
    {"a digest that is too short", "3 1 1 short", "leaf", {"leaf"},
	DANE_UNUSABLE},
    {"no digest", "3 1 1 none", "leaf", {"leaf"}, DANE_UNUSABLE},
};

static void
load(const char *name, struct certificate_facts *facts)
{
	char path[512];
	gnutls_datum_t pem;
	gnutls_x509_crt_t certificate;

	pki_path(path, sizeof(path), name, "pem");
	assert_int_equal(gnutls_load_file(path, &pem), 0);
	assert_int_equal(gnutls_x509_crt_init(&certificate), 0);
	assert_int_equal(
	    gnutls_x509_crt_import(certificate, &pem, GNUTLS_X509_FMT_PEM), 0);
	certificate_facts_read(facts, certificate);
	gnutls_x509_crt_deinit(certificate);
	gnutls_free(pem.data);
}

/* Makes the record that the text describes. */
static void
make_record(const struct row *row, struct buf *record)
{
	struct certificate_facts facts;
	gnutls_datum_t octets;
	gnutls_x509_crt_t certificate;
	gnutls_pubkey_t key;
	unsigned char digest[64];
	char matching = row->record[4];

	load(row->of, &facts);
	octets = (gnutls_datum_t){
	    (unsigned char *)facts.der.data, (unsigned)facts.der.len};
	gnutls_x509_crt_init(&certificate);
	gnutls_x509_crt_import(certificate, &octets, GNUTLS_X509_FMT_DER);
	gnutls_pubkey_init(&key);
	gnutls_pubkey_import_x509(key, certificate, 0);
	if (row->record[2] == '0')
		gnutls_x509_crt_export2(
		    certificate, GNUTLS_X509_FMT_DER, &octets);
	else
		gnutls_pubkey_export2(key, GNUTLS_X509_FMT_DER, &octets);
	for (size_t i = 0; i < 3; i++)
		buf_add_char(record, (char)(row->record[i * 2] - '0'));
	if (matching == '0')
		buf_add(record, octets.data, octets.size);
	else {
		gnutls_hash_fast(
		    matching == '2' ? GNUTLS_DIG_SHA512 : GNUTLS_DIG_SHA256,
		    octets.data, octets.size, digest);
		buf_add(record, digest, matching == '2' ? 64 : 32);
	}
	if (strstr(row->record, "short") != NULL)
		record->len--;
	if (strstr(row->record, "none") != NULL)
		record->len = 3;
	gnutls_free(octets.data);
	gnutls_pubkey_deinit(key);
	gnutls_x509_crt_deinit(certificate);
	certificate_facts_free(&facts);
}

static void
test_judge(void **state)
{
	const struct row *row = *state;
	struct certificate_facts chain[4];
	struct buf record = {0};
	size_t count = 0;

	pki_authorities();
	pki_make("forged", GOOD, "other", NULL, NULL);
	pki_make("below", GOOD, "middle", NULL, NULL);
	for (; count < 4 && row->chain[count] != NULL; count++)
		load(row->chain[count], &chain[count]);
	make_record(row, &record);
	assert_int_equal(
	    dane_judge(buf_span(&record), chain, count), row->expected);
	while (count > 0)
		certificate_facts_free(&chain[--count]);
	buf_free(&record);
}

int
main(void)
{
	struct rows all = {0};

	pki_begin();
	rows_add(&all, "judge", rows, ROWS(rows), test_judge);
	return pki_end(&all);
}
