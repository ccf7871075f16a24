/* Prints points in time, which are in seconds since 1970. */
#ifndef BASE_CALENDAR_H
#define BASE_CALENDAR_H

#include <stdint.h>

#include "base/buf.h"

/* No time that is read from elsewhere may be later. */
#define CALENDAR_MAX ((uint64_t)1 << 40)

/* Adds "2025-11-29T10:32:25Z"; false where there is no such form of it. */
bool calendar_add_utc(struct buf *out, int64_t time);
/* Adds the day in UTC, "2025-11-29". */
void calendar_add_date(struct buf *out, int64_t time);
/* Adds "Sat Nov 29 10:32:25" in the local zone, in English. */
void calendar_add_local(struct buf *out, int64_t time);
/* The same without the seconds. */
void calendar_add_minute(struct buf *out, int64_t time);
/* Adds "5 days", "1 hour", "40 seconds": whole numbers of the largest unit. */
void calendar_add_span(struct buf *out, int64_t seconds);

#endif
