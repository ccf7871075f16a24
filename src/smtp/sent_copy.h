/*
 * The copy of a message that was sent (setting sent-copy), in a Maildir or in a
 * mailbox file. One copy is made of each mail; the caller decides when.
 */
#ifndef SMTP_SENT_COPY_H
#define SMTP_SENT_COPY_H

#include <stdbool.h>

#include "base/error.h"
#include "smtp/submission.h"

/*
 * Whether the profile asks for a copy, and a server has now taken the mail for
 * the first recipients of this envelope.
 */
bool sent_copy_is_due(
    const struct profile *profile, const struct envelope *envelope);
/* Whether the profile asks for a copy, and nobody has the mail yet. */
bool sent_copy_is_left(
    const struct profile *profile, const struct envelope *envelope);
/*
 * Makes the copy: the message as it was sent, with LF line ends, marked as read
 * and, with sent-copy-bcc, with a Bcc field. It is on disk when this returns.
 * False: there is none, and *err says why.
 */
bool sent_copy_of(const struct submission *submission,
    const struct envelope *envelope, struct error *err);

#endif
