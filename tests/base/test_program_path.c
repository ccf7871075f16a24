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

int
main(void)
{
	struct rows all = {0};

	rows_add(&all, "path", paths, ROWS(paths), test_path);
	return rows_end(&all);
}
