/*
 * The layers of settings that make up a chosen profile, from the command line
 * down to the defaults of the files.
 */
#ifndef PROFILE_LAYERS_H
#define PROFILE_LAYERS_H

#include <stdbool.h>

#include "base/error.h"
#include "profile/profile.h"
#include "profile/profiles.h"

/*
 * Fills an empty profile from its layers and checks it; `choice` says why this
 * profile is used. False with ERROR_CONFIG; the profile may then be filled in
 * part.
 */
bool layers_resolve(struct profile *profile, const struct profiles *profiles,
    const struct named_profile *named, const char *choice, struct error *err);
/*
 * Finds only the setting `report`, for the report of a failed layers_resolve.
 */
enum report_form layers_find_report(
    const struct profiles *profiles, const struct named_profile *named);

#endif
