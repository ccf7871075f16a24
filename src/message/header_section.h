/*
 * The header section of a message, found at the beginning of a stream that
 * comes in pieces of any size. The caller hands over octets until the progress
 * is no longer SECTION_MORE; those behind the section belong to the body.
 */
#ifndef MESSAGE_HEADER_SECTION_H
#define MESSAGE_HEADER_SECTION_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/text.h"
#include "message/header.h"

enum section_progress {
	SECTION_MORE,
	SECTION_BODY,	  /* what comes next is the body */
	SECTION_TOO_BIG,  /* over HEADER_MAX */
	SECTION_MISSING,  /* HEADER_REQUIRED, and there is none */
	SECTION_DOUBTFUL, /* it names recipients, and fits no known field */
	SECTION_CUT,	  /* recipients stand behind a line that is no field */
};

/* The header section: found, and its lines made CRLF lines. */
struct header_section {
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
	struct buf lines;    /* the fields in CRLF form */
	struct buf notes;    /* what was changed in fields, a sentence a line */
	bool has_more_notes; /* than are kept */
	bool is_text;	     /* looked like a header; all of it is the body's */
	bool has_cr_ends;    /* lines that end in CR alone */
	bool has_extra_cr;   /* lines that end in CR CR LF */
	bool has_mark;	     /* one was dropped */
	bool has_blank;	     /* before the colon of a field */
};

void header_section_init(struct header_section *section, enum header_rule rule);
void header_section_release(struct header_section *section);
/* Takes octets while there is progress; returns how many. */
size_t header_section_take(struct header_section *section, struct span block);
/* The input is at its end. */
void header_section_end(struct header_section *section);
/* The octets that were taken and belong to the body. */
struct span header_section_tail(const struct header_section *section);
/* ERROR_DATA where the section cannot be sent. */
bool header_section_accept(
    const struct header_section *section, bool body_has_lf, struct error *err);

#endif
