#include "rows.h"

#include "base/error.h"

static void
test_set(void **state)
{
	struct error err = {0};

	(void)state;
	assert_false(error_set(
	    &err, ERROR_CONFIG, "cannot read %s: line %d", "config", 12));
	assert_int_equal(err.kind, ERROR_CONFIG);
	assert_string_equal(err.text, "cannot read config: line 12");
	assert_false(error_set(&err, ERROR_USAGE, "later"));
	assert_int_equal(err.kind, ERROR_USAGE);
	assert_string_equal(err.text, "later");
}

static void
test_add(void **state)
{
	struct error err = {0};

	(void)state;
	error_set(&err, ERROR_DATA, "cannot send it");
	error_add(&err, "\nhint: %s", "do not");
	assert_string_equal(err.text, "cannot send it\nhint: do not");
	assert_int_equal(err.kind, ERROR_DATA);
}

struct long_row {
	const char *name;
	size_t set, add; /* octets */
	bool cut;
};

#define LAST (sizeof(((struct error *)NULL)->text) - 1)

static const struct long_row longs[] = {
    {"just fits", LAST, 0, false},
    {"one too long", LAST + 1, 0, true},
    {"far too long", 5000, 0, true},
    {"addition just fits", 100, LAST - 100, false},
    {"addition too long", 100, LAST - 99, true},
    {"addition far too long", 100, 5000, true},
    {"nothing added at the maximum", LAST, 0, false},
    {"one added at the maximum", LAST, 1, true},
    {"two added before the maximum", LAST - 1, 2, true},
    {"five added before the maximum", LAST - 4, 5, true},
};

static void
test_long(void **state)
{
	const struct long_row *row = *state;
	static char text[6000];
	struct error err = {0};
	size_t len = row->set + row->add;

	memset(text, 'x', sizeof(text));
	error_set(&err, ERROR_OS, "%.*s", (int)row->set, text);
	error_add(&err, "%.*s", (int)row->add, text);
	assert_int_equal(strlen(err.text), len < LAST ? len : LAST);
	assert_int_equal(strcmp(err.text + LAST - 3, "...") == 0, row->cut);
	assert_int_equal(strspn(err.text, "x"), row->cut ? LAST - 3 : len);
}

static void
test_lines(void **state)
{
	struct error err = {0};
	struct buf lines = {0};

	(void)state;
	error_set(&err, ERROR_LOGIN, "cannot get\x1b it\nhint: log in");
	error_add_lines(&err, "smtpost", &lines);
	assert_string_equal(buf_text(&lines),
	    "smtpost: cannot get\\x1b it\nsmtpost: hint: log in\n");
	buf_free(&lines);
}

struct status_row {
	const char *name;
	enum error_kind kind;
	int status;
};

static const struct status_row statuses[] = {
    {"none", ERROR_NONE, 70},
    {"usage", ERROR_USAGE, 64},
    {"data", ERROR_DATA, 65},
    {"no input", ERROR_NO_INPUT, 66},
    {"a fault of ours", ERROR_BUG, 70},
    {"system", ERROR_OS, 71},
    {"system file", ERROR_SYSTEM_FILE, 72},
    {"create", ERROR_CREATE, 73},
    {"input, output", ERROR_IO, 74},
    {"temporary", ERROR_TEMPORARY, 75},
    {"login", ERROR_LOGIN, 77},
    {"configuration", ERROR_CONFIG, 78},
};

static void
test_status(void **state)
{
	const struct status_row *row = *state;

	assert_int_equal(error_exit_status(row->kind), row->status);
}

static void
test_join(void **state)
{
	struct error first = {0}, none = {0}, second = {0}, third = {0};

	(void)state;
	error_set(&second, ERROR_LOGIN, "two");
	error_set(&third, ERROR_CONFIG, "three");
	assert_false(error_join(&first, &none));
	assert_int_equal(first.kind, ERROR_NONE);
	assert_false(error_join(&first, &second));
	error_join(&first, &third);
	error_join(&first, &none);
	assert_int_equal(first.kind, ERROR_LOGIN);
	assert_string_equal(first.text, "two\nthree");
}

int
main(void)
{
	struct rows all = {0};

	rows_add_one(&all, "a sentence and a kind", test_set);
	rows_add_one(&all, "a hint after it", test_add);
	rows_add_one(&all, "as people see it", test_lines);
	rows_add_one(&all, "another one", test_join);
	rows_add(&all, "length", longs, ROWS(longs), test_long);
	rows_add(&all, "exit status", statuses, ROWS(statuses), test_status);
	return rows_end(&all);
}
