/* git's configuration: the variables sendemail.* of git send-email. */
#ifndef IMPORT_GIT_H
#define IMPORT_GIT_H

#include <stdbool.h>

#include "base/error.h"
#include "base/text.h"
#include "import/import_file.h"

bool git_is_like(struct span text);
/*
 * Each identity becomes a profile, and what git uses without one the profile
 * "default". Without a file it reads those of the user: GIT_CONFIG_GLOBAL, or
 * git/config below XDG_CONFIG_HOME and then ~/.gitconfig.
 */
bool git_read(const struct import_source *source,
    struct translation *translation, struct error *err);

#endif
