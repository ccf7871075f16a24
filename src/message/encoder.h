/*
 * Transfer encodings of a body (RFC 2045 section 6), made while it passes in
 * pieces of any size. What comes out has CRLF line ends and lines of 76
 * octets at most; its last line is open where that of the input was. A line
 * behind a soft line break that the encoder adds never begins with "-", "." or
 * "F": no such line can be a delimiter, a lone dot, or an mbox "From " line.
 */
#ifndef MESSAGE_ENCODER_H
#define MESSAGE_ENCODER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/text.h"

enum encoding {
	ENCODING_QUOTED_PRINTABLE, /* of text: CR, LF, CRLF end lines */
	ENCODING_BASE64_TEXT,	   /* line ends made CRLF first */
	ENCODING_BASE64,	   /* every octet as it is */
	/* Is encoded, but has octets or lines that it must not have. */
	ENCODING_MEND_QUOTED_PRINTABLE,
	ENCODING_MEND_BASE64,
};

#define ENCODER_HELD_MAX 57 /* octets of a base64 line */
/* No piece makes more than this many octets of each of its own. */
#define ENCODER_GROWTH 4

struct encoder {
	enum encoding encoding;
	/*
	 * Write "=2D" for "-" at the start of every line. Needed inside a
	 * multipart whose boundary our own "=XX" could spell.
	 */
	bool quotes_dashes;
	size_t column;
	bool is_continued; /* the line stands behind our soft line break */
	bool after_cr;
	bool has_line; /* base64: a line stands in front */
	char held[ENCODER_HELD_MAX];
	size_t held_len;
};

void encoder_init(struct encoder *encoder, enum encoding encoding);
void encoder_take(struct encoder *encoder, struct span in, struct buf *out);
void encoder_end(struct encoder *encoder, struct buf *out);

#endif
