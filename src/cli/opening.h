/*
 * What a user learns before the first connection: with -v the profile and its
 * files, and a warning if the port of a server does not fit its scheme.
 */
#ifndef CLI_OPENING_H
#define CLI_OPENING_H

#include "cli/options.h"
#include "profile/profile.h"
#include "smtp/observer.h"

/* Notes the profile, why it is used, and the files that were read. */
void opening_note(
    const struct profile *profile, const struct observer *observer);
/*
 * Warns the observer of each port that is meant for the other scheme. As
 * smtpost and without -v, these warnings and the lines of `notes` that begin
 * with "warning: " are also printed on standard error. As sendmail they are
 * not, because its callers take any output for a failure.
 */
void opening_warn(const struct profile *profile, const struct options *options,
    struct span notes, const struct observer *observer);

#endif
