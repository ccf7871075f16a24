/*
 * Draws a line on the terminal. The cursor stays at its beginning, where the
 * next output, or a ^C that the terminal echoes, is not mixed with a wrapped
 * line. The terminal is opened once more for this: O_NONBLOCK on standard error
 * itself would hold for all processes that share it.
 */
#include "cli/status_line.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/environment.h"
#include "base/text.h"
#include "base/wait.h"

#define NAME_MAX_OCTETS 256
#define COLUMNS_DEFAULT 80
/* On a narrower terminal nothing is drawn. */
#define COLUMNS_MIN 20
#define COLUMNS_MAX 200
/* How long a stalled terminal is waited for at the end: milliseconds. */
#define PATIENCE ((int64_t)1000)

#define ERASE "\r\033[K"

bool
status_line_open(struct status_line *line)
{
	const char *kind = environment_get_text("TERM");
	char name[NAME_MAX_OCTETS];

	*line = (struct status_line){.fd = -1};
	if (isatty(STDERR_FILENO) && kind != NULL &&
	    strcmp(kind, "dumb") != 0 &&
	    ttyname_r(STDERR_FILENO, name, sizeof(name)) == 0)
		line->fd =
		    open(name, O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	return line->fd >= 0;
}

/*
 * Whether another process group has the terminal. A terminal that does not
 * control this process has no such group.
 */
static bool
is_in_background(const struct status_line *line)
{
	pid_t group = tcgetpgrp(line->fd);

	return group > 0 && group != getpgrp();
}

static size_t
count_columns(const struct status_line *line)
{
	struct winsize size = {0};
	const char *variable;
	uint64_t columns = 0;

	if (ioctl(line->fd, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
		return size.ws_col;
	variable = environment_get("COLUMNS");
	if (variable != NULL &&
	    span_number(span_from(variable), UINT16_MAX, &columns) &&
	    columns > 0)
		return (size_t)columns;
	return COLUMNS_DEFAULT;
}

/*
 * Writes as much as the terminal takes now. SIGTTOU, which a terminal with
 * tostop sends to a process that has just got into the background, is blocked:
 * then the write goes on.
 */
static void
write_unsent(struct status_line *line)
{
	sigset_t stop, before;
	ssize_t sent;

	sigemptyset(&stop);
	sigaddset(&stop, SIGTTOU);
	sigprocmask(SIG_BLOCK, &stop, &before);
	do
		sent = write(line->fd, line->unsent.data, line->unsent.len);
	while (sent < 0 && errno == EINTR);
	sigprocmask(SIG_SETMASK, &before, NULL);
	if (sent > 0)
		buf_drop(&line->unsent, (size_t)sent);
	else if (sent < 0 && errno != EAGAIN && errno != EWOULDBLOCK)
		buf_clear(&line->unsent); /* the terminal is gone */
}

/* Whether the terminal has taken all that was drawn before. */
static bool
is_ready(struct status_line *line)
{
	if (line->unsent.len > 0 && !is_in_background(line))
		write_unsent(line);
	return line->unsent.len == 0;
}

void
status_line_draw(struct status_line *line, struct span text)
{
	size_t columns = count_columns(line);

	if (is_in_background(line)) {
		/* What was drawn scrolls away with the shell's output. */
		line->is_drawn = false;
		return;
	}
	if (!is_ready(line) || columns < COLUMNS_MIN)
		return;
	if (columns > COLUMNS_MAX)
		columns = COLUMNS_MAX;
	/* In the last column some terminals would begin a new line. */
	text = span_head(text, columns - 1);
	buf_add_char(&line->unsent, '\r');
	for (size_t i = 0; i < text.len; i++)
		buf_add_char(&line->unsent,
		    text.at[i] >= ' ' && text.at[i] <= '~' ? text.at[i] : '?');
	buf_add_text(&line->unsent, "\033[K\r");
	line->is_drawn = true;
	write_unsent(line);
}

void
status_line_clear(struct status_line *line)
{
	if (!line->is_drawn || !is_ready(line))
		return;
	line->is_drawn = false;
	if (is_in_background(line))
		return;
	buf_add_text(&line->unsent, ERASE);
	write_unsent(line);
}

void
status_line_close(struct status_line *line)
{
	int64_t deadline = deadline_in(PATIENCE);
	struct pollfd terminal = {.fd = line->fd, .events = POLLOUT};

	if (line->fd < 0)
		return;
	status_line_clear(line);
	while (line->unsent.len > 0 && !is_in_background(line) &&
	    wait_for(&terminal, 1, deadline) == WAIT_READY) {
		write_unsent(line);
		status_line_clear(line);
	}
	close(line->fd);
	buf_free(&line->unsent);
	line->fd = -1;
}
