/*
 * Writes the value of a Date field: RFC 5322 section 3.3, in the local time
 * zone.
 */
#ifndef FIXUP_DATE_H
#define FIXUP_DATE_H

#include <time.h>

#include "base/buf.h"

/* Adds "Sun, 22 Nov 2026 01:02:03 +0000", with English names in any locale. */
void date_add(struct buf *out, time_t now);

#endif
