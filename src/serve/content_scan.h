/*
 * Finds the end of the content and removes the dots that stuffing added (RFC
 * 5321 section 4.5.2). Only CRLF "." CRLF ends it; otherwise two servers could
 * see two different messages (SMTP smuggling). But if the line with DATA ended
 * in a bare LF, the client's lines end in LF, and LF "." LF ends its content.
 */
#ifndef SERVE_CONTENT_SCAN_H
#define SERVE_CONTENT_SCAN_H

#include <stdbool.h>

#include "base/text.h"

struct content_scan {
	bool has_lf_lines; /* DATA ended in LF without CR */
	enum {
		CONTENT_LINE_START,
		CONTENT_DOT,	/* the dot is held back */
		CONTENT_DOT_CR, /* dot and CR are held back */
		CONTENT_IN_LINE,
		CONTENT_CR,
	} state;
	bool is_over; /* the end was seen */
	/* Receives the octets of the message. */
	void (*take)(void *context, struct span content);
	void *context;
};

/* Returns how many octets were taken: all, or up to the end of content. */
size_t content_scan_take(struct content_scan *scan, struct span input);

#endif
