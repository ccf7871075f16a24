#include "rows.h"

#include "base/base64.h"

struct code_row {
	const char *name;
	struct span plain;
	const char *coded;
};

/* RFC 4648 section 10, and octets of every kind. */
static const struct code_row codes[] = {
    {"empty", {"", 0}, ""},
    {"f", {"f", 1}, "Zg=="},
    {"fo", {"fo", 2}, "Zm8="},
    {"foo", {"foo", 3}, "Zm9v"},
    {"foob", {"foob", 4}, "Zm9vYg=="},
    {"fooba", {"fooba", 5}, "Zm9vYmE="},
    {"foobar", {"foobar", 6}, "Zm9vYmFy"},
    {"NUL alone", {"\0", 1}, "AA=="},
    {"AUTH PLAIN", {"\0user\0pass", 10}, "AHVzZXIAcGFzcw=="},
    {"plus and slash", {"\xfb\xff\xbf", 3}, "+/+/"},
    {"high octets", {"\xff\xfe\xfd\xfc", 4}, "//79/A=="},
};

static void
test_encode(void **state)
{
	const struct code_row *row = *state;
	struct buf out = {0};

	assert_true(base64_encode(&out, row->plain));
	assert_string_equal(buf_text(&out), row->coded);
	buf_free(&out);
}

static void
test_decode(void **state)
{
	const struct code_row *row = *state;
	struct buf out = {0};

	assert_true(base64_decode(&out, span_from(row->coded)));
	assert_int_equal(out.len, row->plain.len);
	assert_true(span_equal(buf_span(&out), row->plain));
	buf_free(&out);
}

struct bad_row {
	const char *name;
	struct span coded;
};

static const struct bad_row bads[] = {
    {"one character", {"Z", 1}},
    {"two characters", {"Zg", 2}},
    {"padding left out", {"Zm8", 3}},
    {"five characters", {"Zm9vY", 5}},
    {"padding alone", {"====", 4}},
    {"three pads", {"Z===", 4}},
    {"pad in front", {"=Zg=", 4}},
    {"pad in the middle", {"Zg=g", 4}},
    {"padded group first", {"Zg==Zm9v", 8}},
    {"loose bits under two pads", {"Zh==", 4}},
    {"loose bits under one pad", {"Zm9=", 4}},
    {"blank inside", {"Zm 9", 4}},
    {"blank after it", {"Zm9v ", 5}},
    {"line end after it", {"Zm9v\r\n", 6}},
    {"four line ends", {"\n\n\n\n", 4}},
    {"NUL", {"Zm\0v", 4}},
    {"octet over 127", {"Zm9\xff", 4}},
    {"alphabet for names", {"-_-_", 4}},
    {"star, which cancels AUTH", {"*", 1}},
};

static void
test_bad(void **state)
{
	const struct bad_row *row = *state;
	struct buf out = {0};

	assert_false(base64_decode(&out, row->coded));
	buf_free(&out);
}

static void
test_round_trip(void **state)
{
	char octets[512];

	(void)state;
	for (size_t i = 0; i < sizeof(octets); i++)
		octets[i] = (char)(i * 37 + i / 256);
	for (size_t len = 0; len <= sizeof(octets); len++) {
		struct buf coded = {0}, plain = {0};
		struct span in = {octets, len};

		assert_true(base64_encode(&coded, in));
		assert_int_equal(coded.len, (len + 2) / 3 * 4);
		assert_true(base64_decode(&plain, buf_span(&coded)));
		assert_true(span_equal(buf_span(&plain), in));
		buf_free(&coded);
		buf_free(&plain);
	}
}

static void
test_full(void **state)
{
	struct buf out;

	(void)state;
	buf_init(&out, 7);
	assert_false(base64_encode(&out, SPAN("foobar")));
	buf_free(&out);
	buf_init(&out, 5);
	assert_false(base64_decode(&out, SPAN("Zm9vYmFy")));
	buf_clear(&out);
	assert_true(base64_decode(&out, SPAN("Zm9vYmE=")));
	buf_free(&out);
}

/* The beginning of base64 text in lines. */
struct head_row {
	const char *name;
	struct span coded;
	size_t room;
	struct span plain;
};

static const struct head_row heads[] = {
    {"empty", {"", 0}, 9, {"", 0}},
    {"whole", {"Zm9vYmFy", 8}, 9, {"foobar", 6}},
    {"as much as there is room", {"Zm9vYmFy", 8}, 6, {"foobar", 6}},
    {"room in the middle of four", {"Zm9vYmFy", 8}, 5, {"fooba", 5}},
    {"no room", {"Zm9vYmFy", 8}, 0, {"", 0}},
    {"one octet of room", {"Zm9vYmFy", 8}, 1, {"f", 1}},
    {"padding is an end", {"Zm9vYg==Zm9v", 12}, 9, {"foob", 4}},
    {"lines", {"Zm9v\nYmFy\n", 10}, 9, {"foobar", 6}},
    {"odd lines", {"Z\r\nm9\tvYm \n\nFy", 15}, 9, {"foobar", 6}},
    {"blanks in front", {" \t\r\nZm9v", 8}, 9, {"foo", 3}},
    {"what is not base64 is an end", {"Zm9v-YmFy", 9}, 9, {"foo", 3}},
    {"and inside of four", {"Zm9vY-mFy", 9}, 9, {"foo", 3}},
    {"NUL", {"Zm9v\0YmFy", 9}, 9, {"foo", 3}},
    {"beyond ASCII", {"Zm9v\xc3\xa9YmFy", 10}, 9, {"foo", 3}},
    {"half of an octet", {"Zm9vY", 5}, 9, {"foo", 3}},
};

static void
test_head(void **state)
{
	const struct head_row *row = *state;
	char *out = malloc(row->room + 1);
	size_t len;

	assert_non_null(out);
	out[row->room] = '#';
	len = base64_decode_head(out, row->room, row->coded);
	assert_int_equal(len, row->plain.len);
	assert_memory_equal(out, row->plain.at, len);
	assert_int_equal(out[row->room], '#');
	free(out);
}

/* RFC 7515 appendix C, and what base64 and base64url write differently. */
static const struct code_row urls[] = {
    {"empty", {"", 0}, ""},
    {"one octet", {"f", 1}, "Zg"},
    {"two octets", {"fo", 2}, "Zm8"},
    {"three octets", {"foo", 3}, "Zm9v"},
    {"minus and underscore", {"\xfb\xff\xbf", 3}, "-_-_"},
    {"the example of the RFC", {"\x03\xec\xff\xe0\xc1", 5}, "A-z_4ME"},
};

static void
test_url(void **state)
{
	const struct code_row *row = *state;
	struct buf coded = {0}, plain = {0};

	assert_true(base64_encode_url(&coded, row->plain));
	assert_string_equal(buf_text(&coded), row->coded);
	assert_true(base64_decode_url(&plain, buf_span(&coded)));
	assert_true(span_equal(buf_span(&plain), row->plain));
	buf_free(&coded);
	buf_free(&plain);
}

static const struct bad_row bad_urls[] = {
    {"plus", {"+_-_", 4}},
    {"slash", {"-/-_", 4}},
    {"padding", {"Zg==", 4}},
    {"one character", {"Z", 1}},
    {"not canonical", {"Zh", 2}},
    {"a blank", {"Zm 8", 4}},
    {"a NUL", {"Zm\0v", 4}},
};

static void
test_bad_url(void **state)
{
	const struct bad_row *row = *state;
	struct buf out = {0};

	assert_false(base64_decode_url(&out, row->coded));
	buf_free(&out);
}

int
main(void)
{
	struct rows all = {0};

	rows_add(&all, "encode", codes, ROWS(codes), test_encode);
	rows_add(&all, "head", heads, ROWS(heads), test_head);
	rows_add(&all, "decode", codes, ROWS(codes), test_decode);
	rows_add(&all, "refuse", bads, ROWS(bads), test_bad);
	rows_add(&all, "url", urls, ROWS(urls), test_url);
	rows_add(&all, "refuse url", bad_urls, ROWS(bad_urls), test_bad_url);
	rows_add_one(&all, "every length goes and comes", test_round_trip);
	rows_add_one(&all, "a full buf is reported", test_full);
	return rows_end(&all);
}
