/*
 * Forks a child that does some work and writes the answer to a pipe. The work
 * calls libraries that may load any module of the system, so the child wipes
 * all secrets first.
 */
#include "net/errand.h"

#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include "base/child.h"
#include "base/descriptors.h"
#include "base/environment.h"
#include "base/mem.h"
#include "base/signals.h"
#include "base/wait.h"

/*
 * The last octet of a complete answer. It is missing if the child died early.
 */
#define SEAL '.'

static bool
write_all(int fd, struct span data)
{
	while (data.len > 0) {
		ssize_t done = write(fd, data.at, data.len);

		if (done < 0 && errno == EINTR)
			continue;
		if (done <= 0)
			return false;
		data = span_skip(data, (size_t)done);
	}
	return true;
}

/* A signal that the parent catches ends the child; an ignored one does not. */
static void
uncatch(int number)
{
	struct sigaction action;

	if (sigaction(number, NULL, &action) < 0 ||
	    action.sa_handler == SIG_IGN)
		return;
	action = (struct sigaction){.sa_handler = SIG_DFL};
	sigemptyset(&action.sa_mask);
	sigaction(number, &action, NULL);
}

struct errand {
	void (*work)(const void *question, struct buf *answer);
	const void *question;
	size_t max; /* octets of the answer */
};

static int
do_work(const void *context, int output)
{
	const struct errand *errand = context;
	struct buf answer;

	wait_set_tick(NULL);
	mem_forget_secrets();
	environment_wipe(SPAN("SMTPOST_"));
	uncatch(SIGTERM);
	uncatch(SIGINT);
	uncatch(SIGHUP);
	signals_restore();
	/*
	 * A reader of our output must not wait for the child, and a lock of the
	 * parent must not outlive it.
	 */
	if (!descriptors_leave(output))
		return 1;
	buf_init(&answer, errand->max);
	errand->work(errand->question, &answer);
	buf_add_char(&answer, SEAL);
	return answer.full || !write_all(output, buf_span(&answer));
}

/* Reads the answer until the child closes the pipe. */
static enum errand_result
hear(struct child *child, int64_t deadline, struct buf *answer)
{
	char block[4096];

	while (child->output >= 0) {
		struct pollfd poll = {.fd = child->output, .events = POLLIN};
		ssize_t got;

		switch (wait_for(&poll, 1, deadline)) {
		case WAIT_READY:
			break;
		case WAIT_TIMEOUT:
			return ERRAND_TIMEOUT;
		case WAIT_INTERRUPTED:
			return ERRAND_SIGNAL;
		case WAIT_FAILED:
			return ERRAND_FAILED;
		}
		got = child_read(child, block, sizeof(block));
		errno = got < 0 ? errno : 0;
		if (got < 0 ||
		    (got > 0 && !buf_add(answer, block, (size_t)got)))
			return ERRAND_FAILED;
	}
	if (answer->len == 0 || answer->data[answer->len - 1] != SEAL)
		return ERRAND_FAILED;
	answer->len--;
	return ERRAND_DONE;
}

static enum errand_result
run(const struct errand *errand, int64_t deadline, struct buf *answer)
{
	enum errand_result result;
	struct child child;

	if (!child_start(&child, do_work, errand))
		return ERRAND_FAILED;
	result = hear(&child, deadline, answer);
	child_close_output(&child);
	child_kill(&child);
	return result;
}

enum errand_result
errand_run(void (*work)(const void *question, struct buf *answer),
    const void *question, int64_t deadline, struct buf *answer)
{
	struct sigaction standard = {.sa_handler = SIG_DFL}, old;
	const struct errand errand = {
	    work, question, answer->max != 0 ? answer->max : BUF_DEFAULT_MAX};
	enum errand_result result;

	/*
	 * If SIGCHLD were ignored, the system would remove the child when it
	 * exits, and kill could hit a new process with the same number.
	 */
	sigemptyset(&standard.sa_mask);
	sigaction(SIGCHLD, &standard, &old);
	result = run(&errand, deadline, answer);
	sigaction(SIGCHLD, &old, NULL);
	return result;
}

void
errand_explain(enum errand_result result, const char *what, struct buf *reason)
{
	if (result == ERRAND_TIMEOUT)
		buf_add_text(reason, "the name server does not answer in time");
	else if (result == ERRAND_SIGNAL)
		buf_add_text(reason, "interrupted by a signal");
	else
		buf_add_format(reason, "%s: %s", what,
		    errno != 0 ? strerror(errno) : "the resolver process died");
}
