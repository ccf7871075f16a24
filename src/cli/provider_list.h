/* --providers: the mail services that smtpost knows by name. */
#ifndef CLI_PROVIDER_LIST_H
#define CLI_PROVIDER_LIST_H

#include <stdbool.h>

#include "base/error.h"
#include "cli/options.h"

/* False, with err, if standard output cannot be written. */
bool provider_list_print(const struct options *options,
    struct mode_result *result, struct error *err);

#endif
