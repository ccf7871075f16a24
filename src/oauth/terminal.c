/*
 * Reads without the line editor of the terminal, which would cut an address
 * after 4095 octets. ^C still sends its signal, which ends every wait.
 */
#include "oauth/terminal.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/mem.h"
#include "oauth/redirect.h"

enum { END_OF_FILE = 4, BACKSPACE = 8, KILL_LINE = 21, DELETE = 127 };

bool
terminal_open(struct terminal *terminal)
{
	struct termios quiet;

	*terminal = (struct terminal){.fd = -1};
	buf_init_secret(&terminal->typed, REDIRECT_MAX);
	terminal->fd =
	    open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK);
	if (terminal->fd < 0)
		return false;
	/* A process in the background would be stopped here. */
	if (tcgetpgrp(terminal->fd) == getpgrp() &&
	    tcgetattr(terminal->fd, &terminal->before) == 0) {
		quiet = terminal->before;
		quiet.c_lflag &=
		    ~(tcflag_t)(ECHO | ECHOE | ECHOK | ECHONL | ICANON);
		quiet.c_lflag |= ISIG;
		quiet.c_iflag &= ~(tcflag_t)(IGNCR | INLCR);
		quiet.c_iflag |= ICRNL;
		quiet.c_cc[VMIN] = 1;
		quiet.c_cc[VTIME] = 0;
		quiet.c_cc[VQUIT] = _POSIX_VDISABLE;
		quiet.c_cc[VSUSP] = _POSIX_VDISABLE;
		if (tcsetattr(terminal->fd, TCSANOW, &quiet) == 0)
			return true;
	}
	close(terminal->fd);
	terminal->fd = -1;
	return false;
}

static enum terminal_result
take(struct terminal *terminal, char c, struct buf *line)
{
	struct buf *typed = &terminal->typed;
	bool is_cut = typed->full;

	switch (c) {
	case '\n':
		buf_clear(line);
		if (!is_cut)
			buf_add_span(line, buf_span(typed));
		buf_clear(typed);
		return is_cut ? TERMINAL_TOO_LONG : TERMINAL_LINE;
	case END_OF_FILE:
		return TERMINAL_CLOSED;
	case BACKSPACE:
	case DELETE:
		typed->len -= typed->len > 0;
		return TERMINAL_MORE;
	case KILL_LINE:
		buf_clear(typed);
		return TERMINAL_MORE;
	default:
		buf_add_char(typed, c);
		return TERMINAL_MORE;
	}
}

enum terminal_result
terminal_read(struct terminal *terminal, struct buf *line)
{
	char c = '\0';
	ssize_t got;
	enum terminal_result result = TERMINAL_MORE;

	while (result == TERMINAL_MORE &&
	    (got = read(terminal->fd, &c, 1)) != -1) {
		if (got == 0)
			return TERMINAL_CLOSED;
		result = take(terminal, c, line);
	}
	mem_wipe(&c, 1);
	if (result == TERMINAL_MORE && errno != EAGAIN && errno != EINTR)
		return TERMINAL_CLOSED;
	return result;
}

void
terminal_close(struct terminal *terminal)
{
	if (terminal->fd >= 0) {
		/* What is typed but not read is not for the shell. */
		tcsetattr(terminal->fd, TCSAFLUSH, &terminal->before);
		close(terminal->fd);
	}
	terminal->fd = -1;
	buf_wipe(&terminal->typed);
}
