#include "rows.h"

#include "base/utf8.h"

struct excerpt_row {
	const char *name, *text;
	size_t max;
	const char *shown;
};

static const struct excerpt_row excerpt_rows[] = {
    {"empty", "", 5, ""},
    {"shorter", "abc", 5, "abc"},
    {"as long", "abcde", 5, "abcde"},
    {"longer", "abcdef", 5, "abcde..."},
    {"nothing wanted", "abc", 0, "..."},
    {"masked", "a\r\n", 5, "a\\x0d\\x0a"},
    {"the maximum counts octets before masking", "\r\n\t", 2, "\\x0d\\x0a..."},
    {"two octets whole",
	"abc\xc3\xbc"
	"de",
	5, "abc\xc3\xbc..."},
    {"two octets not cut",
	"abcd\xc3\xbc"
	"e",
	5, "abcd..."},
    {"four octets not cut", "ab\xf0\x9f\x90\xb1", 5, "ab..."},
    {"four octets whole",
	"a\xf0\x9f\x90\xb1"
	"b",
	5, "a\xf0\x9f\x90\xb1..."},
    {"no character at all", "\xbc\xbc\xbc\xbc\xbc\xbc", 5, "\\xbc\\xbc..."},
};

static void
test_excerpt(void **state)
{
	const struct excerpt_row *row = *state;
	char *shown = utf8_excerpt_masked(span_from(row->text), row->max);

	assert_string_equal(shown, row->shown);
	free(shown);
}

int
main(void)
{
	return rows_run(
	    "excerpt", excerpt_rows, ROWS(excerpt_rows), test_excerpt);
}
