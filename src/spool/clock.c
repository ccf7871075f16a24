/*
 * Keeps the clock of the spool in one line of the file `clock`: its time, when
 * the last run was, and when the last run was that no submission had started.
 * The file is replaced by a rename, which is not synced: losing the last step
 * only makes mail a little younger. But the new file is: one that came back
 * empty after a power cut would set the clock to 0, and mail that waits would
 * never get old.
 */
#include "spool/clock.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>

#include "base/text.h"

#define STEP_MAX ((int64_t)8 * 60 * 60)

struct times {
	uint64_t shows, last, runner; /* seconds */
};

/*
 * All zero where there is no clock, or no line of one. False with errno if the
 * file cannot be read: then nobody may take it for a new clock.
 */
static bool
read_clock(const struct folder *folder, struct times *times)
{
	char line[96];
	struct span rest = {line, 0}, word;
	ssize_t got =
	    folder_read_file(folder->top, "clock", line, sizeof(line));

	*times = (struct times){0};
	if (got < 0)
		return errno == ENOENT;
	rest.len = (size_t)got;
	if (!span_next_word(&rest, " \n", &word) ||
	    !span_number(word, INT64_MAX / 2, &times->shows) ||
	    !span_next_word(&rest, " \n", &word) ||
	    !span_number(word, INT64_MAX / 2, &times->last) ||
	    !span_next_word(&rest, " \n", &word) ||
	    !span_number(word, INT64_MAX / 2, &times->runner))
		*times = (struct times){0};
	return true;
}

bool
clock_read(const struct folder *folder, int64_t *shows)
{
	struct times times;
	bool done = read_clock(folder, &times);

	*shows = (int64_t)times.shows;
	return done;
}

int64_t
clock_last_runner(const struct folder *folder)
{
	struct times times;

	read_clock(folder, &times);
	return (int64_t)times.runner;
}

static void
write_clock(const struct folder *folder, const struct times *times)
{
	char line[96];
	int len = snprintf(line, sizeof(line),
	    "%" PRIu64 " %" PRIu64 " %" PRIu64 "\n", times->shows, times->last,
	    times->runner);

	/* If it fails, mail only stays a little younger. */
	folder_write_file(
	    folder->top, "clock", (struct span){line, (size_t)len}, true);
}

bool
clock_advance(
    const struct folder *folder, int64_t now, bool is_runner, int64_t *shows)
{
	struct times times;
	int64_t step;

	if (!read_clock(folder, &times))
		return false;
	step = times.last > 0 ? now - (int64_t)times.last : 0;
	if (step < 0)
		step = 0;
	if (step > STEP_MAX)
		step = STEP_MAX;
	times.shows += (uint64_t)step;
	times.last = now > 0 ? (uint64_t)now : 0;
	if (is_runner)
		times.runner = times.last;
	write_clock(folder, &times);
	*shows = (int64_t)times.shows;
	return true;
}
