/*
 * The file holds "77 1796000000", a line feed and the text of the error. If it
 * cannot be written, the service is asked once more than needed; so no failure
 * is reported.
 */
#include "oauth/login_pause.h"

#include <string.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/calendar.h"

void
login_pause_begin(int fd, int64_t seconds, const struct error *why)
{
	struct buf text = {0};

	if (seconds > LOGIN_PAUSE_MAX)
		seconds = LOGIN_PAUSE_MAX;
	buf_add_format(&text, "%d %lld\n%s", error_exit_status(why->kind),
	    (long long)(time(NULL) + seconds), why->text);
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
	struct span rest, line, status;
	uint64_t number, until;

	*pause = (struct login_pause){0};
	if (got <= 0)
		return false;
	rest = (struct span){text, (size_t)got};
	line = span_head(rest, span_find(rest, '\n'));
	rest = span_skip(rest, line.len + 1);
	status = span_head(line, span_find(line, ' '));
	if (!span_number(status, EX_CONFIG, &number) ||
	    !span_number(
		span_skip(line, status.len + 1), CALENDAR_MAX, &until) ||
	    span_find(rest, '\0') < rest.len)
		return false;
	pause->until = (int64_t)until;
	return !error_set(&pause->why,
	    number == EX_NOPERM	      ? ERROR_LOGIN
		: number == EX_CONFIG ? ERROR_CONFIG
				      : ERROR_TEMPORARY,
	    "%.*s", (int)rest.len, rest.at);
}

bool
login_pause_lasts(const struct login_pause *pause)
{
	int64_t now = time(NULL);

	/* A clock that was set back must not make it longer. */
	return now < pause->until && pause->until <= now + LOGIN_PAUSE_MAX;
}
