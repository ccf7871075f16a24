/*
 * Examines the message as its plan will send it: what a server must offer for
 * its header, and what strict servers refuse in it.
 */
#ifndef FIXUP_PLANNED_MESSAGE_H
#define FIXUP_PLANNED_MESSAGE_H

#include <stdbool.h>

#include "message/plan.h"

/* Whether the whole header section is valid UTF-8. The plan may be NULL. */
bool planned_message_has_utf8_header(
    const struct message *message, const struct plan *plan);
/* Whether, in addition, an address field has octets above 127. */
bool planned_message_has_utf8_address(
    const struct message *message, const struct plan *plan);
/*
 * Whether its sender waives the TLS that the servers of the recipients demand:
 * it has the field TLS-Required once, and that says No (RFC 8689 section 3).
 */
bool planned_message_waives_tls(
    const struct message *message, const struct plan *plan);
/*
 * Adds one line for each fault that strict servers refuse: what RFC 5322 and
 * RFC 2045 forbid and the plan does not repair. Most servers accept such
 * faults.
 */
void planned_message_check(
    const struct message *message, const struct plan *plan, struct buf *out);

#endif
