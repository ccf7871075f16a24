/* --explain: prints the value and the origin of every setting. */
#ifndef CLI_EXPLAIN_H
#define CLI_EXPLAIN_H

#include <stdbool.h>

#include "cli/options.h"

/*
 * Reads the configuration and no message. If the source of the secret is
 * missing, it still prints the settings as text, and then fails.
 */
bool explain_print(const struct options *options, struct mode_result *result,
    struct error *err);

#endif
