/*
 * The plan for a message of a client of -bs: as for any message, and From and
 * Sender must not say that somebody else has sent it.
 */
#ifndef CLI_SERVE_PLAN_H
#define CLI_SERVE_PLAN_H

#include "cli/options.h"
#include "cli/serve_client.h"
#include "fixup/fixup.h"

bool serve_plan(struct plan *plan, const struct message *message,
    const struct options *options, const char *reverse_path,
    struct client_rights *rights, struct error *err);

#endif
