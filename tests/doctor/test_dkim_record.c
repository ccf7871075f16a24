#include "rows.h"

#include "doctor/dkim_record.h"

#define RSA_768                                                            \
	"MHwwDQYJKoZIhvcNAQEBBQADawAwaAJhALVQHdFUk6GCir1O9HBOKzHVstA7IWn8" \
	"Sw8lKqGNWFco+7Flph0G0ivg5/b53Gln/OCTbaazqj46tF3acsrmCOeeQDDeHsKq" \
	"N2h2O3W3X9a5s1kf8tOC+jI6swN3paFbKwIDAQAB"
#define RSA_1024                                                           \
	"MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDbQQ6r07aMjvcQ4pFEcuKpbYZJ" \
	"DxElU5/yVEEpzlEuGVG9VG+uLxqXsYSOplU9JVJ04frRvZqurvxzOTUv1ORWmNTg" \
	"dPKHHCTDdAZf4CpuFi1ZF0QZqKnJ7x+3Px2V/Dl8MmfS+S/bYKvsa/EHKDT4RHFr" \
	"uWPdrVtKKKThKDq8MwIDAQAB"
#define RSA_2048                                                           \
	"MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAz8z5Ul/LaGKuswpYduUc" \
	"2+9dY+J24t3d2E1uqd9qLCgjqr5aCa8/0hIMc9HPDMv3JfkcLq97IFyAh2Sb1K21" \
	"ucYf9neTy0y/OuBFrg8wyTNsrsdHKyu6+rKmL+H1kBWgYbgEtSBS2SiXqf5DhgEv" \
	"Agf6GaLvpCFR0hA1QQiBzdzJCkOEtvlyt+VSBixXByW6Ome1gfWI0KMq6wgf44U+" \
	"EB/7wCZlhGQraYb696gYy/KNqfHhLLzT+MTsoGfjmiaqaS9M9lx3mX4SvIj72Hhe" \
	"Rz8FNTzZbCM8FCRWy7JiIXiUxlzhZQq2U5jje7T+5VifKtP36HH5OmOmRvG/G53M" \
	"7wIDAQAB"
/* RSAPublicKey, as in RFC 6376, and not SubjectPublicKeyInfo */
#define BARE_1024                                                          \
	"MIGJAoGBAK6EFUHKEuPx9YtPaUEfWWYBQAnOnOKvYFuzstWAwDGQaJ0KwyWq90Lt" \
	"0KAxtiFKX0/R4rWvQmcT/+BPKny4g15aJoTZ7d5Ya3SYQP9uU76IKlT5lupt8Wx6" \
	"nFsBnGIvShK2giEmri+bxLxyx+woKutpZeZ4dVQl3UWTZrAGcDRLAgMBAAE="
#define ED25519 "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="

struct row {
	const char *name;
	const char *text;
	const char *expected;
};

static const struct row rows[] = {
    {"RSA", "v=DKIM1; k=rsa; p=" RSA_2048, "2048"},
    {"a key alone", "p=" RSA_2048, "2048"},
    {"blanks everywhere", " v = DKIM1 ;\tp = " RSA_1024 " ; ", "1024"},
    {"a key in pieces", "v=DKIM1; p=" RSA_1024 "", "1024"},
    {"RSA as the RFC writes it", "v=DKIM1; p=" BARE_1024, "1024"},
    {"RSA that is too short", "v=DKIM1; p=" RSA_768, "768 too weak"},
    {"Ed25519", "v=DKIM1; k=ed25519; p=" ED25519, "Ed25519"},
    {"Ed25519 of another length", "k=ed25519; p=AAAA", "broken"},
    {"test mode", "v=DKIM1; t=s:y; p=" RSA_1024, "1024 test"},
    {"another flag", "v=DKIM1; t=s; p=" RSA_1024, "1024"},
    {"for SHA-256 too", "v=DKIM1; h=sha1 : sha256; p=" RSA_1024, "1024"},
    {"for SHA-1 only", "v=DKIM1; h=sha1; p=" RSA_1024, "1024 other hash"},
    {"for mail", "v=DKIM1; s=x:email; p=" RSA_1024, "1024"},
    {"for all", "v=DKIM1; s=*; p=" RSA_1024, "1024"},
    {"for another service", "v=DKIM1; s=tlsrpt; p=" RSA_1024, "1024 other use"},
    {"revoked", "v=DKIM1; p=", "revoked"},
    {"no key", "v=DKIM1; k=rsa", "no key"},
    {"another text", "google-site-verification=x", "other"},
    {"another kind of text", "v=spf1 -all", "other"},
    {"nothing", "", "other"},
    {"semicolons", ";;; ;", "other"},
    {"a kind of key that nobody knows", "k=dsa; p=AAAA", "unknown"},
    {"the version behind others", "p=AAAA; v=DKIM1", "syntax"},
    {"another version", "v=DKIM2; p=AAAA", "syntax"},
    {"no tag", "v=DKIM1; rsa; p=AAAA", "syntax"},
    {"a tag without a name", "v=DKIM1; =x; p=AAAA", "syntax"},
    {"no base64", "v=DKIM1; p=\"MIGf\"", "broken"},
    {"cut base64", "v=DKIM1; p=MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQ", "broken"},
    {"cut DER", "v=DKIM1; p=MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKB", "broken"},
    {"no DER", "v=DKIM1; p=AAAAAAAA", "broken"},
    {"an empty sequence", "p=MAA=", "broken"},
    {"an empty number", "p=MAICAA==", "broken"},
};

static void
test_read(void **state)
{
	static const char *const faults[] = {"", "other", "syntax", "no key",
	    "revoked", "broken", "unknown", " other hash", " other use",
	    " too weak"};
	const struct row *row = *state;
	struct dkim_record record;
	struct buf told = {0};

	dkim_record_read(&record, span_from(row->text));
	if (record.fault == DKIM_FINE && !record.is_rsa)
		buf_add_text(&told, "Ed25519");
	if (record.bits > 0)
		buf_add_format(&told, "%u", record.bits);
	buf_add_text(&told, faults[record.fault]);
	if (record.is_test)
		buf_add_text(&told, " test");
	assert_string_equal(buf_text(&told), row->expected);
	buf_free(&told);
}

struct key_row {
	const char *text, *other;
	bool is_same;
};

static const struct key_row keys[] = {
    {"v=DKIM1; k=rsa; p=AAAB", "p=AAAB", true},
    {"p=AA AB\t", "v=DKIM1; p=AAAB", true},
    {"p=AAA=", "p=AAA", true},
    {"p=AAAB", "p=aaab", false},
    {"p=AAAB", "p=AAABC", false},
    {"p=", "p=", false},
    {"k=rsa", "k=rsa", false},
    {"", "p=A", false},
};

static void
test_same_key(void **state)
{
	const struct key_row *row = *state;

	assert_int_equal(
	    dkim_record_same_key(span_from(row->text), span_from(row->other)),
	    row->is_same);
}

int
main(void)
{
	struct rows all = {0};

	rows_add(&all, "read", rows, ROWS(rows), test_read);
	rows_add(&all, "same key", keys, ROWS(keys), test_same_key);
	return rows_end(&all);
}
