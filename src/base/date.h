/*
 * The dates of RFC 5322 section 3.3: writes the value of a Date field in the
 * local time zone, and finds a date in other text.
 */
#ifndef BASE_DATE_H
#define BASE_DATE_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#include "base/buf.h"
#include "base/text.h"

/* Adds "Sun, 22 Nov 2026 01:02:03 +0000", with English names in any locale. */
void date_add(struct buf *out, time_t now);
/*
 * Sets *moment, in seconds since 1970, to the first date in the text that names
 * its time zone. False: there is none. The name of the day may be wrong or
 * missing, and so may the seconds.
 */
bool date_find(struct span text, int64_t *moment);

#endif
