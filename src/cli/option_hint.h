/* What the user may have meant by an option that does not exist. */
#ifndef CLI_OPTION_HINT_H
#define CLI_OPTION_HINT_H

#include <stdbool.h>

#include "base/error.h"
#include "base/text.h"
#include "cli/options.h"

/*
 * Sets the error for an unknown option, given with its dashes, and a hint: the
 * option or setting that does the same, the nearest name, or --help. Always
 * false.
 */
bool option_hint_refuse_unknown(
    struct span word, enum role role, struct error *err);

#endif
