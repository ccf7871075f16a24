/* -bv: asks the server about recipients, and sends no message. */
#ifndef CLI_VERIFY_H
#define CLI_VERIFY_H

#include <stdbool.h>

#include "base/error.h"
#include "cli/options.h"

/*
 * Results as those of submit_run. Of standard input it reads at most a list of
 * recipients.
 */
bool verify_run(const struct options *options, struct mode_result *result,
    struct error *err);

#endif
