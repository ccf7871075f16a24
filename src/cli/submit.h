/*
 * The default mode, which submits one message to the server, prints the report
 * and writes the log; and -bv, which only asks the server about the recipients.
 */
#ifndef CLI_SUBMIT_H
#define CLI_SUBMIT_H

#include <stdbool.h>

#include "cli/options.h"
#include "compose/composition.h"

/*
 * False, with err, if it fails before the first connection. Otherwise true, and
 * the exit status follows from the outcomes of the recipients.
 */
bool submit_run(const struct options *options, struct mode_result *result,
    struct error *err);
/*
 * The same for a message whose composition the caller has begun, as
 * outgoing_prepare takes it; it is freed in any case.
 */
bool submit_composed(struct composition *composition,
    const struct options *options, struct mode_result *result,
    struct error *err);
/*
 * -bv: the same without a message; the transaction ends after RCPT. It reads
 * standard input only if that is the list of recipients.
 */
bool submit_verify(const struct options *options, struct mode_result *result,
    struct error *err);

#endif
