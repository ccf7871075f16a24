#include "rows.h"

#include "envelope/dsn.h"

struct notify_row {
	const char *name;
	const char *words;
	const char *written; /* NULL: refused */
};

static const struct notify_row notifies[] = {
    {"never", "never", "NEVER"},
    {"one", "failure", "FAILURE"},
    {"all", "success,failure,delay", "SUCCESS,FAILURE,DELAY"},
    {"any order and case", "DELAY,Failure", "FAILURE,DELAY"},
    {"blanks", " delay , failure ", "FAILURE,DELAY"},
    {"twice", "delay,delay", "DELAY"},
    {"Sendmail's short word", "fail", "FAILURE"},
    {"never twice", "never,never", "NEVER"},
    {"never and another", "never,success", NULL},
    {"another and never", "delay,never", NULL},
    {"nothing", "", NULL},
    {"only commas", ",,", NULL},
    {"another word", "bounce", NULL},
    {"a part", "succ", NULL},
    {"a line end", "delay\r\nRCPT", NULL},
    {"one bad among good", "delay,x", NULL},
};

static void
test_notify(void **state)
{
	const struct notify_row *row = *state;
	unsigned notify = 77;
	struct buf written = {0};
	bool done = dsn_parse_notify(span_from(row->words), &notify);

	assert_int_equal(done, row->written != NULL);
	if (done) {
		dsn_add_notify(&written, notify);
		assert_string_equal(buf_text(&written), row->written);
	} else {
		assert_int_equal(notify, 77);
	}
	buf_free(&written);
}

static void
test_return(void **state)
{
	enum dsn_return how = DSN_RETURN_UNSET;
	struct buf written = {0};

	(void)state;
	dsn_add_return(&written, how);
	assert_int_equal(written.len, 0);
	assert_true(dsn_parse_return(SPAN("hdrs"), &how));
	dsn_add_return(&written, how);
	assert_true(dsn_parse_return(SPAN("FULL"), &how));
	dsn_add_return(&written, how);
	assert_string_equal(buf_text(&written), "HDRSFULL");
	assert_false(dsn_parse_return(SPAN("half"), &how));
	assert_false(dsn_parse_return(SPAN(""), &how));
	assert_false(dsn_parse_return(SPAN("full\r\n."), &how));
	assert_int_equal(how, DSN_RETURN_FULL);
	buf_free(&written);
}

struct id_row {
	const char *name;
	const char *id;
	bool is_valid;
};

#define TEN "0123456789"
#define HUNDRED TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN

static const struct id_row ids[] = {
    {"one", "x", true},
    {"100", HUNDRED, true},
    {"101", HUNDRED "x", false},
    {"none", "", false},
    {"blank", "a b", true},
    {"all that xtext hides", "a+b=c", true},
    {"line feed", "a\nb", false},
    {"tab", "a\tb", false},
    {"delete", "\x7f", false},
    {"eight bits", "\xc3\xa4", false},
};

static void
test_id(void **state)
{
	const struct id_row *row = *state;

	assert_int_equal(
	    dsn_envelope_id_is_valid(span_from(row->id)), row->is_valid);
}

struct xtext_row {
	const char *name;
	struct span text;
	struct span encoded;
};

static const struct xtext_row xtext_rows[] = {
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

	rows_add(&all, "notify", notifies, ROWS(notifies), test_notify);
	rows_add(&all, "envelope id", ids, ROWS(ids), test_id);
	rows_add_one(&all, "return", test_return);
	rows_add(&all, "xtext", xtext_rows, ROWS(xtext_rows), test_both_ways);
	rows_add(&all, "utf-8", utf8_rows, ROWS(utf8_rows), test_utf8);
	rows_add(&all, "no xtext", bads, ROWS(bads), test_bad);
	rows_add_one(&all, "a bound", test_full);
	return rows_end(&all);
}
