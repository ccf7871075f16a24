/*
 * -bs: SMTP or LMTP with one client on standard input and output. For every
 * sender the profile is chosen anew; `allow-senders` says who may be one.
 */
#ifndef SERVE_SERVE_H
#define SERVE_SERVE_H

#include <stdbool.h>

#include "base/error.h"
#include "cli/options.h"
#include "fixup/fixup.h"
#include "serve/serve_client.h"

/* False, with err, where the configuration cannot be read. */
bool serve_run(
    const struct options *options, int *exit_status, struct error *err);

/*
 * The plan for a message of a client of -bs: as for any message, and From and
 * Sender must not say that somebody else has sent it.
 */
bool serve_plan(struct plan *plan, const struct message *message,
    const struct options *options, const char *reverse_path,
    struct client_rights *rights, struct error *err);

#endif
