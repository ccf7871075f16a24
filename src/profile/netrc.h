/*
 * The netrc file: machine, default, login, password, account, macdef; values
 * may stand in quotes, with \" and \\. An entry is used only for the login that
 * it names.
 */
#ifndef PROFILE_NETRC_H
#define PROFILE_NETRC_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/text.h"

/*
 * Adds the password of the first entry for the machine (case-blind) and the
 * login, else of the default entry for that login. False: there is none.
 */
bool netrc_find(struct span netrc, struct span machine, struct span login,
    struct buf *password);

/*
 * Replaces *word by the next word of *rest, without its quotes. False: there is
 * none, or a quote is not closed.
 */
bool netrc_take_word(struct span *rest, struct buf *word);
void netrc_skip_line(struct span *rest);
/* Skips a macro, which ends at an empty line; *rest stands in its first. */
void netrc_skip_macro(struct span *rest);

#endif
