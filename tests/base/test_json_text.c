#include "rows.h"

#include "base/json_text.h"

struct row {
	const char *name, *text;
	const char *masked, *exact;
};

static const struct row rows[] = {
    {"empty", "", "\"\"", "\"\""},
    {"quote", "a\"b", "\"a\\\"b\"", "\"a\\\"b\""},
    {"backslash", "a\\b", "\"a\\\\x5cb\"", "\"a\\\\b\""},
    {"control", "a\nb", "\"a\\\\x0ab\"", "\"a\\u000Ab\""},
    {"DEL", "\x7f", "\"\\\\x7f\"", "\"\\u007F\""},
    {"UTF-8", "\xc3\xa4", "\"\xc3\xa4\"", "\"\xc3\xa4\""},
};

static void
test_string(void **state)
{
	const struct row *row = *state;
	struct buf text = {0};

	json_text_add(&text, span_from(row->text));
	assert_string_equal(buf_text(&text), row->masked);
	buf_clear(&text);
	json_text_add_exact(&text, span_from(row->text));
	assert_string_equal(buf_text(&text), row->exact);
	buf_free(&text);
}

static void
test_members(void **state)
{
	struct buf text = {0};

	(void)state;
	buf_add_char(&text, '{');
	json_text_add_member(&text, "a", NULL);
	json_text_add_number(&text, "b", UINT64_MAX);
	json_text_add_bool(&text, "c", true);
	json_text_add_seconds(&text, "d", 1050);
	json_text_add_list(&text, "e", SPAN("x y"), " ");
	json_text_add_hint(&text, SPAN("hint: one\ntwo"));
	assert_string_equal(buf_text(&text),
	    "{\"a\":null,\"b\":18446744073709551615,\"c\":true,"
	    "\"d\":1.050,\"e\":[\"x\",\"y\"],\"hint\":\"one\\ntwo\"");
	buf_free(&text);
}

int
main(void)
{
	struct rows all = {0};

	rows_add(&all, "string", rows, ROWS(rows), test_string);
	rows_add_one(&all, "members", test_members);
	return rows_end(&all);
}
