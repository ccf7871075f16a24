/*
 * The transfer encodings of a body (RFC 2045 section 6), quoted-printable and
 * base64, applied to pieces of any size. The output has CRLF line ends and
 * lines of at most 76 octets; its last line has a line end only if the input's
 * last line had one. After a soft line break that the encoder adds, no line
 * begins with "-", "." or "F", so none can become a delimiter, a lone dot or an
 * mbox "From " line.
 */
#ifndef MESSAGE_ENCODER_H
#define MESSAGE_ENCODER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

enum encoding {
	ENCODING_QUOTED_PRINTABLE, /* of text: CR, LF and CRLF end lines */
	ENCODING_BASE64_TEXT,	   /* of text: line ends first become CRLF */
	ENCODING_BASE64,	   /* of any octets */
	/*
	 * The input is already encoded, but has octets or lines that the
	 * encoding does not allow; only these are corrected.
	 */
	ENCODING_MEND_QUOTED_PRINTABLE,
	ENCODING_MEND_BASE64,
};

#define ENCODER_HELD_MAX 57 /* octets of a base64 line */
/* One octet of input becomes at most this many octets of output. */
#define ENCODER_GROWTH 4

struct encoder {
	enum encoding encoding;
	/* Set by the caller: write "=2D" for a "-" at the start of any line.
	   Needed in a multipart whose boundary could match our "=XX". */
	bool quotes_dashes;
	size_t column;
	bool is_continued; /* the line follows a soft line break of ours */
	bool after_cr;
	bool has_line; /* base64: a line was written */
	char held[ENCODER_HELD_MAX];
	size_t held_len;
};

void encoder_init(struct encoder *encoder, enum encoding encoding);
/* Adds the encoded form of the next piece; some octets may be held back. */
void encoder_take(struct encoder *encoder, struct span in, struct buf *out);
/* Adds the octets that were held back. */
void encoder_end(struct encoder *encoder, struct buf *out);

#endif
