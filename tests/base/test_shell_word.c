#include "rows.h"

#include "base/shell_word.h"

struct word_row {
	const char *name, *word, *expected;
};

static const struct word_row words[] = {
    {"a plain word", "me@example.com", "me@example.com"},
    {"nothing", "", "''"},
    {"a blank", "a b", "'a b'"},
    {"a quote", "a'b", "'a'\\''b'"},
    {"what a shell would run", "$(id);`id`&|", "'$(id);`id`&|'"},
    {"a tilde", "~root", "'~root'"},
};

static void
test_word(void **state)
{
	const struct word_row *row = *state;
	struct buf out = {0};

	shell_word_add(&out, row->word);
	assert_string_equal(buf_text(&out), row->expected);
	buf_free(&out);
}

static void
test_masked(void **state)
{
	struct buf out = {0};

	(void)state;
	shell_word_add_masked(&out, "a\033[b");
	assert_string_equal(buf_text(&out), "'a\\x1b[b'");
	buf_free(&out);
}

int
main(void)
{
	struct rows all = {0};

	rows_add(&all, "word", words, ROWS(words), test_word);
	rows_add_one(&all, "masked", test_masked);
	return rows_end(&all);
}
