/*
 * What message.c, message_feed.c, section.c, scan.c, replay.c and repair.c
 * share, and nobody else includes: the parts of a message and of the one pass
 * over it.
 */
#ifndef MAIL_MESSAGE_PARTS_H
#define MAIL_MESSAGE_PARTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/text.h"
#include "mail/body.h"
#include "mail/message.h"

struct message {
	struct buf header;
	struct body body;
	struct message_facts facts;
};

/* The lines of a body, counted while it passes. */
struct scan {
	struct message_facts facts;
	bool dot_ends;
	bool after_cr, is_dot; /* the line begins with a dot */
	bool ended;	       /* by a dot; what follows is not counted */
	uint64_t line;	       /* octets in the line, until now */
	uint64_t line_from;    /* where it began, in octets as they came */
	uint64_t taken;
};

/* False once a dot has ended the body; line_from is its size then. */
bool scan_take(struct scan *scan, struct span block);
void scan_end(struct scan *scan);

enum section_progress {
	SECTION_MORE,
	SECTION_BODY,	 /* what comes next is the body */
	SECTION_TOO_BIG, /* over MESSAGE_HEADER_MAX */
};

/* The header section, made CRLF lines while it passes. */
struct section {
	struct buf lines; /* field lines; behind `line` the one being read */
	size_t line;
	enum section_progress progress;
	enum { LINE_OPEN, LINE_KEPT, LINE_SKIPPED } kind;
	bool after_cr, is_over; /* the empty line was seen */
	bool is_later_line;
	bool has_bare_cr, has_bare_lf;
	bool has_mark; /* one was dropped */
};

void section_init(struct section *section);
/* Takes octets while there is progress; returns how many. */
size_t section_take(struct section *section, struct span block);
/* The input is at its end. */
void section_end(struct section *section);
/*
 * Behind the fields: a line that was held for one and belongs to the body, as
 * it came (the dot that ends a message too).
 */
struct span section_tail(const struct section *section);
/*
 * At the end: the section's lines are the message's, and its facts those of
 * the body and of the header in its CRLF form.
 */
void message_take_header(struct message *message, struct section *section,
    const struct message_facts *body);

#endif
