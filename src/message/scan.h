/*
 * The facts of a message: what a server must be able to carry. Those of the
 * body are gathered in one pass, while it comes in pieces of any size.
 */
#ifndef MESSAGE_SCAN_H
#define MESSAGE_SCAN_H

#include <stdbool.h>
#include <stdint.h>

#include "base/text.h"

#define MESSAGE_LINE_MAX 998 /* without CRLF: RFC 5322 section 2.1.1 */

struct octet_facts {
	bool has_long_line, has_eight_bit, has_nul;
};

struct message_facts {
	uint64_t body_size; /* octets in CRLF form, without dot-stuffing */
	bool has_long_line, has_eight_bit, has_nul; /* header or body */
	bool has_bare_cr, has_bare_lf;
	struct octet_facts header, body; /* the same, told apart */
	bool has_mark; /* a byte order mark was before the header */
	bool has_extra_cr, body_has_bare_cr, body_has_extra_cr; /* CR CR LF */
};

/* The lines of a body, counted while it passes. */
struct scan {
	struct message_facts facts;
	bool dot_ends;
	bool is_dot; /* the line begins with a dot */
	bool ended;  /* by a dot; what follows is not counted */
	bool has_lf;
	uint64_t cr;	    /* CRs of which it is not known what follows */
	uint64_t line;	    /* octets in the line, until now */
	uint64_t line_from; /* where it began, in octets as they came */
	uint64_t taken;
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
