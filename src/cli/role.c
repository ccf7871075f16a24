#include "cli/role.h"

#include <string.h>

static const char *const names[] = {
    [ROLE_SMTPOST] = "smtpost",
    [ROLE_SENDMAIL] = "sendmail",
    [ROLE_MAILQ] = "mailq",
    [ROLE_NEWALIASES] = "newaliases",
};

enum role
role_of(const char *program)
{
	const char *slash;

	if (program == NULL)
		return ROLE_SMTPOST;
	slash = strrchr(program, '/');
	if (slash != NULL)
		program = slash + 1;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strcmp(program, names[i]) == 0)
			return (enum role)i;
	return ROLE_SMTPOST;
}

bool
role_is_sendmail(enum role role)
{
	return role != ROLE_SMTPOST;
}

const char *
role_name(enum role role)
{
	return names[role];
}
