/*
 * Shows what a plan changes in a message, as a unified diff without context
 * lines: from the message as it was read to the message as it is sent. A CRLF
 * that replaces an LF is not shown as a change.
 */
#ifndef MESSAGE_MESSAGE_DIFF_H
#define MESSAGE_MESSAGE_DIFF_H

#include <stdbool.h>

#include "message/plan.h"

/*
 * Writes the diff to the sink; writes nothing if there are no changes. Its
 * lines are masked (base/utf8.h), and long ones are cut and end in "...". The
 * message must have been read with keeps_raw. ERROR_IO: the sink returned
 * false; ERROR_TEMPORARY: the caller's file has changed.
 */
bool message_diff(const struct message *message, const struct plan *plan,
    const struct message_sink *sink, struct error *err);

#endif
