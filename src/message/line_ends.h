/*
 * Finds the line ends of a body that arrives in blocks cut anywhere. All code
 * that reads a body uses this one rule: an LF together with all CRs before it
 * is one line end, and each CR that no LF follows is one line end.
 */
#ifndef MESSAGE_LINE_ENDS_H
#define MESSAGE_LINE_ENDS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/text.h"

enum line_end {
	LINE_END_NONE, /* the block ends here; the line may continue */
	LINE_END_CRLF,
	LINE_END_LF,
	LINE_END_EXTRA_CR, /* an LF after more than one CR */
	LINE_END_CR,	   /* one or more CRs without an LF */
};

struct line_ends {
	uint64_t position; /* of the next octet, counted from the first block */
	uint64_t cr;	   /* CRs read last; whether an LF follows is unknown */
	const char *at, *end;	       /* the rest of the current block */
	const char *next_cr, *next_lf; /* in it; its end if there is none */
};

/* A part of a line, and the end of the line if it is known. */
struct line_part {
	struct span text; /* borrowed from the block */
	enum line_end end;
	uint64_t ends; /* how many lines end here: over 1 only for CRs */
	bool is_split; /* some of its CRs were in an earlier block */
};

/* Begins the next block, after all parts of the last one were taken. */
void line_ends_take(struct line_ends *ends, struct span block);
/* Takes the next part from the block; false at its end. */
bool line_ends_next(struct line_ends *ends, struct line_part *part);
/*
 * Called at the end of the text: returns the line ends of its last CRs as a
 * part without text. False if there are none.
 */
bool line_ends_settle(struct line_ends *ends, struct line_part *part);

#endif
