/*
 * What message.c, message_feed.c, section.c, scan.c, replay.c and repair.c
 * share, and nobody else includes: the parts of a message and of the one pass
 * over it.
 */
#ifndef MESSAGE_MESSAGE_PARTS_H
#define MESSAGE_MESSAGE_PARTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/text.h"
#include "message/body.h"
#include "message/message.h"

struct message {
	struct buf header;
	struct buf notes; /* see message_notes */
	/* With keeps_raw: all in front of the body as it came. */
	struct buf raw;
	size_t raw_fields; /* where the first field begins in it */
	bool raw_ends_in_cr, raw_has_no_end; /* no empty line */
	struct body body;
	struct message_facts facts;
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

enum section_progress {
	SECTION_MORE,
	SECTION_BODY,	  /* what comes next is the body */
	SECTION_TOO_BIG,  /* over MESSAGE_HEADER_MAX */
	SECTION_MISSING,  /* HEADER_REQUIRED, and there is none */
	SECTION_DOUBTFUL, /* it names recipients, and fits no known field */
	SECTION_CUT,	  /* recipients stand behind a line that is no field */
};

/* The header section: found, and its lines made CRLF lines. */
struct section {
	enum header_rule rule;
	struct buf raw; /* every octet taken, as it came */
	enum section_progress progress;
	enum { ENDS_UNKNOWN, ENDS_LF, ENDS_CR } ends; /* of its lines */
	bool is_guess; /* ENDS_CR, though an LF may still come */
	/* Offsets in `raw`: */
	size_t line;	 /* of the line at hand */
	size_t seen;	 /* no line ends between `line` and here */
	size_t mbox_end; /* behind the mbox line; 0: there is none */
	size_t fields, fields_end;
	size_t body;
	size_t lost;	/* SECTION_CUT: the field that would become text */
	size_t size;	/* of the fields in CRLF form */
	bool is_judged; /* the line at hand, though it is open */
	bool has_fields, has_end; /* the empty line */
	bool is_cut; /* `body` is known; an empty line is looked for */
	/* At its end: */
	struct buf lines; /* the fields in CRLF form */
	struct buf notes; /* what was changed in fields, a sentence a line */
	bool is_text;	  /* looked like a header; all of it is the body's */
	bool has_bare_cr, has_extra_cr, has_bare_lf;
	bool has_mark;	/* one was dropped */
	bool has_blank; /* before the colon of a field */
};

void section_init(struct section *section, enum header_rule rule);
void section_release(struct section *section);
/* Takes octets while there is progress; returns how many. */
size_t section_take(struct section *section, struct span block);
/* The input is at its end. */
void section_end(struct section *section);
/* The octets that were taken and belong to the body. */
struct span section_tail(const struct section *section);
/* ERROR_DATA where the section cannot be sent. */
bool section_accept(
    const struct section *section, const struct scan *body, struct error *err);
/* What is in front of the body; before message_take_header. */
void message_keep_raw(struct message *message, struct section *section);
/*
 * At the end: the section's lines are the message's, and its facts those of
 * the body and of the header in its CRLF form.
 */
void message_take_header(struct message *message, struct section *section,
    const struct message_facts *body);

#endif
