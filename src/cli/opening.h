/*
 * What is said before the first connection: which profile is used and from
 * which files, for -v; and that a server's port looks wrong for its scheme.
 */
#ifndef CLI_OPENING_H
#define CLI_OPENING_H

#include "cli/options.h"
#include "profile/profile.h"
#include "smtp/dialogue.h"

/* The profile, why it is used, and the files that it may come from. */
void opening_tell(
    const struct profile *profile, const struct observer *observer);
/*
 * A port that is meant for the other scheme: a warning to the observer. By the
 * name smtpost and without -v, this and the lines of `notes` that begin with
 * "warning: " go to standard error at once, since what follows may be a long
 * silence. By the name sendmail any word would be taken for a failure.
 */
void opening_warn(const struct profile *profile, const struct options *options,
    struct span notes, const struct observer *observer);

#endif
