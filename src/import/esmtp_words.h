/*
 * The words of an esmtprc, as the scanner of esmtp finds them: a line end is a
 * blank like any other, and what a word means depends on the one before it.
 */
#ifndef IMPORT_ESMTP_WORDS_H
#define IMPORT_ESMTP_WORDS_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/text.h"

struct esmtp_words {
	struct span text; /* all of it */
	size_t at;	  /* where the next word is looked for */
	bool is_name;	  /* the next word is a value, whatever it looks like */
};

struct esmtp_word {
	struct span raw;  /* with its quotes; of no octets at the end */
	bool is_equals;	  /* the sign = */
	bool is_quoted;	  /* never a keyword */
	bool begins_line; /* only blanks are before it in its line */
};

/* The next word, which stays the next one. */
struct esmtp_word esmtp_words_peek(struct esmtp_words *words);
void esmtp_words_skip(struct esmtp_words *words, struct esmtp_word word);
void esmtp_words_skip_line(struct esmtp_words *words);
/* Adds the value of a word: without quotes, and escapes as in C. */
void esmtp_words_add_value(struct esmtp_word word, struct buf *out);

#endif
