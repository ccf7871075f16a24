/*
 * Runs a command and reads its output until it has ended. Nothing waits for a
 * fixed time: the end of the child ends the wait for its output.
 */
#include "compose/command.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/child.h"
#include "base/mem.h"
#include "base/signals.h"
#include "base/utf8.h"
#include "base/wait.h"
#include "message/storage.h"
#include "profile/profiles.h"

#define NOT_FOUND 127
#define NOT_STARTED 126
#define BLOCK ((size_t)16 * 1024)
/* A pipe that poll(2) calls ready takes this much without waiting. */
#ifdef PIPE_BUF
#define WRITE_MAX ((size_t)PIPE_BUF)
#else
#define WRITE_MAX ((size_t)_POSIX_PIPE_BUF)
#endif
/*
 * How much is read once the command has ended, while processes that it left
 * behind may go on writing. No pipe holds more.
 */
#define REST_MAX ((size_t)1024 * 1024)
#define NAME_SHOWN_MAX ((size_t)200)

struct running {
	const struct command *command;
	struct command_result *result;
	struct child child;
	char block[BLOCK];
	struct span for_tee; /* in `block`: not written yet */
};

static void
add_reason(struct buf *out, const struct command *command, int cause)
{
	char *shown = utf8_excerpt_masked(
	    span_from(command->arguments[0]), NAME_SHOWN_MAX);

	buf_add_format(
	    out, "smtpost: cannot run %s: %s\n", shown, strerror(cause));
	free(shown);
}

/* In the child. */
static int
execute(const void *context, int output)
{
	const struct command *command = context;
	struct buf reason = {0};
	int cause;

	profiles_remove_secrets();
	if (dup2(output, STDOUT_FILENO) < 0 || dup2(output, STDERR_FILENO) < 0)
		return NOT_STARTED;
	close(output);
	signals_restore_all();
	execvp(command->arguments[0], command->arguments);
	cause = errno;
	add_reason(&reason, command, cause);
	if (write(STDERR_FILENO, reason.data, reason.len) < 0)
		return NOT_STARTED;
	return cause == ENOENT ? NOT_FOUND : NOT_STARTED;
}

static void
take(struct running *running, struct span data)
{
	struct command_result *result = running->result;

	excerpt_add(&result->output, data);
	if (running->command->whole != NULL &&
	    result->no_whole.kind == ERROR_NONE)
		storage_add(running->command->whole, data, &result->no_whole);
	if (running->command->tee >= 0 && result->no_tee == 0)
		running->for_tee = data;
}

/* Adds a line of smtpost to the output. The block is free for it. */
static void
take_line(struct running *running, const struct buf *line)
{
	struct span text = span_head(buf_span(line), BLOCK);

	memcpy(running->block, text.at, text.len);
	take(running, (struct span){running->block, text.len});
}

static void
note_no_output(struct running *running, int cause)
{
	struct buf line = {0};

	buf_add_format(
	    &line, "smtpost: cannot read the output: %s\n", strerror(cause));
	take_line(running, &line);
	buf_free(&line);
	child_close_output(&running->child);
}

/* Reads one block of the output. Returns its size; 0: there is nothing now. */
static size_t
take_output(struct running *running)
{
	ssize_t got =
	    child_read(&running->child, running->block, sizeof(running->block));

	if (got < 0)
		note_no_output(running, errno);
	if (got <= 0)
		return 0;
	take(running, (struct span){running->block, (size_t)got});
	return (size_t)got;
}

/* A closed reader must not harm the command: the output is dropped. */
static void
write_tee(struct running *running)
{
	struct span part = span_head(running->for_tee, WRITE_MAX);
	ssize_t done = write(running->command->tee, part.at, part.len);

	if (done >= 0) {
		running->for_tee = span_skip(running->for_tee, (size_t)done);
	} else if (errno != EINTR && errno != EAGAIN && errno != EWOULDBLOCK) {
		running->result->no_tee = errno;
		running->for_tee = (struct span){0};
	}
}

/*
 * Waits until something can be read or written, and does it. While the reader
 * of `tee` is slow, nothing is read, as in a pipeline. False: a signal for us.
 */
static bool
step(struct running *running)
{
	bool writes = running->for_tee.len > 0;
	struct pollfd poll = {
	    .fd = writes ? running->command->tee : running->child.output,
	    .events = writes ? POLLOUT : POLLIN,
	};
	enum wait_result result =
	    wait_for(&poll, poll.fd >= 0 ? 1 : 0, DEADLINE_NEVER);

	if (result == WAIT_INTERRUPTED)
		return false;
	if (result == WAIT_READY && poll.revents == 0)
		return true;
	if (writes)
		write_tee(running);
	else
		take_output(running);
	return true;
}

static void
end_tee(struct running *running)
{
	while (running->for_tee.len > 0) {
		if (step(running))
			continue;
		running->result->no_tee = EINTR;
		running->for_tee = (struct span){0};
	}
}

/* Takes what is in the pipe once the command has ended. */
static void
take_rest(struct running *running)
{
	size_t total = 0, got;

	do {
		end_tee(running);
		got = take_output(running);
		total += got;
	} while (got > 0 && total < REST_MAX);
	end_tee(running);
	child_close_output(&running->child);
}

static void
attend(struct running *running)
{
	signals_pass_on_to(running->child.pid);
	for (;;) {
		child_note_end(&running->child);
		if (running->child.has_ended)
			break;
		step(running);
	}
	running->result->status = running->child.status;
}

static void
note_no_start(struct running *running, int cause)
{
	struct buf reason = {0};

	add_reason(&reason, running->command, cause);
	take_line(running, &reason);
	buf_free(&reason);
	/* As waitpid(2) has an exit status. */
	running->result->status = NOT_STARTED << 8;
}

void
command_run(const struct command *command, struct command_result *result)
{
	struct running *running = mem_new(1, sizeof(*running));
	int64_t begin = clock_now();
	bool is_started;

	*result = (struct command_result){.start = time(NULL)};
	running->command = command;
	running->result = result;
	signals_pass_on();
	signals_watch_children();
	is_started = child_start(&running->child, execute, command);
	if (!is_started)
		note_no_start(running, errno);
	mem_forbid_core_files();
	if (is_started)
		attend(running);
	result->milliseconds = clock_now() - begin;
	signals_pass_on_end();
	signals_watch_end();
	take_rest(running);
	if (command->whole != NULL && result->no_whole.kind == ERROR_NONE)
		storage_end(command->whole, &result->no_whole);
	free(running);
}

void
command_result_free(struct command_result *result)
{
	excerpt_free(&result->output);
	*result = (struct command_result){0};
}

int
command_status(const struct command_result *result)
{
	if (result->status == -1)
		return NOT_STARTED;
	return WIFSIGNALED(result->status) ? 128 + WTERMSIG(result->status)
					   : WEXITSTATUS(result->status);
}
