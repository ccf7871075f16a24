/*
 * The clock of a spool: seconds that stand still while nobody could try to
 * send. Mail ages by it, so neither a laptop that slept for a month nor a
 * clock that jumped makes mail expire.
 */
#ifndef SPOOL_CLOCK_H
#define SPOOL_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

#include "spool/folder.h"

/*
 * Its time; 0 for a new spool. False with errno if the file cannot be read;
 * *shows is 0 then, which would make new mail seem very old.
 */
bool clock_read(const struct folder *folder, int64_t *shows);
/*
 * When a timer, cron or a person ran the queue last, but not a child of a
 * submission; in seconds since 1970. 0: not known.
 */
int64_t clock_last_runner(const struct folder *folder);
/*
 * Called at the beginning of a run: adds the time since the last run, at most 8
 * hours and never less than 0. `now` is in seconds since 1970; *shows is the
 * time that the clock then has. False with errno if the file cannot be read: it
 * stays as it is.
 */
bool clock_advance(
    const struct folder *folder, int64_t now, bool is_runner, int64_t *shows);

#endif
