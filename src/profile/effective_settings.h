/*
 * The settings that a submission would use, for --explain: each with its value
 * and where that comes from.
 */
#ifndef PROFILE_EFFECTIVE_SETTINGS_H
#define PROFILE_EFFECTIVE_SETTINGS_H

#include "base/buf.h"
#include "profile/profile.h"

/* Fills in `domain`, `ehlo-name` and `tls` where no setting decides them. */
void effective_settings_fill(struct profile *profile);
/* The display name for a From that is added; the caller has found it. */
void effective_settings_set_full_name(
    struct profile *profile, const char *name, const char *origin);
/* Adds a line for each setting; secrets are shown as ***. */
void effective_settings_add(const struct profile *profile, struct buf *out);

#endif
