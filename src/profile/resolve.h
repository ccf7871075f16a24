/*
 * A chosen profile's settings, looked for in its layers from the command line
 * down to the defaults, and what must hold among them.
 */
#ifndef PROFILE_RESOLVE_H
#define PROFILE_RESOLVE_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/error.h"
#include "profile/profile.h"
#include "profile/profile_set.h"

/* Fills an empty profile; on failure it may be filled in part. */
bool profile_resolve(struct profile *profile, const struct profiles *profiles,
    const struct named_profile *named, const char *origin, struct error *err);

/* The user's entry before the system's; NULL: neither. */
const struct entry *layer_find(
    const struct layer_pair *pair, const struct setting *setting);
/* Adds "FILE:LINE", or the option's name. */
void place_add(struct place place, struct buf *out);
/* Whether the settings agree with each other; ERROR_CONFIG. */
bool profile_check(const struct profile *profile, struct error *err);

#endif
