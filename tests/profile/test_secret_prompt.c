/* The prompt on a terminal of the test's own, and askpass programs. */
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
#include "profile/secret_prompt.h"

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
	struct buf secret = {0}, prompt = {0};
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
	secret_prompt_add_login(&prompt, "me\033", "mail.example");
	result =
	    secret_prompt_ask(&secret, "password", buf_text(&prompt), &err);
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
		_exit(secret_prompt_ask(&secret, "password", "a", &err) ==
			    PROMPT_IMPOSSIBLE
			? CHILD_DONE
			: CHILD_WRONG);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), CHILD_DONE);
}

/* Which way is chosen; NULL: a variable is not set. */
struct way_row {
	const char *name, *own, *ssh, *display, *wayland, *require, *way;
};

#define PROGRAM "the askpass program"

static const struct way_row ways[] = {
    {"no display", "/a", "/b", NULL, NULL, NULL, NULL},
    {"a display", "/a", NULL, ":0", NULL, NULL, PROGRAM},
    {"an empty display", "/a", NULL, "", NULL, NULL, NULL},
    {"Wayland", "/a", NULL, NULL, "wayland-0", NULL, PROGRAM},
    {"the program of ssh", NULL, "/b", ":0", NULL, NULL, PROGRAM},
    {"an empty name", "", "/b", ":0", NULL, NULL, PROGRAM},
    {"no program", NULL, NULL, ":0", NULL, NULL, NULL},
    {"never", "/a", NULL, ":0", NULL, "never", NULL},
    {"force without a display", "/a", NULL, NULL, NULL, "force", PROGRAM},
    {"force without a program", NULL, NULL, NULL, NULL, "force", NULL},
    {"prefer without a display", "/a", NULL, NULL, NULL, "prefer", NULL},
    {"prefer with a display", "/a", NULL, ":0", NULL, "Prefer", PROGRAM},
};

static void
set_variable(const char *name, const char *value)
{
	if (value != NULL)
		setenv(name, value, 1);
	else
		unsetenv(name);
}

static void
set_variables(const struct way_row *row)
{
	set_variable("SMTPOST_ASKPASS", row->own);
	set_variable("SSH_ASKPASS", row->ssh);
	set_variable("DISPLAY", row->display);
	set_variable("WAYLAND_DISPLAY", row->wayland);
	set_variable("SSH_ASKPASS_REQUIRE", row->require);
}

/* Runs `work` in a session without a terminal; it gives an exit status. */
static int
run_alone(int (*work)(const void *row), const void *row)
{
	pid_t child = fork();
	int status = 0;

	if (child == 0) {
		setsid();
		_exit(work(row));
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static int
choose(const void *context)
{
	const struct way_row *row = context;
	const char *way;

	set_variables(row);
	way = secret_prompt_way();
	if (way == NULL || row->way == NULL)
		return way == row->way ? CHILD_DONE : CHILD_WRONG;
	return strcmp(way, row->way) == 0 ? CHILD_DONE : CHILD_WRONG;
}

static void
test_way(void **state)
{
	assert_int_equal(run_alone(choose, *state), CHILD_DONE);
}

/* What a program does, as a shell script; NULL: there is none. */
struct program_row {
	const char *name, *script, *secret, *says;
	enum error_kind kind;
};

static const struct program_row programs[] = {
    {"line", "echo hunter2; echo more", "hunter2", NULL, ERROR_NONE},
    {"prompt", "test \"$#$1\" = '1A b: ' && echo yes", "yes", NULL, ERROR_NONE},
    {"none of our variables",
	"test -z \"$SMTPOST_ASKPASS$SMTPOST_PASSWORD\" && echo yes", "yes",
	NULL, ERROR_NONE},
    {"cancelled", "echo hunter2; exit 1", NULL, "exit status 1",
	ERROR_TEMPORARY},
    {"killed", "kill -9 $$", NULL, "ended by a signal", ERROR_TEMPORARY},
    {"nothing", ":", NULL, "its first line is empty", ERROR_TEMPORARY},
    {"endless",
	"while :; do echo; echo aaaaaaaaaaaaaaaaaaaaaaaa; done | "
	"head -c 300000; exit 3",
	NULL, "exit status 3", ERROR_TEMPORARY},
    {"no program", NULL, NULL, "No such file", ERROR_CONFIG},
};

static struct folder folder;

static int
ask(const void *context)
{
	const struct program_row *row = context;
	char *path = folder_path(&folder, "askpass");
	const struct way_row environment = {.own = path, .display = ":0"};
	struct buf secret = {0}, script = {0};
	struct error err = {0};
	enum prompt_result result;

	set_variables(&environment);
	setenv("SMTPOST_PASSWORD", "hunter3", 1);
	unlink(path);
	if (row->script != NULL) {
		buf_add_format(&script, "#!/bin/sh\n%s\n", row->script);
		folder_write(&folder, "askpass", 0700, buf_text(&script));
	}
	signals_catch();
	result = secret_prompt_ask(&secret, "password", "A b: ", &err);
	if (result != (row->secret != NULL ? PROMPT_READ : PROMPT_FAILED))
		return CHILD_WRONG;
	if (row->secret != NULL)
		return strcmp(buf_text(&secret), row->secret) == 0
		    ? CHILD_DONE
		    : CHILD_WRONG;
	return err.kind == row->kind && strstr(err.text, row->says) != NULL &&
		strstr(err.text, "hunter") == NULL
	    ? CHILD_DONE
	    : CHILD_REFUSED;
}

static void
test_program(void **state)
{
	folder_make(&folder);
	assert_int_equal(run_alone(ask, *state), CHILD_DONE);
	folder_remove(&folder);
}

static int
ask_by_name(const void *context)
{
	const struct way_row environment = {.own = "askpass", .display = ":0"};
	struct buf secret = {0};
	struct error err = {0};

	(void)context;
	set_variables(&environment);
	return secret_prompt_ask(&secret, "password", "a", &err) ==
		    PROMPT_FAILED &&
		err.kind == ERROR_CONFIG
	    ? CHILD_DONE
	    : CHILD_WRONG;
}

/* The program in the current folder could be anybody's. */
static void
test_relative(void **state)
{
	(void)state;
	assert_int_equal(run_alone(ask_by_name, NULL), CHILD_DONE);
}

int
main(void)
{
	static const struct way_row none = {0};
	struct rows all = {0};

	set_variables(&none);
	rows_add(&all, "prompt", prompts, ROWS(prompts), test_prompt);
	rows_add_one(&all, "no terminal", test_no_terminal);
	rows_add(&all, "way", ways, ROWS(ways), test_way);
	rows_add(&all, "program", programs, ROWS(programs), test_program);
	rows_add_one(&all, "relative path", test_relative);
	return rows_end(&all);
}
