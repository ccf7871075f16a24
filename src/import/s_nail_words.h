/* The arguments of a command in a .mailrc, in both styles of quoting. */
#ifndef IMPORT_S_NAIL_WORDS_H
#define IMPORT_S_NAIL_WORDS_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/text.h"

/*
 * Reads the next argument of `rest` into `word`, which it clears. In the style
 * of the shell, which s-nail takes with `wysh` or v15-compat, a comment or a
 * semicolon ends the arguments; *rest then begins after it. *is_known is false
 * if the argument has a variable or another text in it that only s-nail can
 * replace. False if there is no further argument.
 */
bool s_nail_words_next(
    struct span *rest, bool is_shell, struct buf *word, bool *is_known);

#endif
