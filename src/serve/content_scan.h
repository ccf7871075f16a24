/*
 * Where content ends, and what it is without the dots of the wire (RFC 5321
 * section 4.5.2). Only CRLF "." CRLF ends it, or two servers could see two
 * different messages. After a DATA that ended in a bare LF the client's lines
 * end in LF, and LF "." LF ends its content, whatever else is in it.
 */
#ifndef SERVE_CONTENT_SCAN_H
#define SERVE_CONTENT_SCAN_H

#include <stdbool.h>

#include "base/text.h"

struct content_scan {
	bool has_lf_lines; /* DATA ended in LF without CR */
	enum {
		CONTENT_LINE_START,
		CONTENT_DOT,	/* held back */
		CONTENT_DOT_CR, /* held back, both */
		CONTENT_IN_LINE,
		CONTENT_CR,
	} state;
	bool is_over; /* the end was seen */
	/* Takes what belongs to the message. */
	void (*take)(void *context, struct span content);
	void *context;
};

/* Returns how many octets were taken: all, unless the end came. */
size_t content_scan_take(struct content_scan *scan, struct span input);

#endif
