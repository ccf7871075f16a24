/*
 * --setup: finds the server of a mail address, logs in once, and prints a
 * profile or writes it.
 */
#ifndef CLI_SETUP_H
#define CLI_SETUP_H

#include "base/error.h"
#include "cli/options.h"

/*
 * Exit status 68: no server was found, also if one may be found later. If the
 * user stops it: what a mail would have ended with, or 75.
 */
bool setup_run(const struct options *options, struct mode_result *result,
    struct error *err);

#endif
