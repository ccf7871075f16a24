/*
 * The mode -bs: SMTP or LMTP with one client on standard input and output. The
 * profile is chosen anew for each sender, and `allow-senders` says which
 * senders the client may use.
 */
#ifndef SERVE_SERVE_H
#define SERVE_SERVE_H

#include <stdbool.h>

#include "cli/options.h"

/*
 * Serves the client until its session ends. False, with err: the client was
 * sent away, because it is not allowed or the configuration is wrong.
 */
bool serve_run(const struct options *options, struct error *err);

#endif
