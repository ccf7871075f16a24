/*
 * Whether a spool may take one more mail: what the setting max-queue allows,
 * and what must stay free on the disk for records and notifications.
 */
#ifndef SPOOL_ROOM_H
#define SPOOL_ROOM_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"
#include "profile/queue_policy.h"
#include "spool/folder.h"

/*
 * Whether there is room for a mail of this size that this user hands over. A
 * user who is not the owner of the spool may fill half of it. False with a
 * temporary error that has both numbers. Notifications are not limited.
 */
bool room_check(const struct folder *folder, const struct queue_limit *limit,
    uid_t uid, uint64_t octets, struct error *err);
/* Adds "12.3 MiB" or "512 octets". */
void room_add_size(struct buf *out, uint64_t octets);

#endif
