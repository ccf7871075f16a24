/*
 * The last step of a replay before dot-stuffing: turns blocks of a message, cut
 * anywhere, into text that may be sent. Every line end becomes CRLF, whatever
 * was found when the message was read: even if its file has changed since, the
 * server must not get a bare CR, a bare LF or a NUL, nor more octets than were
 * announced.
 */
#ifndef MESSAGE_WIRE_H
#define MESSAGE_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "message/message.h"

struct wire {
	const struct message_sink *sink; /* borrowed */
	uint64_t left; /* octets that may still be sent; UINT64_MAX: no limit */
	bool refuses_nul; /* for a file that had none when it was read */
	bool has_bare_cr, has_extra_cr; /* line ends that were corrected */
	enum replay_result result;	/* REPLAY_DONE until something fails */
	bool in_line;
	struct line_ends ends;
	char *room; /* STORAGE_BLOCK octets, to collect short runs */
	size_t used;
};

/* `left` is the number of octets that the sink must get, or UINT64_MAX. */
void wire_init(
    struct wire *wire, const struct message_sink *sink, uint64_t left);
void wire_free(struct wire *wire);
/* Takes the next block. False once `result` is not REPLAY_DONE. */
bool wire_take(struct wire *wire, struct span block);
/*
 * Makes each of the last CRs a line end, even if the next block begins with an
 * LF. False as for wire_take.
 */
bool wire_settle(struct wire *wire);
/*
 * Ends the message: ends its last line, and writes the rest to the sink.
 * REPLAY_CHANGED if there were fewer octets than announced.
 */
bool wire_end(struct wire *wire);

#endif
