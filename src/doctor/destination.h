/*
 * The domain whose mail servers are tried if a profile delivers by itself: one
 * that the user named, or the sender's own. No other servers are connected to.
 */
#ifndef DOCTOR_DESTINATION_H
#define DOCTOR_DESTINATION_H

#include <stdbool.h>

#include "base/buf.h"

/* Whether the recipient of --send, or NULL, names the domain. */
bool destination_is_given(const char *send_to);
/*
 * Adds the domain of that recipient, else that of the sender if it is the
 * user's own, to an empty `domain`: in lower case in the form for the wire, or
 * a literal. If there is none, adds instead a phrase that says why to `reason`.
 */
bool destination_find(const char *send_to, const char *sender,
    struct buf *domain, struct buf *reason);

#endif
