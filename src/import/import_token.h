/*
 * A stored access token of OAuth ends after about an hour: the other program
 * had it in place of a password, and a profile of ours needs a command that
 * prints a new one.
 */
#ifndef IMPORT_IMPORT_TOKEN_H
#define IMPORT_IMPORT_TOKEN_H

#include "import/translation.h"

/*
 * Where only mechanisms that take a token are named, and nothing prints one,
 * sets auth = auto, and comments say which lines have to take its place. The
 * user stays, so that nothing is sent without a login.
 */
void import_token_explain_missing(const struct translation *translation);

#endif
