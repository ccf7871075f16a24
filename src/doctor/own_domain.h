/*
 * The domain of an address, if it is the user's own: one whose DNS says
 * something about the user's set-up.
 */
#ifndef DOCTOR_OWN_DOMAIN_H
#define DOCTOR_OWN_DOMAIN_H

#include <stdbool.h>

#include "base/buf.h"

/*
 * Adds the domain of the address, in the form for the wire, to an empty
 * `domain`. If it is not the user's own, or the address is NULL or "", adds
 * instead a phrase that says why to `reason`.
 */
bool own_domain_find(
    const char *address, struct buf *domain, struct buf *reason);

#endif
