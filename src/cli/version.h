/* --version: the program, its libraries, and what was built in. */
#ifndef CLI_VERSION_H
#define CLI_VERSION_H

#include <stdbool.h>

#include "base/error.h"
#include "cli/options.h"

/* Prints lines NAME: VALUE. False, with err, if they cannot be written. */
bool version_print(const struct options *options, struct mode_result *result,
    struct error *err);

#endif
