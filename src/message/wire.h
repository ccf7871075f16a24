/*
 * The last step of a replay: blocks of a message, cut anywhere, become what
 * may stand on the wire. Knows nothing of plans and of where blocks are from.
 */
#ifndef MESSAGE_WIRE_H
#define MESSAGE_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/text.h"
#include "message/line_ends.h"
#include "message/message.h"

/*
 * Makes every line end CRLF (line_ends.h). Does not rely on the facts of the
 * first pass, so that a source that has changed since cannot reach the wire
 * unmended.
 */
struct wire {
	const struct message_sink *sink; /* borrowed */
	bool is_counting; /* the size is not known yet: `left` may remain */
	bool in_line;
	struct line_ends ends;
	bool has_bare_cr, has_extra_cr; /* came, and were mended */
	bool has_no_nul; /* a NUL can only be where a source has changed */
	uint64_t left;	 /* octets that may still come */
	char *room; /* STORAGE_BLOCK octets, for what is gathered; borrowed */
	size_t used;
	enum replay_result result; /* once it is not DONE, all is over */
};

/* Both are false, with a result, when the replay is over. */
bool wire_take(struct wire *wire, struct span block);
/* The CRs taken last are line ends: an LF that follows is another one. */
bool wire_settle(struct wire *wire);
/* The last line is ended too; then nothing may be missing. */
bool wire_end(struct wire *wire);

#endif
