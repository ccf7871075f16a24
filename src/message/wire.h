/*
 * The last step of a replay but dot-stuffing: blocks of a message, cut
 * anywhere, become the text that may be sent. Every line end is made CRLF,
 * whatever the first pass has found: a file that has changed since must not
 * bring a bare CR, a bare LF or a NUL to the server, nor more octets than were
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
	uint64_t left; /* octets that may still come; UINT64_MAX: any number */
	bool refuses_nul; /* for a file that had none when it was read */
	bool has_bare_cr, has_extra_cr; /* line ends that were mended */
	enum replay_result result;	/* REPLAY_DONE until something fails */
	bool in_line;
	struct line_ends ends;
	char *room; /* STORAGE_BLOCK octets, where short runs are gathered */
	size_t used;
};

/* `left` is how many octets the sink is to get, or UINT64_MAX. */
void wire_init(
    struct wire *wire, const struct message_sink *sink, uint64_t left);
void wire_free(struct wire *wire);
/* Takes the next block. False once `result` is not REPLAY_DONE. */
bool wire_take(struct wire *wire, struct span block);
/*
 * The CRs that came last end lines of their own, even if the next block begins
 * with an LF. False as for wire_take.
 */
bool wire_settle(struct wire *wire);
/*
 * The message ends here: ends its last line, and gives the rest to the sink.
 * REPLAY_CHANGED when fewer octets came than were announced.
 */
bool wire_end(struct wire *wire);

#endif
