/*
 * The facts of a message: what a server must be able to carry. Those of the
 * body are gathered in one pass, while it comes in pieces of any size.
 */
#ifndef MESSAGE_SCAN_H
#define MESSAGE_SCAN_H

#include <stdbool.h>
#include <stdint.h>

#include "base/text.h"
#include "message/line_ends.h"

#define MESSAGE_LINE_MAX 998 /* without CRLF: RFC 5322 section 2.1.1 */

struct octet_facts {
	bool has_long_line, has_eight_bit, has_nul;
};

struct message_facts {
	uint64_t body_size; /* octets in CRLF form, without dot-stuffing */
	bool has_long_line, has_eight_bit, has_nul; /* header or body */
	struct octet_facts header, body;	    /* the same, told apart */
	bool body_has_bare_cr;	/* a CR without an LF behind it */
	bool body_has_extra_cr; /* CR CR LF */
};

/* All-zero, but for dot_ends, before the first block. */
struct scan {
	struct message_facts facts; /* of the body; see scan_join_header */
	bool dot_ends;		    /* a line of one dot ends the body */
	bool ended;		    /* by a dot; what follows is not counted */
	bool has_lf;
	struct line_ends ends;
	bool is_dot;	    /* the line at hand begins with a dot */
	uint64_t line;	    /* octets in it, until now */
	uint64_t line_from; /* where it begins, in octets as they came */
};

/* False once a dot has ended the body; line_from is its size then. */
bool scan_take(struct scan *scan, struct span block);
void scan_end(struct scan *scan);

/* The facts of a header section in CRLF form. */
struct octet_facts scan_header(struct span header);
/*
 * Makes facts those of a message, of whose body they are and whose header has
 * the others.
 */
void scan_join_header(struct message_facts *facts, struct octet_facts header);

#endif
