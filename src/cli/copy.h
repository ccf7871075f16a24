/* Keeps the copy of a mail that a submission has sent (sent-copy). */
#ifndef CLI_COPY_H
#define CLI_COPY_H

#include "cli/options.h"
#include "smtp/submission.h"

/*
 * Makes the copy, if one is due. If that fails, a warning goes to the log and
 * as smtpost to standard error: the mail itself was sent.
 */
void copy_keep(const struct submission *submission,
    const struct envelope *envelope, const struct options *options);

#endif
