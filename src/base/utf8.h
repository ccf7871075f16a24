/*
 * UTF-8 read strictly (RFC 3629: no overlong forms, no surrogates, nothing
 * above U+10FFFF), and the one way in which foreign octets are made safe to
 * show on a terminal, in a log and in the report.
 */
#ifndef BASE_UTF8_H
#define BASE_UTF8_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/text.h"

/* A character whose octets come one by one; all zero to begin with. */
struct utf8_state {
	uint32_t character;	 /* complete when `missing` is 0 */
	unsigned char missing;	 /* octets that must follow */
	unsigned char low, high; /* the range of the next one */
};

/*
 * Takes the next octet. False: it cannot stand here; the state then begins
 * anew with the octet behind it.
 */
bool utf8_take(struct utf8_state *state, unsigned char octet);
/* The length of the character at the start, 1 to 4; 0 if it is invalid. */
size_t utf8_decode(struct span span, uint32_t *character);
/* Writes a character, which must be valid; its length. */
size_t utf8_encode(char octets[4], uint32_t character);
bool utf8_is_valid(struct span span);
/*
 * Adds text with everything that does not print as \xHH: C0, TAB, DEL, C1,
 * bidirectional and other format controls, U+2028, U+2029, invalid octets,
 * and the backslash itself (\x5c).
 */
void utf8_add_masked(struct buf *buf, struct span text);
/*
 * The same for a sentence of ours, whose foreign parts are masked already: the
 * backslash stays. What somebody forgot to mask is still made safe.
 */
void utf8_add_sentence(struct buf *buf, struct span text);
/* utf8_add_masked into a text of its own, for a sentence; caller frees. */
char *utf8_masked(struct span text);

/*
 * The beginning of foreign text, made safe to show in an error sentence: what
 * a person needs to find the place, and no more.
 */
/*
 * At most max octets of text, masked, "..." behind them when some were left
 * out; a character is never cut in two. Caller frees.
 */
char *utf8_excerpt_masked(struct span text, size_t max);

#endif
