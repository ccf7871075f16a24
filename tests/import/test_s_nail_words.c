#include "rows.h"

#include "import/s_nail_words.h"

/* What s-nail 14.9.24 makes of the arguments. */
struct line_row {
	const char *name;
	bool is_shell;
	const char *line;
	const char
	    *expected; /* "[word][word]rest"; "?" follows an unknown one */
};

static const struct line_row lines[] = {
    {"nothing", false, " \t ", ""},
    {"words", false, " a=b  c\t", "[a=b][c]"},
    {"old quotes", false, "a=\"b c\"d 'e \"f'", "[a=b cd][e \"f]"},
    {"a quote in old quotes", false, "\"a\\\"b\" 'c\\'d'", "[a\"b][c'd]"},
    {"other backslashes in old quotes", false, "\"a\\\\b\\'\"", "[a\\\\b\\']"},
    {"backslashes", false, "a\\ b\\\\c\\\"", "[a b\\c\"]"},
    {"no old comments", false, "a # b; $c", "[a][#][b;][$c]"},
    {"no end", false, "a \"b c", "[a][b c]"},
    {"a backslash at the end", false, "a\\", "[a]"},
    {"quotes of the shell", true, "a='b \\'c\"d \\\"\\$\\\\e\"",
	"[a=b \\cd \"$\\e]"},
    {"a backslash in quotes of the shell", true, "\"a\\b\"", "[a\\b]"},
    {"escapes", true, "$'a\\tb\\x41\\101\\'\\\\\\u00e4\\U1F600'",
	"[a\tbAA'\\\xc3\xa4\xf0\x9f\x98\x80]"},
    {"other escapes", true, "$'\\a\\b\\e\\E\\f\\n\\r\\v\\\"'",
	"[\a\b\033\033\f\n\r\v\"]"},
    {"an unknown escape", true, "$'a\\qb'", "[ab?]"},
    {"no character", true, "$'\\ud800'", "[?]"},
    {"a variable", true, "a$b \"c${d}\" '$e' \\$f", "[a$b?][c${d}?][$e][$f]"},
    {"a comment", true, "a b#c # d", "[a][b#c]"},
    {"a semicolon", true, "a b; c d", "[a][b]c d"},
    {"a quoted semicolon", true, "a';'b\\;c", "[a;b;c]"},
    {"no end of quotes", true, "a 'b c", "[a][b c]"},
    {"a dollar sign at the end", true, "a$", "[a$?]"},
};

static void
test_line(void **state)
{
	const struct line_row *row = *state;
	struct span rest = span_from(row->line);
	struct buf word = {0}, out = {0};
	bool is_known;

	while (s_nail_words_next(&rest, row->is_shell, &word, &is_known)) {
		buf_add_char(&out, '[');
		buf_add_span(&out, buf_span(&word));
		buf_add_text(&out, is_known ? "]" : "?]");
	}
	buf_add_span(&out, span_trim(rest));
	assert_string_equal(buf_text(&out), row->expected);
	buf_free(&word);
	buf_free(&out);
}

int
main(void)
{
	return rows_run("line", lines, ROWS(lines), test_line);
}
