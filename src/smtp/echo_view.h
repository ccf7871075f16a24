/*
 * A line as it reads once a way of writing octets is undone: what a server
 * echoes may be escaped or put into hexadecimal on the way. Each octet of a
 * view knows where in the line it came from. Within smtp/echo.
 */
#ifndef SMTP_ECHO_VIEW_H
#define SMTP_ECHO_VIEW_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/text.h"

enum echo_writing {
	ECHO_PLAIN,   /* as it stands */
	ECHO_ESCAPED, /* %41, =41, +41, \x41, \u0041, &#65;, &amp;, \" */
	ECHO_HEX,     /* digits in any case, pairs perhaps apart */
	ECHO_URL,     /* base64 with "-" and "_" (RFC 4648 section 5) */
	ECHO_WRITINGS,
};

struct echo_view {
	struct buf text;
	size_t *from, *to; /* by octet: where it stands in the line */
};

/* False: nothing in the line is written so, and there is no view. */
bool echo_view_make(
    struct echo_view *view, struct span line, enum echo_writing writing);
/* Wipes: a view may be a secret. */
void echo_view_free(struct echo_view *view);

#endif
