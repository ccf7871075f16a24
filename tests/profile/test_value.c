#include "folder.h"

#include "profile/value.h"

struct expand_row {
	const char *name, *raw;
	bool is_command;
	const char *value; /* NULL: refused, with `error` in it */
	const char *error;
};

/*
 * VALUE holds quotes and a dollar, EMPTY nothing. An @ at the start of the
 * expected value stands for the home directory.
 */
static const struct expand_row expands[] = {
    {"plain", "a b", false, "a b", NULL},
    {"empty", "", false, "", NULL},
    {"quotes", "\"  a b \"", false, "  a b ", NULL},
    {"empty quotes", "\"\"", false, "", NULL},
    {"quote in quotes", "\"a\\\"b\"", false, "a\"b", NULL},
    {"backslash in quotes", "\"a\\\\\"", false, "a\\", NULL},
    {"other backslash", "\"a\\n\"", false, "a\\n", NULL},
    {"backslash without quotes", "a\\\\b", false, "a\\\\b", NULL},
    {"quotes inside", "a \"b\" c", false, "a \"b\" c", NULL},
    {"open quote", "\"a", false, NULL, "not closed"},
    {"lone quote", "\"", false, NULL, "not closed"},
    {"escaped last quote", "\"a\\\"", false, NULL, "not closed"},
    {"text behind quotes", "\"a\" b", false, NULL, "text after"},
    {"two quoted", "\"a\" \"b\"", false, NULL, "text after"},
    {"variable", "x${USERVAR}y", false, "xmey", NULL},
    {"variable in quotes", "\" ${USERVAR} \"", false, " me ", NULL},
    {"two variables", "${USERVAR}${USERVAR}", false, "meme", NULL},
    {"variable is not read again", "${VALUE}", false, "\"$HOME ${X} ~/\"",
	NULL},
    {"home from a variable", "${TILDE}a", false, "~/a", NULL},
    {"unset", "${SMTPOST_NO_SUCH}", false, NULL, "${SMTPOST_NO_SUCH}"},
    {"set to nothing", "${EMPTY}", false, NULL, "is empty"},
    {"nothing in something", "a${EMPTY}", false, "a", NULL},
    {"control in a variable", "${CONTROL}", false, NULL, "\\x0a"},
    {"dollar", "a$$b", false, "a$b", NULL},
    {"dollars", "$$$$", false, "$$", NULL},
    {"dollar before a name", "$${USERVAR}", false, "${USERVAR}", NULL},
    {"bare variable", "$USERVAR", false, NULL, "$$"},
    {"dollar at end", "a$", false, NULL, "$$"},
    {"open brace", "${USERVAR", false, NULL, "$$"},
    {"only a brace", "${", false, NULL, "$$"},
    {"empty name", "${}", false, NULL, "$$"},
    {"name with blank", "${A B}", false, NULL, "$$"},
    {"name with digit first", "${1A}", false, NULL, "$$"},
    {"default syntax", "${A:-b}", false, NULL, "$$"},
    {"home", "~/a", false, "@/a", NULL},
    {"home in quotes", "\"~/a b\"", false, "@/a b", NULL},
    {"home alone", "~", false, "~", NULL},
    {"home of another", "~root/a", false, "~root/a", NULL},
    {"home later", "a~/b", false, "a~/b", NULL},
    {"command keeps dollars", "echo $X ${Y} $$", true, "echo $X ${Y} $$",
	NULL},
    {"command keeps home", "~/bin/x", true, "~/bin/x", NULL},
    {"command in quotes", "\"echo \\\"a\\\" \"", true, "echo \"a\" ", NULL},
    {"command that begins with quotes", "\"/a b/c\" d", true,
	"\"/a b/c\" d", NULL},
    {"command of quoted words", "\"a\" \"b\"", true, "\"a\" \"b\"", NULL},
    {"command with an open quote", "\"a", true, "\"a", NULL},
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
	result = value_expand(
	    span_from(row->raw), row->is_command, &out, &err);
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

struct beside_row {
	const char *name, *file, *path, *expected;
};

static const struct beside_row besides[] = {
    {"absolute", "/a/config", "/b/c", "/b/c"},
    {"relative", "/a/config", "b/c", "/a/b/c"},
    {"relative to relative", "a/config", "b", "a/b"},
    {"current folder", "config", "b", "b"},
    {"root", "/config", "b", "/b"},
};

static void
test_beside(void **state)
{
	const struct beside_row *row = *state;
	char *path = path_beside(row->file, span_from(row->path));

	assert_string_equal(path, row->expected);
	free(path);
}

int
main(void)
{
	struct rows all = {0};

	rows_add(&all, "expand", expands, ROWS(expands), test_expand);
	rows_add(&all, "beside", besides, ROWS(besides), test_beside);
	return rows_end(&all);
}
