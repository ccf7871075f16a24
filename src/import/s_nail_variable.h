/* What the variables of s-nail mean for smtpost. */
#ifndef IMPORT_S_NAIL_VARIABLE_H
#define IMPORT_S_NAIL_VARIABLE_H

#include <stdbool.h>

#include "base/text.h"

/*
 * A name may have a host, or a user and a host, behind it:
 * smtp-auth-me@mail.example.com.
 */
bool s_nail_variable_is_listed(struct span name); /* it is one of mail */
bool s_nail_variable_is_kept(struct span name);
/* Its value may have a password in it. */
bool s_nail_variable_is_secret(struct span name);
/* Why it cannot be taken over; NULL: it is not one of those. */
const char *s_nail_variable_why_not(struct span name);
/* Why it needs no setting; NULL: it is not one of those. */
const char *s_nail_variable_needless(struct span name);

#endif
