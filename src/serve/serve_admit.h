/*
 * Whether -bs speaks with a client at all, before anything is known of its
 * mail. Who may send as whom is serve_client.h's.
 */
#ifndef SERVE_SERVE_ADMIT_H
#define SERVE_SERVE_ADMIT_H

#include <stdbool.h>

#include "base/error.h"
#include "cli/options.h"
#include "profile/profiles.h"
#include "serve/serve_client.h"

/* False, with ERROR_CONFIG: the client must be sent away. */
bool serve_admit(const struct client *client, const struct profiles *profiles,
    const struct options *options, struct error *err);

#endif
