#include "rows.h"

#include "base/base64.h"
#include "oauth/pkce.h"

/* RFC 7636 appendix B */
static void
test_example(void **state)
{
	struct buf out = {0};

	(void)state;
	assert_true(pkce_add_challenge(
	    &out, SPAN("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk")));
	assert_string_equal(
	    buf_text(&out), "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
	buf_free(&out);
}

static void
test_make(void **state)
{
	struct pkce one, other;
	struct buf challenge = {0}, octets = {0};
	struct error err = {0};

	(void)state;
	assert_true(pkce_make(&one, &err));
	assert_true(pkce_make(&other, &err));
	assert_int_equal(one.verifier.len, 43);
	assert_true(one.verifier.is_secret);
	assert_true(base64_decode_url(&octets, buf_span(&one.verifier)));
	assert_int_equal(octets.len, 32);
	assert_false(
	    span_equal(buf_span(&one.verifier), buf_span(&other.verifier)));
	assert_true(pkce_add_challenge(&challenge, buf_span(&one.verifier)));
	assert_true(span_equal(buf_span(&challenge), buf_span(&one.challenge)));
	pkce_free(&one);
	pkce_free(&other);
	buf_free(&challenge);
	buf_free(&octets);
}

int
main(void)
{
	struct rows all = {0};

	rows_add_one(&all, "the example of the RFC", test_example);
	rows_add_one(&all, "a new one each time", test_make);
	return rows_end(&all);
}
