/* The value of a variable of a muttrc, of which a part may not be known. */
#ifndef IMPORT_MUTTRC_VALUE_H
#define IMPORT_MUTTRC_VALUE_H

#include "base/buf.h"

/*
 * A value. In its text a NUL stands for each part that is not known, for
 * example what a command in backticks would print.
 */
struct muttrc_value {
	struct buf text; /* may be a password */
	char *unknown;	 /* why a part is not known; NULL: all is known */
	char *command;	 /* all of the value is what this prints; or NULL */
};

void muttrc_value_free(struct muttrc_value *value);
/* Appends a value; what does not fit into 8 KiB makes *to unknown. */
void muttrc_value_add(struct muttrc_value *to, const struct muttrc_value *more);
/* Appends a part that is not known. */
void muttrc_value_add_unknown(struct muttrc_value *to, const char *why);

#endif
