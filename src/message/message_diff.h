/*
 * What a plan changes in a message, as a unified diff without context lines
 * between the lines that were read and those that leave. Both have LF line
 * ends here, so that CRLF for LF is no change.
 */
#ifndef MESSAGE_MESSAGE_DIFF_H
#define MESSAGE_MESSAGE_DIFF_H

#include <stdbool.h>

#include "base/error.h"
#include "message/message.h"
#include "message/plan.h"

/*
 * Gives whole lines to the sink, masked (base/utf8.h), long ones cut; nothing
 * where nothing changes. The message must have been read with keeps_raw.
 * ERROR_IO: the sink has ended it; ERROR_TEMPORARY: its source has changed.
 */
bool message_diff(const struct message *message, const struct plan *plan,
    const struct message_sink *sink, struct error *err);

#endif
