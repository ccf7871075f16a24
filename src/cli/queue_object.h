/* A mail of the queue as a JSON object, with the keys of smtpost-queue(7). */
#ifndef CLI_QUEUE_OBJECT_H
#define CLI_QUEUE_OBJECT_H

#include <stdint.h>

#include "base/buf.h"
#include "cli/queue_places.h"

/*
 * Prints the object and a line feed on standard output. `more`, members that
 * begin with a comma, is put at its end and cleared; NULL: nothing.
 */
void queue_object_print(const struct queue_mail *mail, struct buf *more);
/* "mail" or "notification". */
const char *queue_object_kind(const struct listing *listing);
/* Its age in seconds, never less than 0. */
int64_t queue_object_age(const struct queue_mail *mail);

#endif
