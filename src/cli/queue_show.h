/*
 * --queue-show: all about single mails, for people: why each waits, what was
 * said at each attempt, when the next one is, and what would help; or as JSON.
 */
#ifndef CLI_QUEUE_SHOW_H
#define CLI_QUEUE_SHOW_H

#include <stdbool.h>

#include "base/error.h"
#include "cli/options.h"

/* The exit status is EX_NOINPUT where a mail is not there. */
bool queue_show_print(const struct options *options, struct mode_result *result,
    struct error *err);

#endif
