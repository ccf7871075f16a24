/*
 * A state machine over octets, so that the end is found however the input is
 * split into blocks. Octets that cannot be part of the end are passed on in
 * long runs.
 */
#include "serve/content_scan.h"

static void
give(struct content_scan *scan, struct span content)
{
	if (content.len > 0)
		scan->take(scan->context, content);
}

/* Takes the octet after a dot at the start of a line, which is dropped. */
static void
leave_dot(struct content_scan *scan, char c)
{
	if (scan->state == CONTENT_DOT_CR) {
		if (c == '\n') {
			scan->is_over = true;
			return;
		}
		give(scan, SPAN("\r"));
		scan->state = CONTENT_CR;
	} else if (c == '\r') {
		scan->state = CONTENT_DOT_CR;
	} else if (c == '\n' && scan->has_lf_lines) {
		scan->is_over = true;
	} else {
		scan->state = CONTENT_IN_LINE;
	}
}

/* Takes an octet of the message. */
static void
follow(struct content_scan *scan, char c)
{
	if (c == '\n') {
		scan->state = scan->state == CONTENT_CR || scan->has_lf_lines
		    ? CONTENT_LINE_START
		    : CONTENT_IN_LINE;
	} else if (c == '\r') {
		scan->state = CONTENT_CR;
	} else {
		scan->state = CONTENT_IN_LINE;
	}
}

static bool
is_held(const struct content_scan *scan)
{
	return scan->state == CONTENT_DOT || scan->state == CONTENT_DOT_CR;
}

size_t
content_scan_take(struct content_scan *scan, struct span input)
{
	size_t from = 0, at = 0;

	while (at < input.len && !scan->is_over) {
		char c = input.at[at];

		if (is_held(scan)) {
			leave_dot(scan, c);
			if (is_held(scan) || scan->is_over)
				from = ++at;
			else
				from = at; /* c is examined again */
			continue;
		}
		if (c == '.' && scan->state == CONTENT_LINE_START) {
			give(scan, span_skip(span_head(input, at), from));
			scan->state = CONTENT_DOT;
			from = ++at;
			continue;
		}
		follow(scan, c);
		at++;
	}
	give(scan, span_skip(span_head(input, at), from));
	return at;
}
