/*
 * UTF-8, decoded strictly (RFC 3629: no overlong forms, no surrogates, nothing
 * above U+10FFFF), and masking: the one way in which octets from outside are
 * made safe to show on a terminal, in a log and in the report.
 */
#ifndef BASE_UTF8_H
#define BASE_UTF8_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"

/* Decodes a character octet by octet; all zero to begin with. */
struct utf8_state {
	uint32_t character;	 /* complete when `missing` is 0 */
	unsigned char missing;	 /* octets that must follow */
	unsigned char low, high; /* the range of the next one */
};

/*
 * Takes the next octet. False if it is invalid here; the octet after it then
 * begins a new character.
 */
bool utf8_take(struct utf8_state *state, unsigned char octet);
/* The length of the character at the start, 1 to 4; 0 if it is invalid. */
size_t utf8_decode(struct span span, uint32_t *character);
/* Writes a valid character; returns its length. */
size_t utf8_encode(char octets[4], uint32_t character);
bool utf8_is_valid(struct span span);
/*
 * Adds text; \xHH stands for each octet that must not be shown: of controls
 * (C0, TAB, DEL, C1), of bidirectional and other format characters, U+2028 and
 * U+2029, of invalid UTF-8, and the backslash itself (\x5c).
 */
void utf8_add_masked(struct buf *buf, struct span text);
/*
 * The same, but backslashes stay: for a sentence of smtpost whose foreign parts
 * are masked already. Control characters of a part that was not masked are
 * still masked here.
 */
void utf8_add_sentence(struct buf *buf, struct span text);
/*
 * The masked text as a string, for a sentence. Text beyond 16 KiB is cut off,
 * and the string then ends in "...". Caller frees.
 */
char *utf8_masked(struct span text);

/*
 * At most max octets of foreign text, masked, for an error sentence; "..." is
 * added if some were left out. No character is cut in two.
 */
void utf8_add_excerpt_masked(struct buf *out, struct span text, size_t max);
char *utf8_excerpt_masked(struct span text, size_t max); /* caller frees */

#endif
