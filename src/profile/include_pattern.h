/*
 * The files that `include DIR/x*` names: * and ? in the last part of the
 * path, as the shell has them (but case-blind); hidden files are left out.
 */
#ifndef PROFILE_INCLUDE_PATTERN_H
#define PROFILE_INCLUDE_PATTERN_H

#include <stdbool.h>

#include "base/error.h"
#include "profile/name_list.h"

bool include_pattern_is(const char *path);
/*
 * Adds the paths that fit, in the order of their octets; none where there is
 * no such folder. The folder must belong to the caller or root and be writable
 * by nobody else: whoever can add files to it writes the configuration. False
 * with an error (ERROR_CONFIG); errno is EACCES where it cannot be read.
 */
bool include_pattern_expand(
    struct name_list *paths, const char *pattern, struct error *err);

#endif
