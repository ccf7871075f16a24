/*
 * A word of a muttrc: quotes, backslashes, variables and backticks, as mutt
 * reads them. No command is run.
 */
#ifndef IMPORT_MUTTRC_WORD_H
#define IMPORT_MUTTRC_WORD_H

#include "import/muttrc_scope.h"

/* What ends a word besides a blank, `#` and `;`, and what does not. */
enum muttrc_word_flag {
	MUTTRC_WORD_NAME = 1,	/* = + - ? end it: the name of a variable */
	MUTTRC_WORD_BLANKS = 2, /* blanks belong to it */
	MUTTRC_WORD_QUOTES = 4, /* so do quotes, without a meaning */
};

/*
 * Removes a word and the blanks around it from the front of *rest and appends
 * its value: of a word that has no end, what there is of it. `home` is the
 * value of $HOME; NULL: not known.
 */
void muttrc_word_read(struct span *rest, unsigned flags,
    const struct muttrc_scope *scope, const char *home,
    struct muttrc_value *value);
/* Removes blanks. Whether the command has more words. */
bool muttrc_word_follows(struct span *rest);

#endif
