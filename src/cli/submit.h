/*
 * The default mode: submits one message to the server, prints the report and
 * writes the log. And -bv, which only asks the server about the recipients.
 */
#ifndef CLI_SUBMIT_H
#define CLI_SUBMIT_H

#include <stdbool.h>

#include "cli/options.h"

/*
 * False, with err, if it fails before the first connection. Afterwards it is
 * true, and the exit status says what became of the recipients.
 */
bool submit_run(const struct options *options, struct mode_result *result,
    struct error *err);
/*
 * -bv: the same without a message; the transaction ends after RCPT. Of standard
 * input it reads at most a list of recipients.
 */
bool submit_verify(const struct options *options, struct mode_result *result,
    struct error *err);

#endif
