/* Chooses the profile that a message is sent with. */
#ifndef PROFILE_PROFILE_CHOICE_H
#define PROFILE_PROFILE_CHOICE_H

#include <stdbool.h>

#include "base/error.h"
#include "profile/profile.h"
#include "profile/profiles.h"

/*
 * Fills `profile` with the profile called `name`. If name is NULL, with the one
 * that SMTPOST_PROFILE names, else the first whose `match` fits `sender` (an
 * address; NULL or empty: `from` instead), else the one called "default", else
 * the only one. Settings are inherited, defaults are filled in, and everything
 * is checked as smtpost.conf(5) says. False with ERROR_CONFIG; then only
 * profile->report is filled in, so that the failure is reported in that form.
 */
bool profile_choice_make(struct profile *profile,
    const struct profiles *profiles, const char *name, const char *sender,
    const char *from, struct error *err);
/* Adds the names of all profiles: " NAME, NAME". */
void profile_choice_add_names(
    const struct profiles *profiles, struct error *err);

#endif
