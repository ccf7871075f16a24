/*
 * Many mails in one call: --batch and --merge. All are checked first
 * (manifest.h); then they are sent, those of one profile in one session, as far
 * as the server allows.
 */
#ifndef CLI_MANY_H
#define CLI_MANY_H

#include <stdbool.h>

#include "cli/options.h"

/*
 * False, with err, if it fails before the first connection. Otherwise true, and
 * the exit status follows from the outcomes of all recipients. In the mode
 * MODE_DRY_RUN it prints the mails instead of sending them.
 */
bool many_run(const struct options *options, struct mode_result *result,
    struct error *err);

#endif
