/*
 * Repairs the body of a message and the fields that describe it: declares text
 * that is not ASCII, and encodes, part by part, what a server cannot carry.
 * Nothing under a signature is changed.
 */
#ifndef FIXUP_REPAIR_H
#define FIXUP_REPAIR_H

#include <stdbool.h>

#include "message/plan.h"

/*
 * Adds the edits that the content needs to the plan, for a server that accepts
 * 8-bit content or, with seven_bit, for one that does not. Content that cannot
 * be repaired stays, and plan->obstacle says why. False with ERROR_TEMPORARY if
 * the source file of the message has changed, or ERROR_DATA if the header would
 * need too many changes.
 */
bool repair_content(struct plan *plan, const struct message *message,
    bool seven_bit, struct error *err);
/* Whether the message is signed, so that it must not be changed. */
bool repair_is_forbidden(const struct message *message);

#endif
