/*
 * A replay writes a message to a sink in the form for sending, with the edits
 * of a plan applied. The message is not changed and can be replayed any number
 * of times. A plan may be NULL: then nothing is edited.
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
 * Writes the planned message to the sink in blocks of at most 64 KiB: the added
 * fields, the fields that are kept or replaced, an empty line and the body.
 * Every line ends in CRLF, including the last. Even if the caller's file
 * changes meanwhile, no bare CR, bare LF, NUL or unstuffed dot is written, and
 * never more octets than replay_size, not counting stuffed dots.
 */
enum replay_result replay_message(const struct message *message,
    const struct plan *plan, enum replay_form form,
    const struct message_sink *sink);
/*
 * The exact size of the planned message in REPLAY_PLAIN, in octets, for SIZE.
 */
uint64_t replay_size(const struct message *message, const struct plan *plan);
/*
 * Writes only the result of one edit of the body, for the octets from its start
 * up to `end`, which is not before its end. Every line ends in CRLF.
 */
enum replay_result replay_edit(const struct message *message,
    const struct plan_edit *edit, uint64_t end,
    const struct message_sink *sink);
/*
 * Sets `header` to the planned header section, without the empty line after it;
 * the caller frees it. False if the caller's file has changed; `header` may
 * then be empty.
 */
bool replay_header(
    const struct message *message, const struct plan *plan, struct buf *header);
/*
 * Computes plan->facts and, if the body is edited, plan->planned_outline. False
 * if the caller's file has changed.
 */
bool replay_measure(const struct message *message, struct plan *plan);

#endif
