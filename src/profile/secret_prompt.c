/* A secret from the terminal. */
#include "profile/secret_line.h"

#include <fcntl.h>
#include <stdlib.h>
#include <termios.h>
#include <unistd.h>

#include "base/utf8.h"
#include "base/wait.h"

#define SOURCE "the terminal"

static void
tell(int terminal, struct span text)
{
	while (text.len > 0) {
		ssize_t sent = write(terminal, text.at, text.len);

		if (sent <= 0)
			return;
		text = span_skip(text, (size_t)sent);
	}
}

static void
tell_prompt(int terminal, const char *user, const char *host)
{
	struct buf prompt = {0};

	buf_add_text(&prompt, "Password for ");
	utf8_add_masked(&prompt, span_from(user));
	buf_add_text(&prompt, " at ");
	utf8_add_masked(&prompt, span_from(host));
	buf_add_text(&prompt, ": ");
	tell(terminal, buf_span(&prompt));
	buf_free(&prompt);
}

/*
 * TERM, INT and HUP break the wait off (wait.h), and the terminal is put back
 * then; QUIT and SUSP, which would end or stop the program while nothing is
 * echoed, are no keys meanwhile.
 */
bool
secret_from_prompt(struct buf *secret, const char *user, const char *host,
    struct error *err)
{
	int terminal = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC);
	struct termios before, quiet;
	bool done;

	*err = (struct error){0};
	if (terminal < 0)
		return false;
	if (tcgetattr(terminal, &before) < 0) {
		close(terminal);
		return false;
	}
	quiet = before;
	quiet.c_lflag &= ~(tcflag_t)(ECHO | ECHOE | ECHOK | ECHONL);
	quiet.c_lflag |= ICANON | ISIG;
	quiet.c_cc[VQUIT] = _POSIX_VDISABLE;
	quiet.c_cc[VSUSP] = _POSIX_VDISABLE;
	if (tcsetattr(terminal, TCSAFLUSH, &quiet) < 0) {
		close(terminal);
		return false;
	}
	tell_prompt(terminal, user, host);
	done = secret_read_line(secret, terminal, SOURCE, DEADLINE_NEVER, err);
	tcsetattr(terminal, TCSAFLUSH, &before);
	tell(terminal, SPAN("\n"));
	close(terminal);
	if (!done)
		err->kind = ERROR_TEMPORARY; /* typed otherwise, it may do */
	return done;
}
