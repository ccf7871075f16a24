/*
 * A part of a replay, for message_diff.c; the whole of it is in message.h.
 */
#ifndef MESSAGE_REPLAY_H
#define MESSAGE_REPLAY_H

#include <stdint.h>

#include "message/message.h"
#include "message/plan.h"

/*
 * What an edit of the body makes of the octets up to `end`, which is where it
 * ends or later, in wire form with the last line ended.
 */
enum replay_result replay_edit(const struct message *message,
    const struct plan_edit *edit, uint64_t end,
    const struct message_sink *sink);

#endif
