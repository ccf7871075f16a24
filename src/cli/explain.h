/* --explain: every setting as it would be used, and where it came from. */
#ifndef CLI_EXPLAIN_H
#define CLI_EXPLAIN_H

#include <stdbool.h>

#include "base/error.h"
#include "cli/options.h"

/*
 * Reads the configuration and no message. The settings are printed even where
 * the source of the secret is missing, which is ERROR_CONFIG.
 */
bool explain_print(const struct options *options, struct error *err);

#endif
