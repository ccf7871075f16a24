/*
 * The part of a notification for programs: message/delivery-status (RFC 3464)
 * or, for addresses beyond ASCII, message/global-delivery-status (RFC 6533).
 */
#ifndef SPOOL_NOTIFICATION_STATUS_H
#define SPOOL_NOTIFICATION_STATUS_H

#include <stdbool.h>

#include "message/message.h"
#include "spool/notification.h"

/*
 * Writes the fields, one block for the mail and one for each recipient, without
 * the header of the part. The text is ASCII unless notification_is_global. No
 * more memory is used than one recipient needs. False: the sink refused it.
 */
bool notification_status_write(
    const struct notification *notification, const struct message_sink *sink);

#endif
