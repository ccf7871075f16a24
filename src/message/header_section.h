/*
 * Finds the header section at the beginning of a message that arrives in pieces
 * of any size. The caller passes octets until the progress is no longer
 * SECTION_MORE; those after the section belong to the body.
 */
#ifndef MESSAGE_HEADER_SECTION_H
#define MESSAGE_HEADER_SECTION_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/error.h"
#include "message/header.h"

enum section_progress {
	SECTION_MORE,	  /* its end has not been read yet */
	SECTION_BODY,	  /* it is complete */
	SECTION_TOO_BIG,  /* it is larger than HEADER_MAX */
	SECTION_MISSING,  /* HEADER_REQUIRED, and there is none */
	SECTION_DOUBTFUL, /* it names recipients, but may be text */
	SECTION_CUT,	  /* recipients follow a line that is not a field */
};

struct header_section {
	enum header_rule rule;
	struct buf raw; /* every octet taken, unchanged */
	enum section_progress progress;
	enum { ENDS_UNKNOWN, ENDS_LF, ENDS_CR } ends; /* what ends its lines */
	bool is_guess; /* ENDS_CR was assumed before the end of the input */
	/* Offsets in `raw`: */
	size_t line;	 /* the current line */
	size_t seen;	 /* it does not end before this offset */
	size_t mbox_end; /* the end of the mbox line; 0: there is none */
	size_t fields, fields_end;
	size_t body;
	size_t lost; /* SECTION_CUT: the field after the header */
	/* Not offsets: */
	size_t size;	/* octets of the fields with CRLF line ends */
	bool is_judged; /* the kind of the current, incomplete line is known */
	bool has_fields;
	bool has_end; /* an empty line ends it */
	bool is_cut;  /* it ended without an empty line, which is looked for */
	/* Once it is complete: */
	struct buf lines;  /* the fields with CRLF line ends */
	struct buf notes;  /* changes to fields, one sentence a line */
	bool is_text;	   /* it looked like a header, but is body text */
	bool has_cr_ends;  /* some lines ended in CR alone */
	bool has_extra_cr; /* some lines ended in CR CR LF */
	bool has_mark;	   /* a byte order mark was dropped */
	bool has_blank;	   /* some colon has a blank before it */
};

void header_section_init(struct header_section *section, enum header_rule rule);
void header_section_release(struct header_section *section);
/*
 * Takes octets while the progress is SECTION_MORE, and returns how many. The
 * octets not taken belong to the body.
 */
size_t header_section_take(struct header_section *section, struct span block);
/* The input ends here: settles the progress. */
void header_section_end(struct header_section *section);
/* The octets that were taken but belong to the body; borrowed. */
struct span header_section_tail(const struct header_section *section);
/*
 * False with ERROR_DATA if the message cannot be sent: because of the progress,
 * or because the body has an LF although the header's lines were assumed to end
 * in CR.
 */
bool header_section_accept(
    const struct header_section *section, bool body_has_lf, struct error *err);

#endif
