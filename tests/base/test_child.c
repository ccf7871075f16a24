#include "rows.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/child.h"
#include "base/signals.h"
#include "base/wait.h"

static int
say(const void *context, int output)
{
	const char *text = context;

	if (write(output, text, strlen(text)) < 0)
		return 9;
	return 3;
}

static int
come_back(const void *context, int output)
{
	(void)context;
	(void)output;
	return 1;
}

static int
stay(const void *context, int output)
{
	(void)context;
	(void)output;
	for (;;)
		pause();
	return 1;
}

static int held[2]; /* a pipe whose end ends the process below */

/* A process that outlives the child keeps the pipe open. */
static int
leave_one_behind(const void *context, int output)
{
	char octet;

	close(held[1]);
	if (fork() == 0)
		return (int)read(held[0], &octet, 1);
	return say(context, output);
}

/* Reads until the child has ended. */
static void
attend(struct child *child, char *heard, size_t size)
{
	size_t len = 0;

	for (;;) {
		struct pollfd poll = {.fd = child->output, .events = POLLIN};
		ssize_t got;

		child_note_end(child);
		while (
		    (got = child_read(child, heard + len, size - 1 - len)) > 0)
			len += (size_t)got;
		assert_int_equal(got, 0);
		if (child->has_ended)
			break;
		poll.fd = child->output;
		assert_int_equal(
		    wait_for(&poll, child->output >= 0, deadline_in(20000)),
		    WAIT_READY);
	}
	heard[len] = '\0';
}

static void
test_output_and_status(void **state)
{
	struct child child;
	char heard[100];

	(void)state;
	signals_watch_children();
	assert_true(child_start(&child, say, "three words here"));
	attend(&child, heard, sizeof(heard));
	assert_string_equal(heard, "three words here");
	assert_true(WIFEXITED(child.status));
	assert_int_equal(WEXITSTATUS(child.status), 3);
	child_kill(&child); /* has ended: nothing to do */
	assert_int_equal(WEXITSTATUS(child.status), 3);
	child_close_output(&child);
	signals_watch_end();
}

static void
test_work_returns(void **state)
{
	struct child child;
	char heard[100];

	(void)state;
	signals_watch_children();
	assert_true(child_start(&child, come_back, NULL));
	attend(&child, heard, sizeof(heard));
	assert_string_equal(heard, "");
	assert_int_equal(WEXITSTATUS(child.status), 1);
	signals_watch_end();
}

static void
test_open_pipe(void **state)
{
	struct child child;
	char heard[100];

	(void)state;
	assert_int_equal(pipe(held), 0);
	signals_watch_children();
	assert_true(child_start(&child, leave_one_behind, "words"));
	attend(&child, heard, sizeof(heard));
	assert_string_equal(heard, "words");
	assert_true(child.output >= 0);
	child_close_output(&child);
	assert_int_equal(child.output, -1);
	signals_watch_end();
	close(held[0]);
	close(held[1]);
}

static void
test_killed(void **state)
{
	struct child child;

	(void)state;
	assert_true(child_start(&child, stay, NULL));
	child_note_end(&child);
	assert_false(child.has_ended);
	errno = ENOTTY;
	child_kill(&child);
	assert_int_equal(errno, ENOTTY);
	assert_true(child.has_ended);
	assert_true(WIFSIGNALED(child.status));
	child_close_output(&child);
}

static int
echo(const void *context, int socket)
{
	char octet;

	(void)context;
	while (read(socket, &octet, 1) == 1)
		if (write(socket, &octet, 1) != 1)
			return 9;
	return 4;
}

/* What is written to the socket is the child's input. */
static void
test_connected(void **state)
{
	struct child child;
	struct pollfd poll = {.events = POLLIN};
	char octet = 0;

	(void)state;
	assert_true(child_start_connected(&child, echo, NULL));
	assert_int_equal(write(child.output, "x", 1), 1);
	poll.fd = child.output;
	assert_int_equal(wait_for(&poll, 1, deadline_in(20000)), WAIT_READY);
	assert_int_equal(child_read(&child, &octet, 1), 1);
	assert_int_equal(octet, 'x');
	assert_false(child_await_end(&child, clock_now()));
	child_close_output(&child);
	assert_true(child_await_end(&child, deadline_in(20000)));
	assert_int_equal(WEXITSTATUS(child.status), 4);
}

/* The parent ignores SIGCHLD: the status must not be lost. */
static void
test_ignored_by_the_caller(void **state)
{
	struct child child;
	struct sigaction after;
	char heard[100];

	(void)state;
	signal(SIGCHLD, SIG_IGN);
	signals_watch_children();
	assert_true(child_start(&child, say, "x"));
	attend(&child, heard, sizeof(heard));
	assert_int_equal(WEXITSTATUS(child.status), 3);
	signals_watch_end();
	sigaction(SIGCHLD, NULL, &after);
	assert_true(after.sa_handler == SIG_IGN);
	signal(SIGCHLD, SIG_DFL);
	child_close_output(&child);
}

/* Another part of the program has waited for the child. */
static void
test_status_taken(void **state)
{
	struct child child;

	(void)state;
	assert_true(child_start(&child, come_back, NULL));
	assert_int_equal(waitpid(child.pid, NULL, 0), child.pid);
	child_note_end(&child);
	assert_true(child.has_ended);
	assert_int_equal(child.status, -1);
	child_close_output(&child);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_output_and_status),
	    cmocka_unit_test(test_work_returns),
	    cmocka_unit_test(test_open_pipe),
	    cmocka_unit_test(test_killed),
	    cmocka_unit_test(test_connected),
	    cmocka_unit_test(test_ignored_by_the_caller),
	    cmocka_unit_test(test_status_taken),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
