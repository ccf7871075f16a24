/*
 * --dry-run: prints what would be sent, the envelope and the message, and does
 * not connect.
 */
#ifndef CLI_DRY_RUN_H
#define CLI_DRY_RUN_H

#include <stdbool.h>

#include "cli/options.h"

/*
 * As text the message follows the envelope, octet by octet; as JSON there is
 * only the envelope. The secret must be where the profile says, but it is not
 * fetched.
 */
bool dry_run_print(const struct options *options, struct mode_result *result,
    struct error *err);

#endif
