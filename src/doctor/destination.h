/*
 * The domain whose mail servers are tried where a profile delivers by itself:
 * nobody is connected to who was not named, or is the sender's own.
 */
#ifndef DOCTOR_DESTINATION_H
#define DOCTOR_DESTINATION_H

#include <stdbool.h>

#include "base/buf.h"

/* Whether the recipient of --send, or NULL, names the domain. */
bool destination_is_given(const char *send_to);
/*
 * Adds the domain of that recipient, else that of the sender if it is the
 * user's own, to an empty `domain`: in small letters in the form for the wire,
 * or a literal. If there is none, adds instead a phrase that says why to
 * `reason`.
 */
bool destination_find(const char *send_to, const char *sender,
    struct buf *domain, struct buf *reason);

#endif
