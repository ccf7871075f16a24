#include "rows.h"

#include "base/buf.h"
#include "message/header.h"

struct line_row {
	const char *name;
	const char *line;
	size_t len; /* 0: the length of the text */
	bool is_field;
};

static const struct line_row line_rows[] = {
    {"plain", "Subject: x", 0, true},
    {"empty body", "Subject:", 0, true},
    {"one letter", "a:", 0, true},
    {"blank before the colon", "Bcc : x", 0, true},
    {"tabs and blanks before the colon", "Bcc \t : x", 0, true},
    {"odd but printable name", "!#$%&'*+-./09;<=>?@[\\]^_`{|}~:", 0, true},
    {"dot as a name", ".: x", 0, true},
    {"second colon", "a: b: c", 0, true},
    {"no colon", "Subject", 0, false},
    {"empty", "", 0, false},
    {"colon first", ": x", 0, false},
    {"blank first", " a: x", 0, false},
    {"tab first", "\ta: x", 0, false},
    {"two words", "two words: x", 0, false},
    {"mailbox line", "From a@x Sun Nov 22 00:00:00 2026", 0, false},
    {"control in the name", "a\001: x", 0, false},
    {"delete in the name", "a\177: x", 0, false},
    {"8-bit in the name", "a\303\244: x", 0, false},
    {"NUL in the name", "a\0: x", 5, false},
    {"blanks alone", "  \t", 0, false},
    {"name and blanks", "a  ", 0, false},
};

static void
test_line(void **state)
{
	const struct line_row *row = *state;
	struct span line = span_from(row->line);

	if (row->len != 0)
		line.len = row->len;
	assert_int_equal(header_line_is_field(line), row->is_field);
}

/* Expected: "name|body|" for each field. */
struct fields_row {
	const char *name;
	const char *header;
	const char *expected;
};

static const struct fields_row fields_rows[] = {
    {"none", "", ""},
    {"one", "a: b\r\n", "a| b|"},
    {"two", "a: b\r\nC:d\r\n", "a| b|C|d|"},
    {"no body", "a:\r\nb:\r\n", "a||b||"},
    {"folded", "a: b\r\n c\r\n\td\r\ne: f\r\n", "a| b\r\n c\r\n\td|e| f|"},
    {"folded at once", "a:\r\n b\r\nc: d\r\n", "a|\r\n b|c| d|"},
    {"a line of blanks continues", "a: b\r\n  \r\nc: d\r\n",
	"a| b\r\n  |c| d|"},
    {"blank before the colon", "Bcc \t: x\r\n", "Bcc| x|"},
    {"colons in the body", "a: b:c\r\n d:e\r\n", "a| b:c\r\n d:e|"},
    {"without its end", "a: b", "a| b|"},
    {"without its end, folded", "a: b\r\n c", "a| b\r\n c|"},
    {"colon in the second line only", "a\r\n b: c\r\nd: e\r\n",
	"|a\r\n b: c|d| e|"},
};

static void
test_fields(void **state)
{
	const struct fields_row *row = *state;
	struct span header = span_from(row->header), rest = header;
	struct buf got = {0};
	struct field field;
	size_t whole = 0;

	while (header_next(&rest, &field)) {
		buf_add_span(&got, field.name);
		buf_add_char(&got, '|');
		buf_add_span(&got, field.body);
		buf_add_char(&got, '|');
		assert_ptr_equal(field.whole.at, header.at + whole);
		whole += field.whole.len;
	}
	assert_string_equal(buf_text(&got), row->expected);
	assert_int_equal(whole, header.len);
	buf_free(&got);
}

static void
test_find(void **state)
{
	struct span header = SPAN("From: a\r\nTO : b\r\nto: c\r\nX-To: d\r\n");
	struct field field;

	(void)state;
	assert_true(header_find(header, SPAN("To"), &field));
	assert_true(span_equal(field.body, SPAN(" b")));
	assert_true(header_find(header, SPAN("x-to"), &field));
	assert_true(span_equal(field.whole, SPAN("X-To: d\r\n")));
	assert_false(header_find(header, SPAN("Fro"), &field));
	assert_false(header_find(header, SPAN("Cc"), &field));
	assert_false(header_find((struct span){0}, SPAN("Cc"), &field));
}

int
main(void)
{
	struct rows all = {0};

	rows_add(&all, "line", line_rows, ROWS(line_rows), test_line);
	rows_add(&all, "fields", fields_rows, ROWS(fields_rows), test_fields);
	rows_add_one(&all, "find", test_find);
	return rows_end(&all);
}
