/*
 * The last step of a replay: blocks of a message, cut anywhere, become what
 * may stand on the wire. Knows nothing of plans and of where blocks are from.
 */
#ifndef MAIL_WIRE_H
#define MAIL_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/text.h"
#include "mail/message.h"

/*
 * The way to the wire. All it ever does to the octets that pass is to insert
 * one: LF behind a bare CR, CR before a bare LF, a dot before a dot. It does
 * not rely on the facts of the first pass: a source that has changed since
 * must not reach the wire unmended either.
 */
struct wire {
	const struct message_sink *sink;
	bool is_stuffed, is_counting;
	bool after_cr, in_line;
	bool has_no_nul; /* a NUL can only be where a source has changed */
	uint64_t left; /* octets that may come, not counting stuffed dots */
	char *room;    /* MESSAGE_BLOCK, for what is gathered */
	size_t used;
	enum replay_result result; /* once it is not DONE, all is over */
};

/* Both are false, with a result, when the replay is over. */
bool wire_take(struct wire *wire, struct span block);
/* The last line is ended too; then nothing may be missing. */
bool wire_end(struct wire *wire);

#endif
