/*
 * The name the program was called by: sendmail's callers know nothing of
 * smtpost, and may hand on options that strangers chose.
 */
#ifndef CLI_ROLE_H
#define CLI_ROLE_H

#include <stdbool.h>

enum role {
	ROLE_SMTPOST, /* any other name */
	ROLE_SENDMAIL,
	ROLE_MAILQ,
	ROLE_NEWALIASES,
};

/* By the last part of argv[0], which may be NULL. */
enum role role_of(const char *program);
/* Whether it is one of sendmail's names: only sendmail's options exist. */
bool role_is_sendmail(enum role role);
const char *role_name(enum role role);

#endif
