/* What the variables of s-nail mean for smtpost. */
#ifndef IMPORT_S_NAIL_VARIABLE_H
#define IMPORT_S_NAIL_VARIABLE_H

#include "base/text.h"

enum s_nail_trait {
	S_NAIL_CHAIN = 1,  /* also with -HOST and -USER@HOST */
	S_NAIL_SECRET = 2, /* comments do not show the value */
};

/* With neither why_not nor needless, a profile can use it. */
struct s_nail_variable_row {
	const char *name;
	unsigned traits;
	const char *why_not;  /* why it cannot be taken over */
	const char *needless; /* why it needs no setting */
};

/*
 * A name may have a host, or a user and a host, behind it:
 * smtp-auth-me@mail.example.com. NULL: it is not about sending mail.
 */
const struct s_nail_variable_row *s_nail_variable_find_row(struct span name);

#endif
