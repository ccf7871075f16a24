/*
 * --queue-run --all-users: a timer of root runs the spools of all users. A
 * child that has become the user runs each, so that nothing of a user is read
 * as root.
 */
#ifndef CLI_QUEUE_RUN_ALL_H
#define CLI_QUEUE_RUN_ALL_H

#include "cli/options.h"

/*
 * Runs all spools, several users at once, each for at most 10 minutes. The
 * status is that of the spools of root and of the service only. False with
 * ERROR_USAGE if the caller is not root.
 */
bool queue_run_all(const struct options *options, struct mode_result *result,
    struct error *err);

#endif
