/*
 * Encoded words (RFC 2047): octets beyond ASCII in a header are made some, and
 * those that are there already are kept, or written anew where they are too
 * long or hold octets that they must not hold. None is ever encoded again.
 * Text that is UTF-8 is called so, any other unknown-8bit (RFC 1428).
 */
#ifndef FIXUP_ENCODED_WORD_H
#define FIXUP_ENCODED_WORD_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/text.h"

#define ENCODED_LINE_MAX ((size_t)76) /* RFC 2047 section 2 */

/* The octets on the last line of what was written. */
size_t encoded_word_column(const struct buf *out);
/*
 * Adds `lead` (blanks, folding) and the text as encoded words of whole
 * characters, folded where the line would grow too long.
 */
void encoded_words_add(struct buf *out, struct span lead, struct span text);

/* Whether a text has "=?" in it, with which an encoded word begins. */
bool encoded_word_may_be_in(struct span text);

/* A word that was meant as an encoded one. */
struct encoded_word {
	struct span whole, charset, text;
	char encoding;	/* 'B' or 'Q' */
	bool is_proper; /* as RFC 2047 wants it; else it is to be mended */
};

enum word_place {
	WORD_IN_TEXT,
	WORD_IN_PHRASE,	  /* or comment: specials end words too */
	WORD_IN_ANY_TEXT, /* even with other text right behind it */
};

/*
 * Reads the one at the start of a text: "=?" ... "?=", even with blanks and
 * octets beyond ASCII in it. False: none begins here.
 */
bool encoded_word_read(
    struct encoded_word *word, struct span text, enum word_place place);

/*
 * Words of a text, some of which must be encoded: those in a row become one
 * run, with the blanks between them, since readers drop blanks between
 * encoded words (RFC 2047 section 6.2). All others pass as they came.
 */
struct encoded_word_runs {
	struct buf *out; /* borrowed */
	struct buf run;
	struct span lead;   /* what stands before the run */
	bool is_structured; /* specials may stand behind a word */
	bool has_run, has_changed;
	enum { AFTER_SPECIAL, AFTER_WORD, AFTER_ENCODED, AFTER_RUN } last;
};

/* `max`: octets of text that can come. */
void encoded_word_runs_init(struct encoded_word_runs *runs, struct buf *out,
    size_t max, bool is_structured);
/* A word to be encoded, and the blanks before it. */
void encoded_word_runs_encode(
    struct encoded_word_runs *runs, struct span blank, struct span text);
/*
 * One word at the start of a text, up to a blank, to be encoded but for the
 * encoded words in it. Returns its length: an encoded word may hold blanks.
 */
size_t encoded_word_runs_mix(
    struct encoded_word_runs *runs, struct span blank, struct span text);
/* One that was encoded already. */
void encoded_word_runs_mend(struct encoded_word_runs *runs, struct span blank,
    const struct encoded_word *word);
/* A word, or (not is_word) a special that may touch an encoded word. */
void encoded_word_runs_keep(struct encoded_word_runs *runs, struct span blank,
    struct span text, bool is_word);
void encoded_word_runs_end(struct encoded_word_runs *runs);

#endif
