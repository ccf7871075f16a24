/* What somebody may have meant who gave an option that does not exist. */
#ifndef CLI_OPTION_HINT_H
#define CLI_OPTION_HINT_H

#include <stdbool.h>

#include "base/error.h"
#include "base/text.h"
#include "cli/options.h"

/*
 * The error for an unknown option, written with its dashes, and the hint:
 * what other programs mean by it, the nearest name, or --help. Always false.
 */
bool option_hint_refuse_unknown(
    struct span word, enum role role, struct error *err);

#endif
