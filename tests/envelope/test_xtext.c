#include "rows.h"

#include "envelope/dsn.h"

struct xtext_row {
	const char *name;
	struct span text;
	struct span encoded;
};

static const struct xtext_row rows[] = {
    {"nothing", {"", 0}, {"", 0}},
    {"an address", {"a@example.org", 13}, {"a@example.org", 13}},
    {"plus, equals, blank", {"a+b=c d@x", 9}, {"a+2Bb+3Dc+20d@x", 15}},
    {"the ends of what is plain", {"!~", 2}, {"!~", 2}},
    {"what lies beyond", {" \x7f", 2}, {"+20+7F", 6}},
    {"line end", {"\r\nRCPT", 6}, {"+0D+0ARCPT", 10}},
    {"NUL and eight bits", {"\0\xff\x80", 3}, {"+00+FF+80", 9}},
    {"quotes pass", {"\"a,b\"@x", 7}, {"\"a,b\"@x", 7}},
};

static void
test_both_ways(void **state)
{
	const struct xtext_row *row = *state;
	struct buf encoded = {0}, decoded = {0};

	assert_true(dsn_xtext_encode(&encoded, row->text));
	assert_true(span_equal(buf_span(&encoded), row->encoded));
	assert_true(dsn_xtext_decode(&decoded, row->encoded));
	assert_true(span_equal(buf_span(&decoded), row->text));
	buf_free(&encoded);
	buf_free(&decoded);
}

/* RFC 6533 section 3; its second column is not decoded here. */
static const struct xtext_row utf8_rows[] = {
    {"ASCII", {"a@example.org", 13}, {"a@example.org", 13}},
    {"plus, equals, blank", {"a+b=c d", 7}, {"a\\x{2B}b\\x{3D}c\\x{20}d", 22}},
    {"a backslash", {"a\\b", 3}, {"a\\x{5C}b", 8}},
    {"two octets", {"j\xc3\xbcrg", 5}, {"j\\x{FC}rg", 9}},
    {"three", {"\xe2\x82\xac", 3}, {"\\x{20AC}", 8}},
    {"four", {"\xf0\x9f\x98\x80", 4}, {"\\x{1F600}", 9}},
};

static void
test_utf8(void **state)
{
	const struct xtext_row *row = *state;
	struct buf encoded = {0};

	assert_true(dsn_xtext_encode_utf8(&encoded, row->text));
	assert_string_equal(buf_text(&encoded), row->encoded.at);
	assert_int_equal(encoded.len, row->encoded.len);
	buf_clear(&encoded);
	assert_false(dsn_xtext_encode_utf8(&encoded, SPAN("a\xff")));
	buf_free(&encoded);
}

struct bad_row {
	const char *name;
	struct span text;
};

static const struct bad_row bads[] = {
    {"plus alone", {"a+", 2}},
    {"one digit", {"+4", 2}},
    {"no digit", {"+4G", 3}},
    {"lower case", {"+2b", 3}},
    {"a sign", {"++1", 3}},
    {"equals", {"a=b", 3}},
    {"a blank", {"a b", 3}},
    {"NUL", {"a\0", 2}},
    {"line feed", {"a\n", 2}},
    {"eight bits", {"\xc3\xa4", 2}},
    {"delete", {"\x7f", 1}},
};

static void
test_bad(void **state)
{
	const struct bad_row *row = *state;
	struct buf decoded = {0};

	assert_false(dsn_xtext_decode(&decoded, row->text));
	buf_free(&decoded);
}

static void
test_full(void **state)
{
	struct buf small = {.max = 5};

	(void)state;
	assert_false(dsn_xtext_encode(&small, SPAN("a b c")));
	assert_true(small.len <= 5);
	buf_free(&small);
	small = (struct buf){.max = 2};
	assert_false(dsn_xtext_decode(&small, SPAN("abc")));
	buf_free(&small);
}

int
main(void)
{
	struct rows all = {0};

	rows_add(&all, "xtext", rows, ROWS(rows), test_both_ways);
	rows_add(&all, "utf-8", utf8_rows, ROWS(utf8_rows), test_utf8);
	rows_add(&all, "no xtext", bads, ROWS(bads), test_bad);
	rows_add_one(&all, "a bound", test_full);
	return rows_end(&all);
}
