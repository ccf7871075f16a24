/*
 * The facts of a message: what a server must be able to carry. Those of the
 * body are gathered in one pass, in blocks of any size.
 */
#ifndef MESSAGE_SCAN_H
#define MESSAGE_SCAN_H

#include <stdbool.h>
#include <stdint.h>

#include "message/line_ends.h"

#define MESSAGE_LINE_MAX 998 /* without CRLF: RFC 5322 section 2.1.1 */

struct octet_facts {
	bool has_long_line, has_eight_bit, has_nul;
};

struct message_facts {
	uint64_t body_size; /* octets in CRLF form, without dot-stuffing */
	bool has_long_line, has_eight_bit, has_nul; /* header or body */
	struct octet_facts header, body;	    /* of each alone */
	bool body_has_bare_cr;	/* a CR that no LF follows */
	bool body_has_extra_cr; /* a line that ends in CR CR LF */
};

/* All zero before the first block, except dot_ends. */
struct scan {
	struct message_facts facts; /* of the body; see scan_join_header */
	bool dot_ends;		    /* a line of one dot ends the body */
	bool ended;  /* by such a line; the rest is not counted */
	bool has_lf; /* in any line end */
	struct line_ends ends;
	bool is_dot;	    /* the current line begins with a dot */
	uint64_t line;	    /* octets of it so far */
	uint64_t line_from; /* its offset in the octets as read; once `ended`,
			       the size of the body */
};

/*
 * Returns the part of the block that belongs to the body: less than all of it
 * once a line of one dot has ended the body.
 */
struct span scan_take(struct scan *scan, struct span block);
/*
 * Counts lines without reading them, where a line begins: `size` octets of
 * complete lines in CRLF form, all of them ASCII and short.
 */
void scan_skip_lines(struct scan *scan, uint64_t size);
/* Ends the body: counts a last line without a line end. */
void scan_end(struct scan *scan);

/* The facts of a header section in CRLF form. */
struct octet_facts scan_header(struct span header);
/* Turns the facts of a body into those of the message with this header. */
void scan_join_header(struct message_facts *facts, struct octet_facts header);

#endif
