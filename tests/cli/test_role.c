#include "rows.h"

#include "cli/options.h"

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
	enum role role = options_role_of(row->program);

	assert_string_equal(options_role_name(role), row->role);
	assert_int_equal(
	    options_role_is_sendmail(role), strcmp(row->role, "smtpost") != 0);
}

int
main(void)
{
	return rows_run("role", roles, ROWS(roles), test_role);
}
