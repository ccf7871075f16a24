/*
 * Where the characters of a charset end, so that a text can be cut between
 * two of them. What is not known here, such as UTF-7, must not be cut: a piece
 * may not be readable alone.
 */
#ifndef FIXUP_CHARSET_H
#define FIXUP_CHARSET_H

#include <stdbool.h>

#include "base/text.h"

enum charset_form {
	FORM_UNKNOWN, /* its texts must not be cut */
	FORM_OCTETS,  /* a character is an octet */
	FORM_UTF8,
	FORM_PAIRS, /* EUC, GBK, Big5: an octet above 127 begins two */
	FORM_GB18030,
	FORM_EUC_JP,
	FORM_EUC_TW,
	FORM_SHIFT_JIS,
	FORM_ISO_2022_JP,
};

/*
 * What the octets mean at a place of a text in ISO-2022-JP: the escape
 * sequence that says so must stand before a piece that begins there. All zero
 * is ASCII, in which every text begins and ends (RFC 1468).
 */
struct charset_state {
	struct span escape; /* borrowed from the text */
	bool has_pairs;	    /* two octets are one character */
};

/* Of the name as it stands in an encoded word, with its language. */
enum charset_form charset_form_of(struct span name);
/*
 * The length of the first character, or escape sequence, of a text that is not
 * empty; 1 where the octets are none of the charset.
 */
size_t charset_step(
    enum charset_form form, struct span text, struct charset_state *state);
/* Brings a state that is not ASCII back to it. */
struct span charset_end_of(const struct charset_state *state);

#endif
