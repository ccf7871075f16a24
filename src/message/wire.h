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
#include "message/message.h"

/*
 * Makes every line end CRLF: an LF with any number of CRs before it is one
 * line end, and so is every CR that no LF follows. Puts a dot before a dot.
 * Does not rely on the facts of the first pass, so that a source that has
 * changed since cannot reach the wire unmended.
 */
struct wire {
	const struct message_sink *sink;
	bool is_stuffed, is_counting;
	bool in_line;
	uint64_t cr; /* CRs of which it is not yet known what follows them */
	bool has_bare_cr, has_extra_cr; /* came, and were mended */
	bool has_no_nul; /* a NUL can only be where a source has changed */
	uint64_t left;	 /* octets that may come, not counting stuffed dots */
	char *room;	 /* STORAGE_BLOCK, for what is gathered */
	size_t used;
	enum replay_result result; /* once it is not DONE, all is over */
};

/* Both are false, with a result, when the replay is over. */
bool wire_take(struct wire *wire, struct span block);
/* The CRs taken last are line ends: an LF that follows is another one. */
bool wire_settle(struct wire *wire);
/* The last line is ended too; then nothing may be missing. */
bool wire_end(struct wire *wire);

/*
 * What a block of octets holds, counted in one pass at the speed of memory:
 * the facts of a message and the way to the wire are drawn from it. A sum over
 * blocks tells whether they are the same once more. Knows nothing of lines.
 */
struct octet_counts {
	size_t lf, cr;
	size_t crlf; /* LF behind CR */
	size_t dots; /* behind CR or LF; where they are wanted */
	bool has_eight_bit, has_nul;
};

/* `before` is the octet in front of the block. */
struct octet_counts wire_count(struct span block, char before, bool wants_dots);
/*
 * *found is where the octet comes next, from `at` on, or the block's length.
 * Searched again only when the last one found lies behind, so that a block
 * without it is searched once; `at` is 0 at the first call.
 */
void wire_find_again(struct span block, char octet, size_t at, size_t *found);

#endif
