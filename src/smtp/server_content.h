/*
 * Where content ends, and what it is without the dots of the wire (RFC 5321
 * section 4.5.2). Only CRLF "." CRLF ends it (F20): LF "." LF does so as long
 * as the whole session knew no CRLF.
 */
#ifndef SMTP_SERVER_CONTENT_H
#define SMTP_SERVER_CONTENT_H

#include <stdbool.h>

#include "base/text.h"

struct content_scan {
	bool *only_lf; /* of the session; borrowed; false after a CRLF */
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
