/*
 * Which chains a TLSA record fits. libdane of GnuTLS 3.7.9 accepts the chain of
 * "the authority appended to a forged chain".
 */
#include "rows.h"

#include <gnutls/x509.h>

#include "pki.h"
#include "tls/dane.h"
#include "tls/tls_library.h"

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
    {"the whole authority is not sent", "2 0 0", "ca", {"leaf"}, DANE_FIT},
    {"the whole authority of another server", "2 0 0", "other", {"leaf"},
	DANE_MISFIT},
    {"the whole key of an authority that is not sent", "2 1 0", "ca", {"leaf"},
	DANE_MISFIT},
    {"the whole key of the authority", "2 1 0", "ca", {"leaf", "ca"}, DANE_FIT},
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
    {"a digest that is too long", "3 1 1 long", "leaf", {"leaf"},
	DANE_UNUSABLE},
    {"no digest", "3 1 1 none", "leaf", {"leaf"}, DANE_UNUSABLE},
    {"half a certificate", "3 0 0 short", "leaf", {"leaf"}, DANE_UNUSABLE},
    {"half a key", "2 1 0 short", "ca", {"leaf", "ca"}, DANE_UNUSABLE},
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
	pki_add_tlsa(&record, row->record, row->of);
	assert_int_equal(
	    dane_judge(buf_span(&record), chain, count), row->expected);
	while (count > 0)
		certificate_facts_free(&chain[--count]);
	buf_free(&record);
}

/* Records as "usage selector matching", and those that count. */
struct choice_row {
	const char *name;
	const char *records[4], *kept[4];
};

static const struct choice_row choices[] = {
    {"one", {"3 1 1"}, {"3 1 1"}},
    {"two of a kind", {"3 1 1", "3 1 1"}, {"3 1 1", "3 1 1"}},
    {"the stronger digest", {"3 1 1", "3 1 2"}, {"3 1 2"}},
    {"whatever the order", {"3 1 2", "3 1 1", "3 1 1"}, {"3 1 2"}},
    {"no digest at all", {"3 1 1", "3 1 0", "3 1 2"}, {"3 1 0", "3 1 2"}},
    {"no digest beside one", {"3 1 0", "3 1 1"}, {"3 1 0", "3 1 1"}},
    {"for another selector", {"3 0 1", "3 1 2"}, {"3 0 1", "3 1 2"}},
    {"for another usage", {"2 1 1", "3 1 2"}, {"2 1 1", "3 1 2"}},
    {"for each kind", {"2 1 1", "3 1 1", "2 1 2", "3 1 2"}, {"2 1 2", "3 1 2"}},
};

static struct dane_record
record_of(const char *text)
{
	return (struct dane_record){.usage = (enum dane_usage)(text[0] - '0'),
	    .selector = (unsigned char)(text[2] - '0'),
	    .matching = (unsigned char)(text[4] - '0')};
}

static void
test_choose(void **state)
{
	const struct choice_row *row = *state;
	struct dane_record records[4];
	size_t count = 0, kept;

	for (; count < 4 && row->records[count] != NULL; count++)
		records[count] = record_of(row->records[count]);
	kept = dane_choose(records, count);
	for (size_t i = 0; i < kept; i++) {
		struct dane_record wanted;

		assert_non_null(row->kept[i]);
		wanted = record_of(row->kept[i]);
		assert_int_equal(records[i].usage, wanted.usage);
		assert_int_equal(records[i].selector, wanted.selector);
		assert_int_equal(records[i].matching, wanted.matching);
	}
	assert_true(kept == 4 || row->kept[kept] == NULL);
}

int
main(void)
{
	struct rows all = {0};
	struct tls_failure failure;

	pki_begin();
	if (!tls_library_start(&failure))
		return 1;
	rows_add(&all, "judge", rows, ROWS(rows), test_judge);
	rows_add(&all, "choose", choices, ROWS(choices), test_choose);
	return pki_end(&all);
}
