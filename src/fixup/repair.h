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
 * Adds to the plan what the content needs, for a server that takes 8-bit
 * content, or with seven_bit for one that does not. What cannot be repaired
 * stays, and plan->obstacle says why. ERROR_TEMPORARY: the source of the
 * message has changed.
 */
bool repair_content(struct plan *plan, const struct message *message,
    bool seven_bit, struct error *err);
/* Whether the message is signed, so that nothing may be changed. */
bool repair_is_forbidden(const struct message *message);

#endif
