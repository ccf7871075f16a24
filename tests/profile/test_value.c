#include "folder.h"

#include "profile/value.h"

struct expand_row {
	const char *name, *raw;
	enum value_kind kind;
	const char *value; /* NULL: refused, with `error` in it */
	const char *error;
};

/*
 * VALUE holds quotes and a dollar, EMPTY nothing. An @ at the start of the
 * expected value stands for the home directory.
 */
static const struct expand_row expands[] = {
    {"plain", "a b", VALUE_TEXT, "a b", NULL},
    {"empty", "", VALUE_TEXT, "", NULL},
    {"quotes", "\"  a b \"", VALUE_TEXT, "  a b ", NULL},
    {"empty quotes", "\"\"", VALUE_TEXT, "", NULL},
    {"quote in quotes", "\"a\\\"b\"", VALUE_TEXT, "a\"b", NULL},
    {"backslash in quotes", "\"a\\\\\"", VALUE_TEXT, "a\\", NULL},
    {"other backslash", "\"a\\n\"", VALUE_TEXT, "a\\n", NULL},
    {"backslash without quotes", "a\\\\b", VALUE_TEXT, "a\\\\b", NULL},
    {"quotes inside", "a \"b\" c", VALUE_TEXT, "a \"b\" c", NULL},
    {"open quote", "\"a", VALUE_TEXT, NULL, "not closed"},
    {"lone quote", "\"", VALUE_TEXT, NULL, "not closed"},
    {"escaped last quote", "\"a\\\"", VALUE_TEXT, NULL, "not closed"},
    {"text behind quotes", "\"a\" b", VALUE_TEXT, NULL, "text after"},
    {"two quoted", "\"a\" \"b\"", VALUE_TEXT, NULL, "text after"},
    {"variable", "x${USERVAR}y", VALUE_TEXT, "xmey", NULL},
    {"variable in quotes", "\" ${USERVAR} \"", VALUE_TEXT, " me ", NULL},
    {"two variables", "${USERVAR}${USERVAR}", VALUE_TEXT, "meme", NULL},
    {"variable is not read again", "${VALUE}", VALUE_TEXT, "\"$HOME ${X} ~/\"",
	NULL},
    {"home from a variable", "${TILDE}a", VALUE_TEXT, "~/a", NULL},
    {"unset", "${SMTPOST_NO_SUCH}", VALUE_TEXT, NULL, "${SMTPOST_NO_SUCH}"},
    {"set to nothing", "${EMPTY}", VALUE_TEXT, NULL, "is empty"},
    {"nothing in something", "a${EMPTY}", VALUE_TEXT, "a", NULL},
    {"control in a variable", "${CONTROL}", VALUE_TEXT, NULL, "\\x0a"},
    {"dollar", "a$$b", VALUE_TEXT, "a$b", NULL},
    {"dollars", "$$$$", VALUE_TEXT, "$$", NULL},
    {"dollar before a name", "$${USERVAR}", VALUE_TEXT, "${USERVAR}", NULL},
    {"bare variable", "$USERVAR", VALUE_TEXT, NULL, "$$"},
    {"dollar at end", "a$", VALUE_TEXT, NULL, "$$"},
    {"open brace", "${USERVAR", VALUE_TEXT, NULL, "$$"},
    {"only a brace", "${", VALUE_TEXT, NULL, "$$"},
    {"empty name", "${}", VALUE_TEXT, NULL, "$$"},
    {"name with blank", "${A B}", VALUE_TEXT, NULL, "$$"},
    {"name with digit first", "${1A}", VALUE_TEXT, NULL, "$$"},
    {"default of what is unset", "x${A:-b c}y", VALUE_TEXT, "xb cy", NULL},
    {"default of what is empty", "${EMPTY:-b}", VALUE_TEXT, "b", NULL},
    {"default not needed", "${USERVAR:-b}", VALUE_TEXT, "me", NULL},
    {"default in quotes", "\" ${A:-b} \"", VALUE_TEXT, " b ", NULL},
    {"default is not read again", "${A:-$$:-\"~/}", VALUE_TEXT, "$$:-\"~/",
	NULL},
    {"empty default", "${A:-}", VALUE_TEXT, "", NULL},
    {"empty default in something", "a${A:-}b", VALUE_TEXT, "ab", NULL},
    {"two empty defaults", "${A:-}${A:-}", VALUE_TEXT, NULL, "is empty"},
    {"default without an end", "${A:-b", VALUE_TEXT, NULL, "$$"},
    {"other operator", "${A:=b}", VALUE_TEXT, NULL, "$$"},
    {"operator without a colon", "${A-b}", VALUE_TEXT, NULL, "$$"},
    {"default without a name", "${:-b}", VALUE_TEXT, NULL, "$$"},
    {"home", "~/a", VALUE_PATH, "@/a", NULL},
    {"home in quotes", "\"~/a b\"", VALUE_PATH, "~/a b", NULL},
    {"home alone", "~", VALUE_PATH, "~", NULL},
    {"home of another", "~root/a", VALUE_PATH, "~root/a", NULL},
    {"home later", "a~/b", VALUE_PATH, "a~/b", NULL},
    {"home from a default", "${A:-~/}b", VALUE_PATH, "~/b", NULL},
    {"no path", "~/a", VALUE_TEXT, "~/a", NULL},
    {"command keeps dollars", "echo $X ${Y} $$", VALUE_COMMAND,
	"echo $X ${Y} $$", NULL},
    {"command keeps home", "~/bin/x", VALUE_COMMAND, "~/bin/x", NULL},
    {"command in quotes", "\"echo \\\"a\\\" \"", VALUE_COMMAND, "echo \"a\" ",
	NULL},
    {"command that begins with quotes", "\"/a b/c\" d", VALUE_COMMAND,
	"\"/a b/c\" d", NULL},
    {"command of quoted words", "\"a\" \"b\"", VALUE_COMMAND, "\"a\" \"b\"",
	NULL},
    {"command with an open quote", "\"a", VALUE_COMMAND, "\"a", NULL},
};

static void
test_expand(void **state)
{
	const struct expand_row *row = *state;
	struct error err = {0};
	struct buf out = {0}, expected = {0};
	struct folder folder;
	enum value_result result;

	setenv("USERVAR", "me", 1);
	setenv("VALUE", "\"$HOME ${X} ~/\"", 1);
	setenv("TILDE", "~/", 1);
	setenv("EMPTY", "", 1);
	setenv("CONTROL", "a\nb", 1);
	unsetenv("SMTPOST_NO_SUCH");
	unsetenv("A");
	folder_make(&folder);
	result = value_expand(span_from(row->raw), row->kind, &out, &err);
	if (row->value != NULL) {
		assert_int_equal(result, VALUE_READY);
		if (row->value[0] == '@')
			buf_add_text(&expected, folder.path);
		buf_add_text(&expected, row->value + (row->value[0] == '@'));
		assert_string_equal(buf_text(&out), buf_text(&expected));
	} else {
		assert_int_equal(result,
		    strcmp(row->name, "unset") == 0 ? VALUE_UNSET : VALUE_BAD);
		assert_int_equal(err.kind, ERROR_CONFIG);
		assert_contains(err.text, row->error);
	}
	buf_free(&out);
	buf_free(&expected);
	folder_remove(&folder);
}

struct literal_row {
	const char *name, *raw, *literal;
};

static const struct literal_row literals[] = {
    {"all of it", "hunter2", "hunter2"},
    {"quotes", "\"a b\"", "a b"},
    {"variable", "${A}", ""},
    {"variable in quotes", "\"${A}\"", ""},
    {"two variables", "${A}${B_2}", ""},
    {"part of it", "x${A}y", "xy"},
    {"default", "${A:-hunter2}", "hunter2"},
    {"empty default", "${A:-}", ""},
    {"dollar", "$$", "$"},
    {"dollar before a name", "$${A}", "${A}"},
    {"no variable", "${A", "{A"},
    {"lone quote", "\"", "\""},
};

static void
test_literal(void **state)
{
	const struct literal_row *row = *state;
	struct buf out = {0};

	value_add_literal(span_from(row->raw), &out);
	assert_string_equal(buf_text(&out), row->literal);
	buf_free(&out);
}

int
main(void)
{
	struct rows all = {0};

	rows_add(&all, "expand", expands, ROWS(expands), test_expand);
	rows_add(&all, "literal", literals, ROWS(literals), test_literal);
	return rows_end(&all);
}
