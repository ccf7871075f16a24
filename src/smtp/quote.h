/* Quotes a server's text inside a sentence of ours. */
#ifndef SMTP_QUOTE_H
#define SMTP_QUOTE_H

#include "base/text.h"

/*
 * The first 64 octets of the text, with "..." if there are more, and with "?"
 * for each control character, which could begin a new line. The report masks
 * everything else that does not print. The caller frees it.
 */
char *quote_words(struct span text);
/* The same with another number of octets. */
char *quote_words_within(struct span text, size_t max);

#endif
