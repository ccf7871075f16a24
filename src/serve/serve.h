/*
 * -bs: SMTP or LMTP with one client on standard input and output. For every
 * sender the profile is chosen anew; `allow-senders` says who may be one.
 */
#ifndef SERVE_SERVE_H
#define SERVE_SERVE_H

#include <stdbool.h>

#include "base/error.h"
#include "cli/options.h"

/* False, with err, where the configuration cannot be read. */
bool serve_run(
    const struct options *options, int *exit_status, struct error *err);

#endif
