/*
 * The message as its plan will send it: what a server must offer for its
 * header, and what strict servers refuse in it.
 */
#ifndef FIXUP_PLANNED_MESSAGE_H
#define FIXUP_PLANNED_MESSAGE_H

#include <stdbool.h>

#include "message/plan.h"

/* Whether all of the header section is valid UTF-8. The plan may be NULL. */
bool planned_message_has_utf8_header(
    const struct message *message, const struct plan *plan);
/* The same, and an address field has octets above 127. */
bool planned_message_has_utf8_address(
    const struct message *message, const struct plan *plan);
/*
 * Adds what strict servers refuse, one line for each fault: what RFC 5322 and
 * RFC 2045 forbid and the plan does not repair. Most servers accept it.
 */
void planned_message_check(
    const struct message *message, const struct plan *plan, struct buf *out);

#endif
