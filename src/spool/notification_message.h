/*
 * A notification as a whole message: multipart/report (RFC 6522) of a text for
 * people, the status for programs, and the mail that it is about or the mail's
 * header. Its lines end in CRLF, but for those of the enclosed mail, whose
 * octets are those of its content file.
 */
#ifndef SPOOL_NOTIFICATION_MESSAGE_H
#define SPOOL_NOTIFICATION_MESSAGE_H

#include <stdbool.h>

#include "base/error.h"
#include "message/message.h"
#include "spool/add.h"
#include "spool/notification.h"

/* Of a larger mail only the header is enclosed. Nothing is ever cut. */
#define NOTIFICATION_MESSAGE_ENCLOSED_MAX ((size_t)50000)

/*
 * Writes it to the sink. Returns its Message-ID, with angle brackets, which the
 * caller frees; NULL with a temporary error if the content cannot be read, the
 * sink refuses octets, or the system gives no random numbers.
 */
char *notification_message_write(const struct notification *notification,
    const struct message_sink *sink, struct error *err);
/*
 * Writes it as the content of `add`, which has begun, and fills *made, which is
 * all-zero before: kind, parent, times, profile, and the envelope from the null
 * reverse-path to the mail's sender. add_commit is next. False with a temporary
 * error: add_abandon is next. The caller frees *made in either case.
 */
bool notification_message_add(const struct notification *notification,
    struct add *add, struct waiting *made, struct error *err);

#endif
