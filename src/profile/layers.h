/*
 * The layers of settings that a chosen profile stands on, from the command
 * line down to the defaults of the files, and the profile that they make.
 */
#ifndef PROFILE_LAYERS_H
#define PROFILE_LAYERS_H

#include <stdbool.h>

#include "base/error.h"
#include "profile/profile.h"
#include "profile/profiles.h"

/*
 * Fills an empty profile from its layers and checks it; `choice` says why this
 * profile is used. On failure, ERROR_CONFIG, it may be filled in part.
 */
bool layers_resolve(struct profile *profile, const struct profiles *profiles,
    const struct named_profile *named, const char *choice, struct error *err);
/* Its `report` alone, whatever is wrong elsewhere: to report a failure. */
enum report_form layers_find_report(
    const struct profiles *profiles, const struct named_profile *named);

#endif
