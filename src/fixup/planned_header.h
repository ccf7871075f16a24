/*
 * The header section of a message as its plan will send it.
 */
#ifndef FIXUP_PLANNED_HEADER_H
#define FIXUP_PLANNED_HEADER_H

#include <stdbool.h>

#include "base/buf.h"
#include "message/message.h"
#include "message/plan.h"

/*
 * Adds the header section, without the empty line behind it. The plan may be
 * NULL. False: it is longer than `header` may be.
 */
bool planned_header_read(
    const struct message *message, const struct plan *plan, struct buf *header);
/* Whether all of it is valid UTF-8. */
bool planned_header_is_utf8(
    const struct message *message, const struct plan *plan);
/* The same, and an address field has octets above 127. */
bool planned_header_has_utf8_address(
    const struct message *message, const struct plan *plan);

#endif
