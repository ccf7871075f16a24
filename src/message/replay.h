/*
 * A replay sends a message to a sink in the form that the wire needs, with the
 * edits of a plan applied. The message stays as it is and can be replayed any
 * number of times. A plan may be NULL: then nothing is edited.
 */
#ifndef MESSAGE_REPLAY_H
#define MESSAGE_REPLAY_H

#include <stdint.h>

#include "message/plan.h"

enum replay_form {
	REPLAY_PLAIN,	/* for BDAT, --dry-run and files */
	REPLAY_STUFFED, /* for DATA: dot_stuffing.h, without the final dot */
};

/*
 * Gives the planned message to the sink in blocks of at most 64 KiB: the added
 * fields, the fields that are kept or replaced, an empty line and the body.
 * Every line ends in CRLF, the last one too. Whatever happens to the caller's
 * file meanwhile, no bare CR, bare LF, NUL or dot that lacks its stuffing gets
 * out, and never more octets than replay_size, not counting stuffed dots.
 */
enum replay_result replay_message(const struct message *message,
    const struct plan *plan, enum replay_form form,
    const struct message_sink *sink);
/* The exact octets of the planned message in REPLAY_PLAIN, for SIZE. */
uint64_t replay_size(const struct message *message, const struct plan *plan);
/*
 * Gives only what an edit of the body makes of the octets from its start up to
 * `end`, which is not before its end. Every line ends in CRLF.
 */
enum replay_result replay_edit(const struct message *message,
    const struct plan_edit *edit, uint64_t end,
    const struct message_sink *sink);
/*
 * Sets `header` to the planned header section, without the empty line behind
 * it; the caller frees it. False: the caller's file has changed, and it may be
 * empty.
 */
bool replay_header(
    const struct message *message, const struct plan *plan, struct buf *header);
/*
 * Works out plan->facts and, for a body that is edited, plan->planned_outline.
 * False: the caller's file has changed.
 */
bool replay_measure(const struct message *message, struct plan *plan);

#endif
