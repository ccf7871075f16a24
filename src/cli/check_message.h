/*
 * --check-message: prints a line for each change that a submission would make
 * to a message and for each fault that strict servers refuse; with --diff, the
 * changes as a diff.
 */
#ifndef CLI_CHECK_MESSAGE_H
#define CLI_CHECK_MESSAGE_H

#include <stdbool.h>

#include "cli/options.h"

/* Reads the message. False with err if it cannot be read or would be refused.
 */
bool check_message_print(const struct options *options,
    struct mode_result *result, struct error *err);

#endif
