/* The default mode: submit one message, or show what would be submitted. */
#ifndef CLI_POST_H
#define CLI_POST_H

#include <stdbool.h>

#include "base/error.h"
#include "cli/options.h"
#include "cli/outgoing.h"

/*
 * Everything before the wire can fail: false, with err. After it, true and
 * *exit_status. *input_read: standard input need not be drained any more.
 */
bool post_run(const struct options *options, int *exit_status, bool *input_read,
    struct error *err);
/*
 * What ended a submission before the wire, as the report has it. Modes that
 * only print go by --report alone.
 */
void post_tell_failure(const struct outgoing *prepared,
    const struct options *options, const struct error *err);
/* From the wire on; without a message the recipients are only asked about. */
bool post_submit(struct outgoing *prepared, const struct options *options,
    int *exit_status, struct error *err);

/* -bv: asks the server about recipients, and sends no message. */
/* As post_run; reads nothing from standard input but a file of recipients. */
bool post_verify(const struct options *options, int *exit_status,
    bool *input_read, struct error *err);

/*
 * --check-message: prints what would be changed in a message on its way, and
 * what strict servers refuse in it, a line for each thing. Nothing is
 * connected.
 */
/* `wants_diff`: the changes as a diff; in text, nothing else. */
bool check_message_print(const struct outgoing *prepared, enum report_form form,
    bool wants_diff, struct error *err);

#endif
