/*
 * The settings that a submission would use, for --explain: each with its value
 * and the value's origin.
 */
#ifndef PROFILE_EFFECTIVE_SETTINGS_H
#define PROFILE_EFFECTIVE_SETTINGS_H

#include "base/buf.h"
#include "profile/profile.h"

/* Fills in `domain`, `ehlo-name` and `tls` where no setting decides them. */
void effective_settings_fill(struct profile *profile);
/* Sets the display name for an added From, which the caller has found. */
void effective_settings_set_full_name(
    struct profile *profile, const char *name, const char *origin);
/* Adds a line for each setting; secrets are shown as ***. */
void effective_settings_add(const struct profile *profile, struct buf *out);

#endif
