#include "rows.h"

#include "base/nearest.h"

static const char *const known[] = {
    "no", "yes", "json", "text", "dry-run", "gmail", "gmx", "recipients"};

struct nearest_row {
	const char *name, *wanted, *found; /* found NULL: none is near */
};

static const struct nearest_row nearests[] = {
    {"the same", "json", "json"},
    {"one letter dropped", "jsn", "json"},
    {"one letter added", "jsonn", "json"},
    {"one letter replaced", "gmaol", "gmail"},
    {"two letters exchanged", "gmial", "gmail"},
    {"two letters exchanged at the end", "gmali", "gmail"},
    {"another case", "GMAIL", "gmail"},
    {"_ for -", "dry_run", "dry-run"},
    {"no -", "dryrun", "dry-run"},
    {"a different word of two letters", "on", NULL},
    {"half of it wrong", "jsxx", NULL},
    {"nothing", "", NULL},
    {"one letter", "n", NULL},
    {"cut short", "recip", "recipients"},
    {"cut shorter than three letters", "re", NULL},
    {"another first letter and one more", "emails", NULL},
    {"another first letter alone", "hmail", "gmail"},
    {"a longer word that begins with a short name", "yessir", NULL},
    {"a word much longer", "recipientsandmore", "recipients"},
};

static void
test_nearest(void **state)
{
	const struct nearest_row *row = *state;
	struct nearest nearest = nearest_to(span_from(row->wanted));

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		nearest_consider(&nearest, known[i]);
	if (row->found == NULL)
		assert_null(nearest.name);
	else
		assert_string_equal(nearest.name, row->found);
}

/* Only the beginning of a very long name is compared. */
static void
test_long(void **state)
{
	char name[1000];
	struct nearest nearest;

	(void)state;
	memset(name, 'x', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	nearest = nearest_to(span_from(name));
	nearest_consider(&nearest, name + 10);
	assert_ptr_equal(nearest.name, name + 10);
}

int
main(void)
{
	struct rows all = {0};

	rows_add(&all, "nearest", nearests, ROWS(nearests), test_nearest);
	rows_add_one(&all, "long names", test_long);
	return rows_end(&all);
}
