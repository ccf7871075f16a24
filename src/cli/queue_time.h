/* How the modes of the queue print points in time, in seconds since 1970. */
#ifndef CLI_QUEUE_TIME_H
#define CLI_QUEUE_TIME_H

#include <stdint.h>

#include "base/buf.h"

/* Adds "2025-11-29T10:32:25Z"; false where there is no such form of it. */
bool queue_time_add_utc(struct buf *out, int64_t time);
/* Adds "Sat Nov 29 10:32:25" in the local zone, in English. */
void queue_time_add_local(struct buf *out, int64_t time);
/* The same without the seconds. */
void queue_time_add_minute(struct buf *out, int64_t time);
/* Adds "5 days", "1 hour", "40 seconds": whole numbers of the largest unit. */
void queue_time_add_span(struct buf *out, int64_t seconds);

#endif
