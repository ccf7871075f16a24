/*
 * Chooses between terminal and askpass program as ssh(1) does, also by
 * SSH_ASKPASS_REQUIRE. The terminal's state is restored however the prompt
 * ends.
 */
#include "profile/secret_prompt.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "base/environment.h"
#include "base/program.h"
#include "base/utf8.h"
#include "base/wait.h"
#include "profile/secret_line.h"

#define TERMINAL "the terminal"
#define PROGRAM "the askpass program"

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

static int
open_terminal(void)
{
	return open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC);
}

/*
 * TERM, INT and HUP end the wait (base/signals.h), so the terminal can be
 * restored. The keys for QUIT and SUSP are off meanwhile, because they would
 * end or stop the program while the terminal does not echo.
 */
static enum prompt_result
ask_terminal(struct buf *secret, int terminal, const char *what,
    const char *prompt, struct error *err)
{
	struct termios before, quiet;
	struct buf data = {.max = SECRET_READ_MAX};
	bool done;

	if (tcgetattr(terminal, &before) < 0)
		return PROMPT_IMPOSSIBLE;
	quiet = before;
	quiet.c_lflag &= ~(tcflag_t)(ECHO | ECHOE | ECHOK | ECHONL);
	quiet.c_lflag |= ICANON | ISIG;
	quiet.c_cc[VQUIT] = _POSIX_VDISABLE;
	quiet.c_cc[VSUSP] = _POSIX_VDISABLE;
	if (tcsetattr(terminal, TCSAFLUSH, &quiet) < 0)
		return PROMPT_IMPOSSIBLE;
	do {
		buf_clear(&data);
		tell(terminal, span_from(prompt));
		done = secret_line_add_data(
		    &data, terminal, what, TERMINAL, DEADLINE_NEVER, err);
		tell(terminal, SPAN("\n"));
	} while (done && data.len > 0 && data.data[0] == '\n');
	tcsetattr(terminal, TCSAFLUSH, &before);
	done = done &&
	    secret_line_take(
		secret, buf_span(&data), what, TERMINAL, ERROR_TEMPORARY, err);
	buf_wipe(&data);
	if (done)
		return PROMPT_READ;
	err->kind = ERROR_TEMPORARY; /* a second attempt may be right */
	return PROMPT_FAILED;
}

/* The askpass program to use; NULL: none. */
static const char *
find_program(bool has_terminal)
{
	const char *program = environment_get_text("SMTPOST_ASKPASS");
	struct span require =
	    span_from(environment_get_text("SSH_ASKPASS_REQUIRE"));

	if (program == NULL)
		program = environment_get_text("SSH_ASKPASS");
	if (span_equal_nocase(require, SPAN("never")))
		return NULL;
	if (span_equal_nocase(require, SPAN("force")))
		return program;
	if (environment_get_text("DISPLAY") == NULL &&
	    environment_get_text("WAYLAND_DISPLAY") == NULL)
		return NULL;
	return has_terminal && !span_equal_nocase(require, SPAN("prefer"))
	    ? NULL
	    : program;
}

static bool
can_run(const char *path, struct error *err)
{
	const char *why = NULL;
	char *shown;

	if (path[0] != '/')
		why = "it is no absolute path";
	else if (access(path, X_OK) < 0)
		why = strerror(errno);
	if (why == NULL)
		return true;
	shown = utf8_masked(span_from(path));
	error_set(err, ERROR_CONFIG,
	    "cannot run the askpass program %s: %s\n"
	    "hint: SMTPOST_ASKPASS or SSH_ASKPASS names it",
	    shown, why);
	free(shown);
	return false;
}

static enum prompt_result
ask_program(struct buf *secret, const char *path, const char *what,
    const char *prompt, struct error *err)
{
	const char *const arguments[] = {path, prompt, NULL};
	const struct program program = {
	    .arguments = arguments, .milliseconds = SECRET_MILLISECONDS};
	struct error why = {0};
	struct buf output;
	bool done;

	if (!can_run(path, err))
		return PROMPT_FAILED;
	buf_init_secret(&output, SECRET_READ_MAX);
	if (program_run(&program, &output, &why)) {
		done = secret_line_take(secret, buf_span(&output), what,
		    PROGRAM, ERROR_TEMPORARY, err);
	} else {
		char *shown = utf8_masked(span_from(why.text));

		done = error_set(
		    err, why.kind, "no %s was given: %s", what, shown);
		free(shown);
	}
	buf_wipe(&output);
	return done ? PROMPT_READ : PROMPT_FAILED;
}

const char *
secret_prompt_way(void)
{
	int terminal = open_terminal();
	bool has_terminal = terminal >= 0;

	if (has_terminal)
		close(terminal);
	if (find_program(has_terminal) != NULL)
		return PROGRAM;
	return has_terminal ? TERMINAL : NULL;
}

enum prompt_result
secret_prompt_ask(
    struct buf *secret, const char *what, const char *prompt, struct error *err)
{
	int terminal = open_terminal();
	const char *program = find_program(terminal >= 0);
	enum prompt_result result = PROMPT_IMPOSSIBLE;

	if (program != NULL)
		result = ask_program(secret, program, what, prompt, err);
	else if (terminal >= 0)
		result = ask_terminal(secret, terminal, what, prompt, err);
	if (terminal >= 0)
		close(terminal);
	return result;
}

void
secret_prompt_add_login(struct buf *prompt, const char *user, const char *host)
{
	buf_add_text(prompt, "Password for ");
	utf8_add_masked(prompt, span_from(user));
	buf_add_text(prompt, " at ");
	utf8_add_masked(prompt, span_from(host));
	buf_add_text(prompt, ": ");
}
