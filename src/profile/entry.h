/* An entry of a file or of the command line, made into a profile's value. */
#ifndef PROFILE_ENTRY_H
#define PROFILE_ENTRY_H

#include <stdbool.h>

#include "base/error.h"
#include "profile/profile.h"
#include "profile/profile_file.h"

/*
 * Reads the entry's value into the profile, whose field is clear. With
 * `unset_allowed` a variable that is not in the environment is no error (the
 * profile may never be chosen). Errors name the place: ERROR_CONFIG, or
 * ERROR_USAGE for an option.
 */
bool entry_apply(const struct entry *entry, struct profile *profile,
    bool unset_allowed, struct error *err);
/* Every value of a section, and that it names one source of a password. */
bool entry_check_section(const struct section *section, struct error *err);

#endif
