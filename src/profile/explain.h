/* One setting of a profile as --explain shows it. */
#ifndef PROFILE_EXPLAIN_H
#define PROFILE_EXPLAIN_H

#include "profile/profile.h"

/* Its value by its row in the table; not masked, but secrets are ***. */
void profile_add_value(
    const struct profile *profile, size_t index, struct buf *out);
/* Why this profile is used and no other. */
const char *profile_choice(const struct profile *profile);

#endif
