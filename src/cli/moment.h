/*
 * A time in words, for --at: RFC 3339, or in the local zone "YYYY-MM-DD HH:MM",
 * "HH:MM" (the next one) and "tomorrow HH:MM".
 */
#ifndef CLI_MOMENT_H
#define CLI_MOMENT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/text.h"

/*
 * The time in seconds since 1970, as it is understood at `now`. NULL and
 * *moment, which is later than now; else why it cannot be used (static).
 */
const char *moment_read(struct span text, int64_t now, int64_t *moment);
/* Adds "2026-12-01 09:00:00 +0100 (CET)", in the local zone. */
void moment_add(struct buf *out, int64_t moment);

#endif
