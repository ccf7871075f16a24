/* The prompt, on a terminal of the test's own. */
#include "base/signals.h"
#include "folder.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>

#include "base/wait.h"
#include "profile/secret_line.h"

enum {
	CHILD_DONE = 0,
	CHILD_REFUSED = 10, /* ERROR_TEMPORARY */
	CHILD_NO_TERMINAL = 11,
	CHILD_WRONG = 12,
	CHILD_ECHO_OFF = 13,
};

struct prompt_row {
	const char *name, *typed, *secret;
	int status;
};

static const struct prompt_row prompts[] = {
    {"line", "hunter2\n", "hunter2", CHILD_DONE},
    {"erased", "hunter3\1772\n", "hunter2", CHILD_DONE},
    {"empty at first", "\nhunter2\n", "hunter2", CHILD_DONE},
    {"empty, then end of file", "\n\004", NULL, CHILD_REFUSED},
    {"end of file", "\004", NULL, CHILD_REFUSED},
    {"interrupt", "hun\003", NULL, CHILD_REFUSED},
    {"suspend is no key", "a\032b\n", "a\032b", CHILD_DONE},
};

/* In a session of its own, whose terminal is the slave. */
static _Noreturn void
run_child(const char *slave, const char *secret_text)
{
	struct buf secret = {0};
	struct error err = {0};
	struct termios after;
	enum prompt_result result;
	int terminal;

	setsid();
	signal(SIGINT, SIG_DFL); /* a shell's background job ignores it */
	terminal = open(slave, O_RDWR);
	if (terminal < 0 || ioctl(terminal, TIOCSCTTY, 0) < 0)
		_exit(CHILD_WRONG);
	signals_catch();
	result = secret_line_prompt(&secret, "me\033", "mail.example", &err);
	if (tcgetattr(terminal, &after) < 0 || !(after.c_lflag & ECHO) ||
	    after.c_cc[VSUSP] == _POSIX_VDISABLE)
		_exit(CHILD_ECHO_OFF);
	if (result == PROMPT_READ)
		_exit(secret_text != NULL &&
			    strcmp(buf_text(&secret), secret_text) == 0
			? CHILD_DONE
			: CHILD_WRONG);
	_exit(result == PROMPT_FAILED && err.kind == ERROR_TEMPORARY
		? CHILD_REFUSED
		: CHILD_NO_TERMINAL);
}

/* Adds what the terminal shows until `until` stands in it. */
static void
read_until(int master, struct buf *shown, const char *until)
{
	int64_t deadline = deadline_in(10000);

	while (
	    strstr(buf_text(shown), until) == NULL && clock_now() < deadline) {
		struct pollfd poll = {.fd = master, .events = POLLIN};
		char block[256];
		ssize_t got;

		if (wait_for(&poll, 1, deadline) != WAIT_READY)
			return;
		got = read(master, block, sizeof(block));
		if (got <= 0)
			return;
		buf_add(shown, block, (size_t)got);
	}
}

static void
test_prompt(void **state)
{
	const struct prompt_row *row = *state;
	int master = posix_openpt(O_RDWR | O_NOCTTY), status = 0;
	size_t len = strlen(row->typed);
	struct buf shown = {0};
	pid_t child;

	if (master < 0)
		rows_skip("there are no pseudo-terminals");
	assert_int_equal(grantpt(master), 0);
	assert_int_equal(unlockpt(master), 0);
	child = fork();
	if (child == 0)
		run_child(ptsname(master), row->secret);
	read_until(master, &shown, "Password for me\\x1b at mail.example: ");
	assert_int_equal(write(master, row->typed, len), len);
	read_until(master, &shown, "\n");
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), row->status);
	assert_true(span_starts(buf_span(&shown),
	    SPAN("Password for me\\x1b at mail.example: \r\n")));
	assert_true(strstr(buf_text(&shown), "hunter") == NULL);
	buf_free(&shown);
	close(master);
}

/* In a session without a terminal there is no prompt, and nothing hangs. */
static void
test_no_terminal(void **state)
{
	pid_t child = fork();
	int status = 0;

	(void)state;
	if (child == 0) {
		struct buf secret = {0};
		struct error err = {0};

		setsid();
		_exit(secret_line_prompt(&secret, "a", "b", &err) ==
			    PROMPT_NO_TERMINAL
			? CHILD_DONE
			: CHILD_WRONG);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), CHILD_DONE);
}

int
main(void)
{
	struct rows all = {0};

	rows_add(&all, "prompt", prompts, ROWS(prompts), test_prompt);
	rows_add_one(&all, "no terminal", test_no_terminal);
	return rows_end(&all);
}
