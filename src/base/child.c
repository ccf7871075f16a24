/*
 * Starts a child with a pipe. SIGCHLD must not be ignored, or the system would
 * remove the child when it ends, and its number could become that of another
 * process.
 */
#include "base/child.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/descriptors.h"
#include "base/environment.h"
#include "base/mem.h"
#include "base/wait.h"

#define PAUSE_MAX 16000000L /* nanoseconds */

/* The child gets ends[1], the parent keeps ends[0]. */
static bool
start(struct child *child, const int ends[2],
    int (*work)(const void *context, int end), const void *context)
{
	/* If our end blocked, no deadline would end a wait for the child. */
	child->pid = -1;
	if (fcntl(ends[0], F_SETFD, FD_CLOEXEC) == 0 &&
	    fcntl(ends[0], F_SETFL, O_NONBLOCK) == 0)
		child->pid = fork();
	if (child->pid == 0) {
		/* The child must see that the parent closes its end. */
		close(ends[0]);
		_exit(work(context, ends[1]));
	}
	child->output = ends[0];
	close(ends[1]);
	if (child->pid > 0)
		return true;
	child_close_output(child);
	child->has_ended = true; /* kill(-1) would hit all processes */
	return false;
}

bool
child_start(struct child *child, int (*work)(const void *context, int output),
    const void *context)
{
	int ends[2];

	*child = (struct child){.output = -1};
	return pipe(ends) == 0 && start(child, ends, work, context);
}

bool
child_start_connected(struct child *child,
    int (*work)(const void *context, int socket), const void *context)
{
	int ends[2];

	*child = (struct child){.output = -1};
	return socketpair(AF_UNIX, SOCK_STREAM, 0, ends) == 0 &&
	    start(child, ends, work, context);
}

void
child_become(
    const char *path, char *const *arguments, const char *const *variables)
{
	descriptors_close_from(STDERR_FILENO + 1);
	environment_remove(SPAN("SMTPOST_"));
	for (; variables != NULL && *variables != NULL; variables += 2)
		environment_add(variables[0], variables[1]);
	execv(path, arguments);
}

void
child_become_shell(const char *command, const char *const *variables)
{
	char name[] = "sh", option[] = "-c";
	char *arguments[4] = {name, option, mem_copy_text(command), NULL};

	child_become("/bin/sh", arguments, variables);
}

void
child_note_end(struct child *child)
{
	pid_t ended;

	if (child->has_ended)
		return;
	do
		ended = waitpid(child->pid, &child->status, WNOHANG);
	while (ended < 0 && errno == EINTR);
	if (ended == child->pid) {
		child->has_ended = true;
	} else if (ended < 0) {
		child->has_ended = true; /* another waitpid took its status */
		child->status = -1;
	}
}

bool
child_await_end(struct child *child, int64_t deadline)
{
	struct timespec pause = {0, 1000000L};

	for (child_note_end(child); !child->has_ended && clock_now() < deadline;
	     child_note_end(child)) {
		nanosleep(&pause, NULL);
		if (pause.tv_nsec < PAUSE_MAX)
			pause.tv_nsec *= 2;
	}
	return child->has_ended;
}

ssize_t
child_read(struct child *child, char *room, size_t size)
{
	ssize_t got;

	if (child->output < 0)
		return 0;
	do
		got = read(child->output, room, size);
	while (got < 0 && errno == EINTR);
	if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
		return 0;
	if (got == 0)
		child_close_output(child);
	return got;
}

void
child_close_output(struct child *child)
{
	int saved = errno;

	if (child->output >= 0)
		close(child->output);
	child->output = -1;
	errno = saved;
}

void
child_kill(struct child *child)
{
	int saved = errno;

	if (!child->has_ended) {
		kill(child->pid, SIGKILL);
		while (waitpid(child->pid, &child->status, 0) < 0 &&
		    errno == EINTR)
			;
		child->has_ended = true;
	}
	errno = saved;
}
