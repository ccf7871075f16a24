#include "rows.h"

#include "compose/row_selection.h"

struct selection_row {
	const char *name;
	const char *text;
	const char *rows; /* of 1 to 9; NULL: refused */
};

static const struct selection_row selections[] = {
    {"one", "5", "5"},
    {"a range", "1-3", "123"},
    {"a range of one", "3-3", "3"},
    {"to the end", "7-", "789"},
    {"from the beginning", "-2", "12"},
    {"several", "1-3,7", "1237"},
    {"several, in any order", "9,2-3,3-4", "2349"},
    {"blanks", " 1 - 3 , 7 ", "1237"},
    {"beyond the table", "8-1000000", "89"},
    {"nothing", "", NULL},
    {"zero", "0", NULL},
    {"from zero", "0-3", NULL},
    {"backwards", "3-1", NULL},
    {"a dash alone", "-", NULL},
    {"a comma too many", "1,", NULL},
    {"two dashes", "1-2-3", NULL},
    {"a word", "all", NULL},
    {"too large", "99999999999999999999", NULL},
};

static void
test_selection(void **state)
{
	const struct selection_row *row = *state;
	struct row_selection selection;
	struct error err = {0};
	char found[10] = "";
	size_t count = 0;
	bool parsed = row_selection_parse(&selection, row->text, &err);

	assert_int_equal(parsed, row->rows != NULL);
	if (!parsed) {
		assert_int_equal(err.kind, ERROR_USAGE);
		return;
	}
	for (size_t i = 1; i <= 9; i++)
		if (row_selection_has(&selection, i))
			found[count++] = (char)('0' + i);
	assert_string_equal(found, row->rows);
}

static void
test_all(void **state)
{
	struct row_selection selection = {0};

	(void)state;
	assert_true(row_selection_has(&selection, 1));
	assert_true(row_selection_has(&selection, SIZE_MAX));
}

static void
test_many(void **state)
{
	char text[2 * ROW_SELECTION_RANGES_MAX + 2];
	struct row_selection selection;
	struct error err = {0};

	(void)state;
	for (size_t i = 0; i < sizeof(text) - 1; i++)
		text[i] = i % 2 == 0 ? '1' : ',';
	text[2 * ROW_SELECTION_RANGES_MAX + 1] = '\0';
	assert_false(row_selection_parse(&selection, text, &err));
	text[2 * ROW_SELECTION_RANGES_MAX - 1] = '\0';
	assert_true(row_selection_parse(&selection, text, &err));
}

int
main(void)
{
	struct rows all = {0};

	rows_add(&all, "rows", selections, ROWS(selections), test_selection);
	rows_add_one(&all, "all rows", test_all);
	rows_add_one(&all, "too many ranges", test_many);
	return rows_end(&all);
}
