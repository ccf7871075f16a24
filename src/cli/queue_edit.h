/*
 * --queue-hold, --queue-release and --queue-remove: mail of the queue changed
 * by hand. Each mail is changed by its owner, under its lock. More than one
 * mail, and every removal, needs consent, at a terminal or by --yes.
 */
#ifndef CLI_QUEUE_EDIT_H
#define CLI_QUEUE_EDIT_H

#include <stdbool.h>

#include "base/error.h"
#include "cli/options.h"

/*
 * By options->mode. The exit status is EX_NOINPUT where a mail is not there,
 * and EX_TEMPFAIL where one is being sent or could not be changed.
 */
bool queue_edit_run(const struct options *options, struct mode_result *result,
    struct error *err);

#endif
