/*
 * The file holds "77 1796000000 1795999400123" (status, end of the pause, time
 * of the failure), a line feed and the text of the error. If it cannot be
 * written, the service is asked once more than needed; so no failure is
 * reported.
 */
#include "oauth/login_pause.h"

#include <string.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/calendar.h"

int64_t
login_pause_clock(void)
{
	struct timespec now = {0, 0};

	clock_gettime(CLOCK_REALTIME, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void
login_pause_begin(int fd, int64_t seconds, const struct error *why)
{
	int64_t until;
	struct buf text = {0};

	if (seconds > LOGIN_PAUSE_MAX)
		seconds = LOGIN_PAUSE_MAX;
	until = seconds > 0 ? time(NULL) + seconds : 0;
	buf_add_format(&text, "%d %lld %lld\n%s", error_exit_status(why->kind),
	    (long long)until, (long long)login_pause_clock(), why->text);
	if (ftruncate(fd, 0) < 0 ||
	    pwrite(fd, text.data, text.len, 0) != (ssize_t)text.len)
		login_pause_end(fd);
	buf_free(&text);
}

void
login_pause_end(int fd)
{
	if (ftruncate(fd, 0) < 0)
		return; /* then it ends by itself */
}

bool
login_pause_read(int fd, struct login_pause *pause)
{
	char text[sizeof(pause->why.text) + 64];
	ssize_t got = pread(fd, text, sizeof(text), 0);
	struct span rest, line, words[3] = {0};
	uint64_t number, until, failed_at;

	*pause = (struct login_pause){0};
	if (got <= 0)
		return false;
	rest = (struct span){text, (size_t)got};
	line = span_head(rest, span_find(rest, '\n'));
	rest = span_skip(rest, line.len + 1);
	for (size_t i = 0; i < 3; i++)
		span_next_word(&line, " ", &words[i]);
	if (!span_number(words[0], EX_CONFIG, &number) ||
	    !span_number(words[1], CALENDAR_MAX, &until) ||
	    !span_number(words[2], CALENDAR_MAX * 1000, &failed_at) ||
	    line.len > 0 || span_find(rest, '\0') < rest.len)
		return false;
	pause->until = (int64_t)until;
	pause->failed_at = (int64_t)failed_at;
	return !error_set(
	    &pause->why, error_kind_of(number), "%.*s", (int)rest.len, rest.at);
}

bool
login_pause_lasts(const struct login_pause *pause)
{
	int64_t now = time(NULL);

	/* A clock that was set back must not make it longer. */
	return now < pause->until && pause->until <= now + LOGIN_PAUSE_MAX;
}

bool
login_pause_failed_since(const struct login_pause *pause, int64_t since)
{
	/* After a clock was set back, an old failure may be in the future. */
	return since <= pause->failed_at &&
	    pause->failed_at <= login_pause_clock();
}
