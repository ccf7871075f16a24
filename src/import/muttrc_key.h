/*
 * The variables of mutt and neomutt that decide how mail is sent; each must
 * leave a trace in the translation (import/mutt_account.h).
 */
#ifndef IMPORT_MUTTRC_KEY_H
#define IMPORT_MUTTRC_KEY_H

#include <stdbool.h>
#include <stddef.h>

#include "base/text.h"

enum muttrc_type { MUTTRC_TEXT, MUTTRC_BOOL, MUTTRC_QUAD, MUTTRC_LIST };

struct muttrc_key {
	const char *name;
	enum muttrc_type type;
	const char *standard; /* its default; NULL: not set */
};

/* By its name or a synonym; NULL: any other variable. */
const struct muttrc_key *muttrc_key_find(struct span name);
size_t muttrc_key_count(void);
const struct muttrc_key *muttrc_key_at(size_t index);
/* Whether the text of commands has the name of such a variable in it. */
bool muttrc_key_is_in(struct span commands);

/* The name that a synonym stands for; any other name as it is. */
struct span muttrc_key_name(struct span spelling);

#endif
