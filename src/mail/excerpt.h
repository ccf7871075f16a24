/*
 * The beginning of foreign text, made safe to show in an error sentence: what
 * a person needs to find the place, and no more.
 */
#ifndef MAIL_EXCERPT_H
#define MAIL_EXCERPT_H

#include "base/text.h"

/*
 * At most max octets of text, masked, "..." behind them when some were left
 * out; a character is never cut in two. Caller frees.
 */
char *excerpt_masked(struct span text, size_t max);

#endif
