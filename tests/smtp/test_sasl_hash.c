#include "rows.h"

#include "base/buf.h"
#include "smtp/sasl_hash.h"

/* The octets 01 to 19. */
#define COUNTED                                                          \
	"\1\2\3\4\5\6\7\10\11\12\13\14\15\16\17\20\21\22\23\24\25\26\27" \
	"\30\31"

struct hmac_row {
	const char *name;
	enum digest digest;
	const char *key;
	size_t key_times; /* that often */
	const char *data;
	size_t data_times;
	const char *hex; /* so it begins */
};

static const struct hmac_row hmacs[] = {
    {"RFC 2202 section 2, 1", DIGEST_MD5, "\x0b", 16, "Hi There", 1,
	"9294727a3638bb1c13f48ef8158bfc9d"},
    {"RFC 2202 section 2, 2", DIGEST_MD5, "Jefe", 1,
	"what do ya want for nothing?", 1, "750c783e6ab0b503eaa86e310a5db738"},
    {"RFC 2202 section 2, 3", DIGEST_MD5, "\xaa", 16, "\xdd", 50,
	"56be34521d144c88dbb8c733f0e8b3f6"},
    {"RFC 2202 section 2, 4", DIGEST_MD5, COUNTED, 1, "\xcd", 50,
	"697eaf0aca3a3aea3a75164746ffaa79"},
    {"RFC 2202 section 2, 5", DIGEST_MD5, "\x0c", 16, "Test With Truncation", 1,
	"56461ef2342edc00f9bab995690efd4c"},
    {"RFC 2202 section 2, 6", DIGEST_MD5, "\xaa", 80,
	"Test Using Larger Than Block-Size Key - Hash Key Fir"
	"st",
	1, "6b1ab7fe4bd7bf8f0b62e6ce61b9d0cd"},
    {"RFC 2202 section 2, 7", DIGEST_MD5, "\xaa", 80,
	"Test Using Larger Than Block-Size Key and Larger Tha"
	"n One Block-Size Data",
	1, "6f630fad67cda0ee1fb1f562db3aa53e"},
    {"RFC 2202 section 3, 1", DIGEST_SHA1, "\x0b", 20, "Hi There", 1,
	"b617318655057264e28bc0b6fb378c8ef146be00"},
    {"RFC 2202 section 3, 2", DIGEST_SHA1, "Jefe", 1,
	"what do ya want for nothing?", 1,
	"effcdf6ae5eb2fa2d27416d5f184df9c259a7c79"},
    {"RFC 2202 section 3, 3", DIGEST_SHA1, "\xaa", 20, "\xdd", 50,
	"125d7342b9ac11cd91a39af48aa17b4f63f175d3"},
    {"RFC 2202 section 3, 4", DIGEST_SHA1, COUNTED, 1, "\xcd", 50,
	"4c9007f4026250c6bc8414f9bf50c86c2d7235da"},
    {"RFC 2202 section 3, 5", DIGEST_SHA1, "\x0c", 20, "Test With Truncation",
	1, "4c1a03424b55e07fe7f27be1d58bb9324a9a5a04"},
    {"RFC 2202 section 3, 6", DIGEST_SHA1, "\xaa", 80,
	"Test Using Larger Than Block-Size Key - Hash Key Fir"
	"st",
	1, "aa4ae5e15272d00e95705637ce8a3b55ed402112"},
    {"RFC 2202 section 3, 7", DIGEST_SHA1, "\xaa", 80,
	"Test Using Larger Than Block-Size Key and Larger Tha"
	"n One Block-Size Data",
	1, "e8e99d0f45237d786d6bbaa7965c7808bbff1a91"},
    {"RFC 4231 section 4, 1", DIGEST_SHA256, "\x0b", 20, "Hi There", 1,
	"b0344c61d8db38535ca8afceaf0bf12b"
	"881dc200c9833da726e9376c2e32cff7"},
    {"RFC 4231 section 4, 2", DIGEST_SHA256, "Jefe", 1,
	"what do ya want for nothing?", 1,
	"5bdcc146bf60754e6a042426089575c7"
	"5a003f089d2739839dec58b964ec3843"},
    {"RFC 4231 section 4, 3", DIGEST_SHA256, "\xaa", 20, "\xdd", 50,
	"773ea91e36800e46854db8ebd09181a7"
	"2959098b3ef8c122d9635514ced565fe"},
    {"RFC 4231 section 4, 4", DIGEST_SHA256, COUNTED, 1, "\xcd", 50,
	"82558a389a443c0ea4cc819899f2083a"
	"85f0faa3e578f8077a2e3ff46729665b"},
    {"RFC 4231 section 4, 5", DIGEST_SHA256, "\x0c", 20, "Test With Truncation",
	1, "a3b6167473100ee06e0c796c2955552b"},
    {"RFC 4231 section 4, 6", DIGEST_SHA256, "\xaa", 131,
	"Test Using Larger Than Block-Size Key - Hash Key Fir"
	"st",
	1,
	"60e431591ee0b67f0d8a26aacbf5b77f"
	"8e0bc6213728c5140546040f0ee37f54"},
    {"RFC 4231 section 4, 7", DIGEST_SHA256, "\xaa", 131,
	"This is a test using a larger than block-size key an"
	"d a larger than block-size data. The key needs to be"
	" hashed before being used by the HMAC algorithm.",
	1,
	"9b09ffa71b942fcb27635fbcd5b0e944"
	"bfdc63644f0713938a7f51535c3a35e2"},
};

static void
repeat(struct buf *out, const char *text, size_t times)
{
	for (size_t i = 0; i < times; i++)
		buf_add_text(out, text);
}

static void
assert_digest(enum digest digest, const unsigned char *octets, const char *hex)
{
	struct buf out = {0};

	for (size_t i = 0; i < sasl_hash_octets(digest); i++)
		buf_add_format(&out, "%02x", octets[i]);
	assert_int_equal(strncmp(buf_text(&out), hex, strlen(hex)), 0);
	buf_free(&out);
}

static void
test_hmac(void **state)
{
	const struct hmac_row *row = *state;
	struct buf key = {0}, data = {0};
	unsigned char out[DIGEST_MAX];

	repeat(&key, row->key, row->key_times);
	repeat(&data, row->data, row->data_times);
	assert_true(
	    sasl_hash_hmac(row->digest, buf_span(&key), buf_span(&data), out));
	assert_digest(row->digest, out, row->hex);
	buf_free(&key);
	buf_free(&data);
}

struct stretch_row {
	const char *name;
	enum digest digest;
	struct span password, salt;
	unsigned rounds;
	const char *hex;
};

#define S(text)                        \
	{                              \
		text, sizeof(text) - 1 \
	}

/* But those of RFC 6070 with 16777216 rounds, which take seconds. */
static const struct stretch_row stretches[] = {
    {"RFC 6070, 1", DIGEST_SHA1, S("password"), S("salt"), 1,
	"0c60c80f961f0e71f3a9b524af6012062fe037a6"},
    {"RFC 6070, 2", DIGEST_SHA1, S("password"), S("salt"), 2,
	"ea6c014dc72d6f8ccd1ed92ace1d41f0d8de8957"},
    {"RFC 6070, 3", DIGEST_SHA1, S("password"), S("salt"), 4096,
	"4b007901b765489abead49d926f721d065a429c1"},
    {"RFC 6070, 5", DIGEST_SHA1, S("passwordPASSWORDpassword"),
	S("saltSALTsaltSALTsaltSALTsaltSALTsalt"), 4096,
	"3d2eec4fe41c849b80c8d83662c0e44a8b291a96"},
    {"RFC 6070, 6", DIGEST_SHA1, S("pass\0word"), S("sa\0lt"), 4096,
	"56fa6aa75548099dcc37d7f03425e0c3"},
    {"RFC 7914 section 11, 1", DIGEST_SHA256, S("passwd"), S("salt"), 1,
	"55ac046e56e3089fec1691c22544b605"
	"f94185216dde0465e68b9d57c20dacbc"},
    {"RFC 7914 section 11, 2", DIGEST_SHA256, S("Password"), S("NaCl"), 80000,
	"4ddcd8f60b98be21830cee5ef22701f9"
	"641a4418d04c0414aeff08876b34ab56"},
};

static void
test_stretch(void **state)
{
	const struct stretch_row *row = *state;
	unsigned char out[DIGEST_MAX];

	assert_true(sasl_hash_stretch(
	    row->digest, row->password, row->salt, row->rounds, out));
	assert_digest(row->digest, out, row->hex);
}

static void
test_equal(void **state)
{
	(void)state;
	assert_true(sasl_hash_equal(SPAN("abc"), SPAN("abc")));
	assert_false(sasl_hash_equal(SPAN("abc"), SPAN("abd")));
	assert_false(sasl_hash_equal(SPAN("abc"), SPAN("bbc")));
	assert_false(sasl_hash_equal(SPAN("abc"), SPAN("ab")));
	assert_false(sasl_hash_equal(SPAN("abc"), SPAN("")));
}

static void
test_digest(void **state)
{
	unsigned char out[DIGEST_MAX];

	(void)state;
	assert_true(sasl_hash_of(DIGEST_SHA256, SPAN("abc"), out));
	assert_digest(DIGEST_SHA256, out, "ba7816bf8f01cfea414140de5dae2223");
	assert_true(sasl_hash_of(DIGEST_SHA1, SPAN("abc"), out));
	assert_digest(
	    DIGEST_SHA1, out, "a9993e364706816aba3e25717850c26c9cd0d89d");
}

int
main(void)
{
	struct rows all = {0};

	rows_add(&all, "hmac", hmacs, ROWS(hmacs), test_hmac);
	rows_add(&all, "stretch", stretches, ROWS(stretches), test_stretch);
	rows_add_one(&all, "equal", test_equal);
	rows_add_one(&all, "digest", test_digest);
	return rows_end(&all);
}
