/*
 * A part of a replay, for message_diff.c; the whole of it is in message.h.
 */
#ifndef MESSAGE_REPLAY_H
#define MESSAGE_REPLAY_H

#include <stdint.h>

#include "message/message.h"
#include "message/plan.h"

enum replay_form {
	REPLAY_PLAIN,	/* CRLF form: for BDAT, --dry-run, tests */
	REPLAY_STUFFED, /* RFC 5321 section 4.5.2, without the final dot */
};

/*
 * The planned message in blocks: the fields that the plan (NULL: none) adds,
 * those it keeps or replaces, an empty line, the body with what the plan has
 * for it; every line ended by CRLF, the last one too. Whatever happens to the
 * source meanwhile, no bare CR, bare LF, NUL or unstuffed dot gets out, and
 * never more than replay_size.
 */
enum replay_result replay_message(const struct message *message,
    const struct plan *plan, enum replay_form form,
    const struct message_sink *sink);
/* The octets of the planned message in CRLF form: exact, for SIZE. */
uint64_t replay_size(const struct message *message, const struct plan *plan);

/*
 * What an edit of the body makes of the octets up to `end`, which is where it
 * ends or later, in wire form with the last line ended.
 */
enum replay_result replay_edit(const struct message *message,
    const struct plan_edit *edit, uint64_t end,
    const struct message_sink *sink);
/*
 * Works out the facts of the planned message, by a pass over an edited body.
 * False: the source has changed.
 */
bool replay_measure(const struct message *message, struct plan *plan);

#endif
