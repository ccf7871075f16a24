#include "rows.h"

#include <stdlib.h>

#include "base/program_path.h"

struct path_row {
	const char *name, *path, *program, *found; /* found NULL: none */
};

static const struct path_row paths[] = {
    {"in the only folder", "/bin", "sh", "/bin/sh"},
    {"in the last folder", "/no-such-folder:/:/bin", "sh", "/bin/sh"},
    {"nowhere", "/bin", "no-such-program", NULL},
    {"in a relative folder", "../../../../../../../../bin:bin", "sh", NULL},
    {"in an empty PATH", "", "sh", NULL},
    {"without PATH", NULL, "sh", NULL},
};

static void
test_path(void **state)
{
	const struct path_row *row = *state;
	char *found;

	if (row->path != NULL)
		setenv("PATH", row->path, 1);
	else
		unsetenv("PATH");
	found = program_path_find(row->program);
	if (row->found == NULL)
		assert_null(found);
	else
		assert_string_equal(found, row->found);
	free(found);
}

/* PATH does not matter, and a program that is not there has a path, too. */
static void
test_beside(void **state)
{
	char *own = realpath("/proc/self/exe", NULL), *found;

	(void)state;
	if (own == NULL)
		skip();
	setenv("PATH", "/bin", 1);
	found = program_path_beside("test_program_path");
	assert_string_equal(found, own);
	free(found);
	found = program_path_beside("no-such-program");
	assert_string_equal(found, BINDIR "/no-such-program");
	free(found);
	free(own);
}

int
main(void)
{
	struct rows all = {0};

	rows_add_one(&all, "beside this program", test_beside);

	rows_add(&all, "path", paths, ROWS(paths), test_path);
	return rows_end(&all);
}
