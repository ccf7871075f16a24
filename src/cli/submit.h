/*
 * The default mode: submits one message to the server, prints the report and
 * writes the log.
 */
#ifndef CLI_SUBMIT_H
#define CLI_SUBMIT_H

#include <stdbool.h>

#include "base/error.h"
#include "cli/options.h"
#include "cli/outgoing.h"

/*
 * False, with err, if it fails before the first connection. Afterwards it is
 * true, and the exit status says what became of the recipients.
 */
bool submit_run(const struct options *options, struct mode_result *result,
    struct error *err);

/*
 * The same for what is prepared already. Without a message it only asks the
 * server about the recipients. Prints the report, but not an error.
 */
bool submit_outgoing(struct outgoing *outgoing, const struct options *options,
    int *exit_status, struct error *err);

#endif
