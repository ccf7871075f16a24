/*
 * Finds what strict servers refuse in a planned message: what RFC 5322 and RFC
 * 2045 forbid and the plan does not repair. Most servers accept it.
 */
#ifndef FIXUP_STRICT_CHECK_H
#define FIXUP_STRICT_CHECK_H

#include "base/buf.h"
#include "message/message.h"
#include "message/plan.h"

/* Adds the faults to `out`, one line each. */
void strict_check_message(
    const struct message *message, const struct plan *plan, struct buf *out);

#endif
