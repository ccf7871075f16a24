/*
 * What strict servers refuse in a message as it would leave: what RFC 5322 and
 * RFC 2045 forbid, and what no plan has mended. Most servers take it.
 */
#ifndef FIXUP_STRICT_CHECK_H
#define FIXUP_STRICT_CHECK_H

#include "base/buf.h"
#include "message/message.h"
#include "message/plan.h"

/* Adds a sentence a line. */
void strict_check_message(
    const struct message *message, const struct plan *plan, struct buf *out);

#endif
