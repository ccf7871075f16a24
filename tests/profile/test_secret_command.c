#include "rows.h"

#include <stdlib.h>
#include <string.h>

#include "profile/secret_command.h"

struct program_row {
	const char *name, *command, *error; /* error NULL: nothing to say */
};

static const struct program_row programs[] = {
    {"a whole path", "/bin/sh -c x", NULL},
    {"a whole path, missing", "/nonexistent/pass show mail",
	"cannot run /nonexistent/pass: No such file"},
    {"in PATH", "sh -c x", NULL},
    {"not in PATH", "no-such-program show mail",
	"cannot run no-such-program: PATH has no such program"},
    {"behind blanks", " \t no-such-program", "cannot run no-such-program: "},
    {"an argument in quotes", "no-such-program 'my mail'",
	"cannot run no-such-program: "},
    {"a path from here", "no-such-folder/program",
	"cannot run no-such-folder/program: "},
    {"in the home directory", "~/no-such-program x",
	"cannot run ~/no-such-program: "},
    {"in the home of another user", "~other/no-such-program", NULL},
    {"a pipe may not need it", "no-such-program || cat secret", NULL},
    {"one of two lines", "no-such-program\ncat secret", NULL},
    {"a word of the shell", "printf secret", NULL},
    {"a variable for the command", "A=b no-such-program", NULL},
    {"a variable as the command", "$PROGRAM x", NULL},
    {"quotes around it", "\"no-such-program\" x", NULL},
    {"a glob", "/nonexist*/pass", NULL},
    {"nothing", "", NULL},
    {"blanks", "  ", NULL},
};

static void
test_program(void **state)
{
	const struct program_row *row = *state;
	struct error err = {0};
	bool is_there = secret_command_is_there(row->command, &err);

	assert_int_equal(is_there, row->error == NULL);
	if (is_there)
		return;
	assert_int_equal(err.kind, ERROR_CONFIG);
	assert_non_null(strstr(err.text, row->error));
}

/* Then the shell has one of its own. */
static void
test_no_path(void **state)
{
	struct error err = {0};
	char *path = strdup(getenv("PATH"));

	(void)state;
	unsetenv("PATH");
	assert_true(secret_command_is_there("no-such-program", &err));
	setenv("PATH", "/nonexistent::/usr", 1);
	assert_false(secret_command_is_there("no-such-program", &err));
	setenv("PATH", path, 1);
	free(path);
}

int
main(void)
{
	struct rows all = {0};

	setenv("HOME", "/nonexistent", 1);
	rows_add(&all, "program", programs, ROWS(programs), test_program);
	rows_add_one(&all, "without PATH", test_no_path);
	return rows_end(&all);
}
