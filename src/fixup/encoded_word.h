/*
 * Encoded words (RFC 2047): encodes header text that is not ASCII, and keeps
 * encoded words that are already there, or rewrites them if they are too long
 * or have octets that are not allowed. No word is encoded twice. Text in UTF-8
 * is labelled UTF-8, any other text unknown-8bit (RFC 1428).
 */
#ifndef FIXUP_ENCODED_WORD_H
#define FIXUP_ENCODED_WORD_H

#include <stdbool.h>

#include "base/buf.h"

#define ENCODED_LINE_MAX ((size_t)76) /* RFC 2047 section 2 */

/* The number of octets in the last line of a text. */
size_t encoded_word_column(const struct buf *out);
/*
 * Adds a text as encoded words of whole characters, and folds between them
 * where a line would become too long.
 */
void encoded_words_add(struct buf *out, struct span text);

/* Whether a text contains "=?", which begins an encoded word. */
bool encoded_word_may_be_in(struct span text);

/* A word that was meant as an encoded word; borrowed from its text. */
struct encoded_word {
	struct span whole, charset, text;
	char encoding;	/* 'B' or 'Q' */
	bool is_proper; /* valid by RFC 2047; if not, it must be rewritten */
};

enum word_place {
	WORD_IN_TEXT,
	WORD_IN_PHRASE,	  /* or in a comment: specials also end words */
	WORD_IN_ANY_TEXT, /* other text may follow without a blank */
};

/*
 * Reads the word "=?...?=" at the start of a text, even if it has blanks or
 * octets above 127. False if the text does not begin with one.
 */
bool encoded_word_read(
    struct encoded_word *word, struct span text, enum word_place place);

/*
 * Writes the words of a text, some of which must be encoded. Adjacent words to
 * encode become one run together with the blanks between them, because readers
 * drop blanks between encoded words (RFC 2047 section 6.2). Other words are
 * written unchanged.
 */
struct encoded_word_runs {
	struct buf *out; /* borrowed */
	struct buf run;
	struct span lead;   /* the blanks before the run */
	bool is_structured; /* specials may be next to a word */
	bool has_run, has_changed;
	enum { AFTER_SPECIAL, AFTER_WORD, AFTER_ENCODED, AFTER_RUN } last;
};

/* `max` is the maximum length of the text to write; `out` is borrowed. */
void encoded_word_runs_init(struct encoded_word_runs *runs, struct buf *out,
    size_t max, bool is_structured);
/* Adds a word to be encoded, and the blanks before it. */
void encoded_word_runs_encode(
    struct encoded_word_runs *runs, struct span blank, struct span text);
/*
 * Adds the word at the start of a text, up to a blank, and encodes all of it
 * except the encoded words in it. Returns its length, because an encoded word
 * may contain blanks.
 */
size_t encoded_word_runs_mix(
    struct encoded_word_runs *runs, struct span blank, struct span text);
/* Adds an encoded word, rewritten if it is not proper. */
void encoded_word_runs_add_encoded(struct encoded_word_runs *runs,
    struct span blank, const struct encoded_word *word);
/*
 * Adds text unchanged: a word or, if is_word is false, a special, which needs
 * no blank next to an encoded word.
 */
void encoded_word_runs_keep(struct encoded_word_runs *runs, struct span blank,
    struct span text, bool is_word);
/* Writes the last run and frees it; runs->has_changed is then final. */
void encoded_word_runs_end(struct encoded_word_runs *runs);

#endif
