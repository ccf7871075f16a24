#include "rows.h"

#include "cli/command_line.h"

struct role_row {
	const char *name;
	const char *program;
	const char *role;
};

static const struct role_row roles[] = {
    {"none", NULL, "smtpost"},
    {"empty", "", "smtpost"},
    {"smtpost", "smtpost", "smtpost"},
    {"sendmail", "sendmail", "sendmail"},
    {"/usr/sbin/sendmail", "/usr/sbin/sendmail", "sendmail"},
    {"./sendmail", "./sendmail", "sendmail"},
    {"mailq", "/usr/bin/mailq", "mailq"},
    {"newaliases", "newaliases", "newaliases"},
    {"-sendmail", "-sendmail", "smtpost"},
    {"a longer name", "sendmailx", "smtpost"},
    {"a shorter name", "sendmai", "smtpost"},
    {"a folder", "/usr/lib/sendmail/", "smtpost"},
    {"within a folder", "/opt/sendmail/bin/post", "smtpost"},
    {"case", "SENDMAIL", "smtpost"},
};

static void
test_role(void **state)
{
	const struct role_row *row = *state;
	char *program = row->program != NULL ? strdup(row->program) : NULL;
	char *argv[] = {program, NULL};
	struct options options;
	struct error err = {0};

	assert_true(command_line_parse(&options, 1, argv, &err));
	assert_string_equal(options_role_name(options.role), row->role);
	assert_int_equal(options_role_is_sendmail(options.role),
	    strcmp(row->role, "smtpost") != 0);
	options_free(&options);
	free(program);
}

int
main(void)
{
	return rows_run("role", roles, ROWS(roles), test_role);
}
