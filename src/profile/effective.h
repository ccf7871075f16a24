/*
 * What is used where a setting is not set, for --explain: the profile's fields
 * are filled in as the submission would find them, and their origins say from
 * where.
 */
#ifndef PROFILE_EFFECTIVE_H
#define PROFILE_EFFECTIVE_H

#include "profile/profile.h"

/* `domain`, `ehlo-name` and `tls`, where nothing else decides them. */
void effective_fill(struct profile *profile);
/* The name for a From that must be made, found by the caller. */
void effective_set_full_name(
    struct profile *profile, const char *name, const char *origin);

#endif
