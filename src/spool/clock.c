/*
 * The spool's clock, one line in the file `clock`: what it shows, and when the
 * last run was. It is replaced by a rename without a sync, since losing the
 * last step only makes mail a little younger.
 */
#include "spool/clock.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

#include "base/durable.h"
#include "base/text.h"

#define STEP_MAX ((int64_t)8 * 60 * 60)

/* False where there is no clock, or none that can be read. */
static bool
read_clock(const struct folder *folder, uint64_t *shows, uint64_t *last)
{
	char line[64];
	struct span rest = {line, 0}, word;
	ssize_t got;
	int fd = openat(folder->top, "clock",
	    O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);

	if (fd < 0)
		return false;
	got = read(fd, line, sizeof(line));
	close(fd);
	if (got <= 0)
		return false;
	rest.len = (size_t)got;
	return span_next_word(&rest, " \n", &word) &&
	    span_number(word, INT64_MAX / 2, shows) &&
	    span_next_word(&rest, " \n", &word) &&
	    span_number(word, INT64_MAX / 2, last);
}

int64_t
clock_read(const struct folder *folder)
{
	uint64_t shows = 0, last;

	return read_clock(folder, &shows, &last) ? (int64_t)shows : 0;
}

int64_t
clock_last_run(const struct folder *folder)
{
	uint64_t shows, last = 0;

	return read_clock(folder, &shows, &last) ? (int64_t)last : 0;
}

static void
write_clock(const struct folder *folder, int64_t shows, int64_t now)
{
	char line[64], name[64];
	int len = snprintf(
	    line, sizeof(line), "%" PRId64 " %" PRId64 "\n", shows, now);
	bool done;
	int fd;

	snprintf(name, sizeof(name), "clock.%ld", (long)getpid());
	fd = openat(folder->top, name,
	    O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0)
		return;
	done = durable_write(fd, line, (size_t)len);
	if (!durable_close(fd) || !done ||
	    renameat(folder->top, name, folder->top, "clock") < 0)
		unlinkat(folder->top, name, 0);
}

int64_t
clock_advance(const struct folder *folder, int64_t now)
{
	uint64_t shows = 0, last = 0;
	int64_t step = 0;

	if (read_clock(folder, &shows, &last))
		step = now - (int64_t)last;
	if (step < 0)
		step = 0;
	if (step > STEP_MAX)
		step = STEP_MAX;
	write_clock(folder, (int64_t)shows + step, now);
	return (int64_t)shows + step;
}
