/*
 * The variables of an account of mutt, with their defaults, and comments on
 * them in its profile. All names are those of a muttrc_key.
 */
#ifndef IMPORT_MUTT_VARIABLE_H
#define IMPORT_MUTT_VARIABLE_H

#include "import/import_profile.h"
#include "import/muttrc.h"

struct mutt_account {
	const struct muttrc *rc;
	bool all; /* comments on the variables around the scope, too */
	struct import_profile *profile;
};

/* NULL: it is not set. */
const struct muttrc_variable *mutt_variable_find(
    const struct muttrc *rc, const char *name);
/* Its value, or the default; empty: not set. NUL: a part is not known. */
struct span mutt_variable_text(const struct muttrc *rc, const char *name);
bool mutt_variable_is_known(struct span text);
/* Of a variable that is yes, no, ask-yes or ask-no; to ask counts as a yes. */
bool mutt_variable_is_yes(const struct muttrc *rc, const char *name);
/* Whether a comment on the variable belongs in this profile. */
bool mutt_variable_is_shown(
    const struct mutt_account *account, const char *name);
/* "name = value"; only the name if the value is a secret or not known. */
void mutt_variable_add_line(
    struct buf *line, const struct muttrc_variable *variable, bool hides);
/*
 * A comment on the variable, if it is set and belongs here. `hides`: its value
 * is a secret. mutt_variable_leave and mutt_variable_need_not show it.
 */
void mutt_variable_comment(const struct mutt_account *account, const char *name,
    bool is_lost, bool hides, const char *why);
void mutt_variable_leave(
    const struct mutt_account *account, const char *name, const char *why);
void mutt_variable_need_not(
    const struct mutt_account *account, const char *name, const char *why);
/* Whether it is set, and all of it is known; if not, says why. */
bool mutt_variable_is_usable(
    const struct mutt_account *account, const char *name);
/* Adds its name, if it is set, to a list of names. */
void mutt_variable_add_key(
    const struct mutt_account *account, const char *name, struct buf *keys);

#endif
