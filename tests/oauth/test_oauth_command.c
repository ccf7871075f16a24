#include "rows.h"

#include "oauth/oauth_command.h"

#define WORDS_MAX 5

struct row {
	const char *name;
	const char *words[WORDS_MAX];
	const char *expected; /* a part of the error */
};

static const struct row rows[] = {
    {"no command", {NULL}, "no command is given"},
    {"unknown command", {"tokne", "work"}, "no such command"},
    {"unknown command far from all", {"xyzzyx"}, "see smtpost-oauth --help"},
    {"unknown option", {"token", "--confug", "f"},
	"the nearest one known is --config"},
    {"unknown option with one dash", {"token", "-x"}, "no such option"},
    {"option without its value", {"token", "--config"}, "value is missing"},
    {"option with an empty value", {"token", "--config="}, "value is empty"},
    {"option given twice", {"token", "--config=a", "--config=b"},
	"was given before"},
    {"flag with a value", {"refresh", "--all=yes"}, "takes no value"},
    {"unknown form of the report", {"status", "--report", "xml"},
	"--report knows text and json"},
};

static void
test_refused(void **state)
{
	const struct row *row = *state;
	char program[] = "smtpost-oauth";
	char *argv[WORDS_MAX + 2] = {program};
	struct error err = {0};
	int argc = 1;

	for (; argc <= WORDS_MAX && row->words[argc - 1] != NULL; argc++)
		argv[argc] = strdup(row->words[argc - 1]);
	assert_int_equal(oauth_command_run(argc, argv, &err), 64);
	assert_int_equal(err.kind, ERROR_USAGE);
	assert_contains(err.text, row->expected);
	while (argc-- > 1)
		free(argv[argc]);
}

int
main(void)
{
	return rows_run("refused", rows, ROWS(rows), test_refused);
}
