/*
 * Repair of what a message says of its body, and of the body itself: text
 * beyond ASCII that is not declared is, what a server cannot carry is encoded
 * leaf by leaf. Never below a signature.
 */
#ifndef FIXUP_REPAIR_H
#define FIXUP_REPAIR_H

#include <stdbool.h>

#include "base/error.h"
#include "message/message.h"
#include "message/plan.h"

/*
 * Adds to the plan what its content needs: for a server that takes 8-bit
 * content, or (seven_bit) for one that does not. What cannot be repaired is
 * left, and the plan's obstacle says why. Error: ERROR_TEMPORARY when the
 * source of the message has changed.
 */
bool repair_content(struct plan *plan, const struct message *message,
    bool seven_bit, struct error *err);
/* Whether a signature forbids any change. */
bool repair_is_forbidden(const struct message *message);

#endif
