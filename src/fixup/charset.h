/*
 * Finds where the characters of a charset end, so that a text can be cut
 * between two of them. A text in an unknown charset, such as UTF-7, must not be
 * cut.
 */
#ifndef FIXUP_CHARSET_H
#define FIXUP_CHARSET_H

#include <stdbool.h>

#include "base/text.h"

enum charset_form {
	FORM_UNKNOWN, /* texts must not be cut */
	FORM_OCTETS,  /* each octet is a character */
	FORM_UTF8,
	FORM_PAIRS, /* EUC, GBK, Big5: an octet above 127 begins a pair */
	FORM_GB18030,
	FORM_EUC_JP,
	FORM_EUC_TW,
	FORM_SHIFT_JIS,
	FORM_ISO_2022_JP,
};

/*
 * The state of ISO-2022-JP at a place in a text: a piece that begins there must
 * begin with this escape sequence. All zero is ASCII, in which every text
 * begins and ends (RFC 1468). Other charsets leave it all zero.
 */
struct charset_state {
	struct span escape; /* borrowed from the text */
	bool has_pairs;	    /* two octets are one character */
};

/*
 * The form of a charset, by its name in an encoded word (RFC 2231 section 5).
 */
enum charset_form charset_form_of(struct span name);
/*
 * The length of the first character, or escape sequence, of a text that is not
 * empty, and the state behind it. 1 where the octets are not valid.
 */
size_t charset_step(
    enum charset_form form, struct span text, struct charset_state *state);
/* The escape sequence that leads back to ASCII; empty if not needed. */
struct span charset_end_of(const struct charset_state *state);

#endif
