/*
 * The line ends of a body, found while it passes in blocks that are cut
 * anywhere. All code that reads a body finds its lines by this one rule: an LF
 * with all CRs before it is one line end, and so is each CR that no LF follows.
 */
#ifndef MESSAGE_LINE_ENDS_H
#define MESSAGE_LINE_ENDS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/text.h"

enum line_end {
	LINE_END_NONE, /* the block ends, the line may go on */
	LINE_END_CRLF,
	LINE_END_LF,
	LINE_END_EXTRA_CR, /* an LF behind more than one CR */
	LINE_END_CR,	   /* one or more CRs without an LF */
};

struct line_ends {
	uint64_t position; /* of the next octet, from the first block on */
	uint64_t cr; /* CRs that came last; whether an LF follows is unknown */
	const char *at, *end;	       /* what is left of the block at hand */
	const char *next_cr, *next_lf; /* in it; its end if there is none */
};

/* A part of a line, and the end of the line where it is known. */
struct line_part {
	struct span text; /* lies in the block */
	enum line_end end;
	uint64_t ends; /* how many lines end here: over 1 only for CRs */
	bool is_split; /* some of its CRs came in an earlier block */
};

/* Starts on the next block, when all parts of the last one are taken. */
void line_ends_take(struct line_ends *ends, struct span block);
/* Takes the next part out of the block; false at its end. */
bool line_ends_next(struct line_ends *ends, struct line_part *part);
/*
 * The text ends here: gives the lines that its last CRs end as a part without
 * text. False where none are left.
 */
bool line_ends_settle(struct line_ends *ends, struct line_part *part);

#endif
