#include "rows.h"

#include "base/buf.h"
#include "base/mem.h"

static void
test_zero(void **state)
{
	struct buf buf = {0};

	(void)state;
	assert_string_equal(buf_text(&buf), "");
	assert_int_equal(buf_span(&buf).len, 0);
	buf_drop(&buf, 3);
	buf_clear(&buf);
	assert_true(buf_add(&buf, NULL, 0));
	assert_int_equal(buf.len, 0);
	assert_string_equal(buf_text(&buf), "");
	buf_free(&buf);
	buf_free(&buf);
	buf_wipe(&buf);
}

static void
test_adders(void **state)
{
	struct buf buf = {0};

	(void)state;
	assert_true(buf_add(&buf, "ab\0c", 4));
	assert_true(buf_add_span(&buf, SPAN("de")));
	assert_true(buf_add_text(&buf, "f"));
	assert_true(buf_add_text(&buf, ""));
	assert_true(buf_add_char(&buf, '\0'));
	assert_true(buf_add_format(&buf, "%d-%s", 7, "x"));
	assert_int_equal(buf.len, 11);
	assert_memory_equal(buf_text(&buf),
	    "ab\0cdef\0"
	    "7-x",
	    12);
	assert_true(span_equal(buf_span(&buf),
	    (struct span){"ab\0cdef\0"
			  "7-x",
		11}));
	buf_free(&buf);
}

static void
test_lower(void **state)
{
	struct buf buf = {.max = 9};

	(void)state;
	assert_true(buf_add_text(&buf, "AB"));
	assert_true(buf_add_lower(&buf, SPAN("Cd\0Z\303\204")));
	assert_true(buf_add_lower(&buf, SPAN("")));
	assert_true(span_equal(buf_span(&buf), SPAN("ABcd\0z\303\204")));
	assert_false(buf_add_lower(&buf, SPAN("EF")));
	assert_true(buf.full);
	buf_free(&buf);
}

struct max_row {
	const char *name;
	size_t max, have, add;
	bool fits;
};

static const struct max_row maxes[] = {
    {"exactly", 8, 5, 3, true},
    {"one too many", 8, 5, 4, false},
    {"all at once", 8, 0, 8, true},
    {"all at once and one", 8, 0, 9, false},
    {"nothing added at the maximum", 8, 8, 0, true},
    {"one octet beyond the maximum", 8, 8, 1, false},
    {"a power of two", 64, 63, 1, true},
    {"over a power of two", 128, 64, 64, true},
    {"the default", 0, BUF_DEFAULT_MAX - 1, 1, true},
    {"over the default", 0, BUF_DEFAULT_MAX - 1, 2, false},
    {"a sum that would wrap", SIZE_MAX, 16, SIZE_MAX - 8, false},
};

static void
test_max(void **state)
{
	const struct max_row *row = *state;
	char *octets = malloc(BUF_DEFAULT_MAX);
	struct buf buf;

	assert_non_null(octets);
	memset(octets, 'x', BUF_DEFAULT_MAX);
	buf_init(&buf, row->max);
	assert_true(buf_add(&buf, octets, row->have));
	/*
	 * Data that does not fit is not read, so `add` may exceed its real
	 * length.
	 */
	assert_int_equal(buf_add(&buf, octets, row->add), row->fits);
	assert_int_equal(buf.full, !row->fits);
	assert_int_equal(buf.len, row->have + (row->fits ? row->add : 0));
	if (!row->fits) {
		/* A full buf stays full, even for data that would fit. */
		assert_false(buf_add(&buf, octets, 0));
		assert_int_equal(buf.len, row->have);
		buf_clear(&buf);
		assert_true(buf_add(&buf, octets, 1));
	}
	buf_free(&buf);
	assert_int_equal(buf.max, row->max);
	free(octets);
}

static void
test_format_at_the_brim(void **state)
{
	struct buf buf;

	(void)state;
	buf_init(&buf, 5);
	assert_true(buf_add_format(&buf, "%s", "12345"));
	assert_string_equal(buf_text(&buf), "12345");
	buf_clear(&buf);
	assert_false(buf_add_format(&buf, "%s", "123456"));
	assert_int_equal(buf.len, 0);
	buf_free(&buf);
}

struct drop_row {
	const char *name;
	const char *have;
	size_t drop;
	const char *left;
};

static const struct drop_row drops[] = {
    {"nothing", "abc", 0, "abc"},
    {"the first", "abc", 1, "bc"},
    {"all", "abc", 3, ""},
    {"more than there is", "abc", SIZE_MAX, ""},
    {"of nothing", "", 1, ""},
};

static void
test_drop(void **state)
{
	const struct drop_row *row = *state;
	struct buf buf = {0};

	buf_add_text(&buf, row->have);
	buf_drop(&buf, row->drop);
	assert_string_equal(buf_text(&buf), row->left);
	assert_int_equal(buf.len, strlen(row->left));
	assert_true(buf_add_char(&buf, '!'));
	assert_int_equal(buf.data[buf.len - 1], '!');
	buf_free(&buf);
}

static void
test_grows(void **state)
{
	struct buf buf;

	(void)state;
	buf_init(&buf, 100000);
	for (size_t i = 0; i < 100000; i++)
		assert_true(buf_add_char(&buf, (char)('a' + i % 23)));
	assert_false(buf_add_char(&buf, 'z'));
	for (size_t i = 0; i < 100000; i++)
		if (buf.data[i] != (char)('a' + i % 23))
			fail_msg("octet %zu was lost in growing", i);
	buf_wipe(&buf);
	assert_null(buf.data);
	assert_int_equal(buf.len, 0);
	assert_int_equal(buf.room, 0);
}

/* A buf for secrets grows, is emptied and is used again. */
static void
test_secret(void **state)
{
	struct buf one, two;

	(void)state;
	buf_init_secret(&one, 3000);
	buf_init_secret(&two, 0);
	buf_add_text(&two, "tanz");
	for (size_t i = 0; i < 1000; i++)
		assert_true(buf_add_text(&one, "abc"));
	assert_false(buf_add_char(&one, 'd'));
	buf_wipe(&one);
	assert_true(one.is_secret);
	assert_true(buf_add_text(&one, "schuh"));
	mem_forget_secrets();
	assert_int_equal(one.len, 5);
	assert_memory_equal(one.data, "\0\0\0\0\0", 5);
	assert_memory_equal(two.data, "\0\0\0\0", 4);
	buf_free(&two);
	buf_free(&one);
	mem_forget_secrets();
	mem_free_secret(NULL);
}

static void
test_hex(void **state)
{
	struct buf buf = {0};

	(void)state;
	buf_add_hex(&buf, '\n');
	buf_add_hex(&buf, '\xff');
	assert_string_equal(buf_text(&buf), "0AFF");
	buf_free(&buf);
}

static void
test_unescaped(void **state)
{
	struct buf buf = {0};

	(void)state;
	assert_true(buf_add_unescaped(&buf, SPAN("a%20b%3D+%2f")));
	assert_string_equal(buf_text(&buf), "a b=+/");
	assert_false(buf_add_unescaped(&buf, SPAN("%2")));
	assert_false(buf_add_unescaped(&buf, SPAN("%g0")));
	assert_false(buf_add_unescaped(&buf, SPAN("%")));
	buf_free(&buf);
}

/* A list of notes that is not complete says so once. */
static void
test_notes(void **state)
{
	struct buf buf = {0};

	(void)state;
	for (int i = 0; i < 9; i++)
		assert_true(buf_add_note(&buf, 5, SPAN("abc")));
	assert_string_equal(buf_text(&buf),
	    "abc\nabc\nmore notes of this kind are not listed\n");
	buf_free(&buf);
}

static void
test_take_text(void **state)
{
	struct buf buf = {0};
	char *text = buf_take_text(&buf);

	(void)state;
	assert_string_equal(text, "");
	free(text);
	buf_add_text(&buf, "abc");
	text = buf_take_text(&buf);
	assert_string_equal(text, "abc");
	assert_int_equal(buf.len, 0);
	free(text);
	buf_free(&buf);
}

int
main(void)
{
	struct rows all = {0};

	rows_add_one(&all, "all zero is an empty buf", test_zero);
	rows_add_one(&all, "octets, span, text, char, format", test_adders);
	rows_add_one(&all, "small letters", test_lower);
	rows_add(&all, "maximum", maxes, ROWS(maxes), test_max);
	rows_add_one(&all, "format at the maximum", test_format_at_the_brim);
	rows_add(&all, "drop", drops, ROWS(drops), test_drop);
	rows_add_one(&all, "growing keeps every octet", test_grows);
	rows_add_one(&all, "memory of secrets", test_secret);
	rows_add_one(&all, "hexadecimal digits", test_hex);
	rows_add_one(&all, "octets of URLs", test_unescaped);
	rows_add_one(&all, "very many notes", test_notes);
	rows_add_one(&all, "the content as a string", test_take_text);
	return rows_end(&all);
}
