/* The keys are made here, also those that are refused. */
#include "rows.h"

#include <gnutls/x509.h>

#include "base/base64.h"
#include "dkim/dkim_key.h"
#include "tls/tls_library.h"

enum form { FORM_PKCS8, FORM_PKCS1, FORM_ENCRYPTED, FORM_BARE, FORM_LONG_BARE };

struct key_row {
	const char *name;
	gnutls_pk_algorithm_t algorithm;
	unsigned bits;
	enum form form;
	const char *why; /* the end of the error; NULL: it is read */
};

#define BARE                                                                 \
	"it is the bare base64 of an Ed25519 key, as dknewkey and "          \
	"rspamadm write it, and not in PEM form\nhint: make a new key with " \
	"smtpost --dkim-keygen DOMAIN SELECTOR ed25519"
#define ENCRYPTED "the key is encrypted; encrypted keys are not supported"

static const struct key_row keys[] = {
    {"RSA, PKCS #8", GNUTLS_PK_RSA, 2048, FORM_PKCS8, NULL},
    {"RSA, PKCS #1", GNUTLS_PK_RSA, 2048, FORM_PKCS1, NULL},
    {"RSA of 1024 bits", GNUTLS_PK_RSA, 1024, FORM_PKCS8, NULL},
    {"RSA of 4096 bits", GNUTLS_PK_RSA, 4096, FORM_PKCS8, NULL},
    {"RSA of 1016 bits", GNUTLS_PK_RSA, 1016, FORM_PKCS8,
	"it has less than 1024 bits, and receivers ignore such keys"},
    {"RSA of 4104 bits", GNUTLS_PK_RSA, 4104, FORM_PKCS8,
	"it has more than 4096 bits, and receivers need not know such keys"},
    {"Ed25519", GNUTLS_PK_EDDSA_ED25519, 256, FORM_PKCS8, NULL},
    {"ECDSA", GNUTLS_PK_ECDSA, 256, FORM_PKCS8,
	"the key is neither of RSA nor of Ed25519"},
    {"encrypted", GNUTLS_PK_RSA, 2048, FORM_ENCRYPTED, ENCRYPTED},
    {"bare base64", GNUTLS_PK_EDDSA_ED25519, 256, FORM_BARE, BARE},
    {"longer bare base64", GNUTLS_PK_EDDSA_ED25519, 256, FORM_LONG_BARE, BARE},
};

static void
add_bare(gnutls_x509_privkey_t key, bool is_long, struct buf *out)
{
	gnutls_datum_t secret = {0}, public = {0};
	struct buf octets = {0};
	gnutls_ecc_curve_t curve;

	gnutls_x509_privkey_export_ecc_raw(key, &curve, &public, NULL, &secret);
	buf_add(&octets, secret.data, secret.size);
	if (is_long)
		buf_add(&octets, public.data, public.size);
	base64_encode(out, buf_span(&octets));
	buf_add_text(out, "\n");
	buf_free(&octets);
	gnutls_free(secret.data);
	gnutls_free(public.data);
}

static void
make_key(const struct key_row *row, struct buf *out)
{
	gnutls_x509_privkey_t key;
	struct tls_failure failure;
	gnutls_datum_t pem = {0};

	assert_true(tls_library_start(&failure));
	gnutls_x509_privkey_init(&key);
	assert_int_equal(
	    gnutls_x509_privkey_generate(key, row->algorithm,
		row->algorithm == GNUTLS_PK_RSA
		    ? row->bits
		    : GNUTLS_CURVE_TO_BITS(row->algorithm == GNUTLS_PK_ECDSA
			      ? GNUTLS_ECC_CURVE_SECP256R1
			      : GNUTLS_ECC_CURVE_ED25519),
		0),
	    0);
	if (row->form == FORM_PKCS1)
		gnutls_x509_privkey_export2(key, GNUTLS_X509_FMT_PEM, &pem);
	else if (row->form == FORM_ENCRYPTED)
		gnutls_x509_privkey_export2_pkcs8(key, GNUTLS_X509_FMT_PEM,
		    "secret", GNUTLS_PKCS_PBES2_AES_256, &pem);
	else if (row->form == FORM_PKCS8)
		gnutls_x509_privkey_export2_pkcs8(
		    key, GNUTLS_X509_FMT_PEM, NULL, GNUTLS_PKCS_PLAIN, &pem);
	else
		add_bare(key, row->form == FORM_LONG_BARE, out);
	buf_add(out, pem.data, pem.size);
	gnutls_free(pem.data);
	gnutls_x509_privkey_deinit(key);
}

static void
test_read(void **state)
{
	const struct key_row *row = *state;
	struct error err = {0};
	struct buf text = {0}, want = {0};
	struct private_key *key;

	make_key(row, &text);
	key = dkim_key_read(buf_span(&text), "dkim.pem", &err);
	if (row->why == NULL) {
		assert_non_null(key);
		assert_int_equal(private_key_bits(key), row->bits);
	} else {
		assert_null(key);
		assert_int_equal(err.kind, ERROR_CONFIG);
		buf_add_format(
		    &want, "cannot use the DKIM key in dkim.pem: %s", row->why);
		assert_string_equal(err.text, buf_text(&want));
	}
	private_key_free(key);
	buf_free(&text);
	buf_free(&want);
}

struct text_row {
	const char *name, *text;
};

static const struct text_row texts[] = {
    {"empty", ""},
    {"words", "this is no key\n"},
    {"a public key",
	"-----BEGIN PUBLIC KEY-----\n"
	"MCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=\n"
	"-----END PUBLIC KEY-----\n"},
    {"a part of a key",
	"-----BEGIN PRIVATE KEY-----\n"
	"MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLM\n"},
};

static void
test_no_key(void **state)
{
	const struct text_row *row = *state;
	struct error err = {0};

	assert_null(dkim_key_read(span_from(row->text), "x", &err));
	assert_string_equal(err.text,
	    "cannot use the DKIM key in x: it has no private key in PEM form");
}

struct selector_row {
	const char *name, *selector;
	bool is_one;
};

#define LABEL_63 \
	"a23456789012345678901234567890123456789012345678901234567890123"

static const struct selector_row selectors[] = {
    {"a word", "s1", true},
    {"dots", "2026.mail.laptop", true},
    {"hyphens", "a-b--c", true},
    {"digits", "20261201", true},
    {"63 octets", LABEL_63, true},
    {"64 octets", LABEL_63 "4", false},
    {"too long", LABEL_63 "." LABEL_63 "." LABEL_63 "." LABEL_63, false},
    {"empty", "", false},
    {"two dots", "a..b", false},
    {"a final dot", "a.", false},
    {"a dot in front", ".a", false},
    {"a hyphen in front", "-a", false},
    {"a hyphen at the end", "a-.b", false},
    {"an underscore", "a_b", false},
    {"a blank", "a b", false},
    {"a semicolon", "a;b", false},
};

static void
test_selector(void **state)
{
	const struct selector_row *row = *state;

	assert_int_equal(
	    dkim_key_is_selector(span_from(row->selector)), row->is_one);
}

struct record_row {
	const char *name;
	enum private_key_kind kind;
	const char *start;
	size_t len;
};

/* An RSA key of 2048 bits takes 294 octets, which are 392 of base64. */
static const struct record_row records[] = {
    {"RSA", PRIVATE_KEY_RSA, "v=DKIM1; k=rsa; p=MIIBIjAN", 18 + 392},
    {"Ed25519", PRIVATE_KEY_ED25519, "v=DKIM1; k=ed25519; p=", 22 + 44},
};

static void
test_record(void **state)
{
	const struct record_row *row = *state;
	struct tls_failure failure;
	struct error err;
	struct buf out = {0}, pem = {0}, again = {0};
	struct private_key *key =
	    private_key_make(row->kind, DKIM_KEY_BITS, &failure);

	assert_non_null(key);
	assert_true(dkim_key_add_record(key, &out, &err));
	assert_true(span_starts(buf_span(&out), span_from(row->start)));
	assert_int_equal(out.len, row->len);
	/* The same key when it is read from its file. */
	assert_true(private_key_add_pem(key, &pem, &failure));
	private_key_free(key);
	key = dkim_key_read(buf_span(&pem), "x", &err);
	assert_non_null(key);
	assert_true(dkim_key_add_record(key, &again, &err));
	assert_true(span_equal(buf_span(&out), buf_span(&again)));
	private_key_free(key);
	buf_free(&out);
	buf_free(&pem);
	buf_free(&again);
}

int
main(void)
{
	struct rows all = {0};

	rows_add(&all, "read", keys, ROWS(keys), test_read);
	rows_add(&all, "no key", texts, ROWS(texts), test_no_key);
	rows_add(&all, "selector", selectors, ROWS(selectors), test_selector);
	rows_add(&all, "record", records, ROWS(records), test_record);
	return rows_end(&all);
}
