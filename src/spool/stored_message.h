/*
 * The message of a waiting mail, as ID.eml has it: the header with all changes
 * that no server needs (added fields, header policy, no Bcc), then the body,
 * octet by octet as it was read. What depends on a server is planned again when
 * the mail is sent. So each attempt sends the same octets as the first one.
 */
#ifndef SPOOL_STORED_MESSAGE_H
#define SPOOL_STORED_MESSAGE_H

#include <stdbool.h>

#include "base/error.h"
#include "message/message.h"
#include "message/plan.h"
#include "spool/add.h"

/*
 * Writes the message as the content of `add`, which has begun. The plan is the
 * one of fixup_plan. False with ERROR_TEMPORARY: the source of the message has
 * changed, the header has become too large to be read again, or the disk takes
 * no more; add_abandon is next.
 */
bool stored_message_write(struct add *add, const struct message *message,
    const struct plan *plan, struct error *err);
/*
 * Reads it back from the content file, whose offset this moves; the file stays
 * open as long as the message. NULL with an error as from message_read.
 */
struct message *stored_message_read(int content, struct error *err);
/*
 * Plans it for a server that takes 8-bit content; the other plans are made
 * from this one. `repairs` is the setting repair. Errors are those of
 * fixup_plan.
 */
bool stored_message_plan(struct plan *plan, const struct message *message,
    bool repairs, struct error *err);

#endif
