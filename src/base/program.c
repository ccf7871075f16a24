/*
 * Its end is known by waitpid(2) alone, since a process that it leaves behind
 * may keep the pipe open. Its output may be a secret and is wiped.
 */
#include "base/program.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/child.h"
#include "base/descriptors.h"
#include "base/durable.h"
#include "base/environment.h"
#include "base/mem.h"
#include "base/signals.h"
#include "base/wait.h"

#define ARGUMENTS_MAX 15
#define NOT_FOUND 127

struct start {
	const struct program *program;
	int input;
};

/* In the child. */
static int
become(const void *context, int output)
{
	const struct start *start = context;
	const char *const *given = start->program->arguments;
	char *arguments[ARGUMENTS_MAX + 1] = {NULL};

	for (size_t i = 0; i < ARGUMENTS_MAX && given[i] != NULL; i++)
		arguments[i] = mem_copy_text(given[i]);
	signals_restore();
	if (dup2(output, STDOUT_FILENO) >= 0 &&
	    dup2(start->input, STDIN_FILENO) >= 0) {
		descriptors_close_from(STDERR_FILENO + 1);
		environment_remove(SPAN("SMTPOST_"));
		execvp(arguments[0], arguments);
	}
	return NOT_FOUND;
}

static bool
take_output(struct child *child, struct buf *output)
{
	char block[4096];
	ssize_t got;

	child_note_end(child);
	while ((got = child_read(child, block, sizeof(block))) > 0)
		if (output != NULL)
			buf_add(output, block, (size_t)got);
	mem_wipe(block, sizeof(block));
	if (got < 0)
		child_close_output(child);
	return got >= 0;
}

static enum wait_result
attend(struct child *child, struct buf *output, int64_t deadline)
{
	enum wait_result result = WAIT_READY;

	while (result == WAIT_READY) {
		struct pollfd poll = {.events = POLLIN};

		if (!take_output(child, output))
			result = WAIT_FAILED;
		if (child->has_ended || result == WAIT_FAILED)
			break;
		poll.fd = child->output;
		result = wait_for(&poll, child->output >= 0 ? 1 : 0, deadline);
	}
	child_kill(child);
	child_close_output(child);
	return result;
}

static bool
judge(const char *name, enum wait_result waited, int status, struct error *err)
{
	if (waited == WAIT_INTERRUPTED)
		return error_set(err, ERROR_TEMPORARY,
		    "cannot run %s: a signal interrupted it", name);
	if (waited == WAIT_FAILED)
		return error_set(err, ERROR_TEMPORARY,
		    "cannot read the output of %s: %s", name, strerror(errno));
	if (waited != WAIT_READY)
		return error_set(err, ERROR_TEMPORARY,
		    "cannot run %s: it took too long and was stopped", name);
	if (status != -1 && WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return true;
	if (status != -1 && WIFEXITED(status) &&
	    WEXITSTATUS(status) == NOT_FOUND)
		return error_set(err, ERROR_CONFIG,
		    "cannot run %s: PATH has no such program", name);
	if (status != -1 && WIFEXITED(status))
		return error_set(err, ERROR_TEMPORARY,
		    "%s failed with exit status %d", name, WEXITSTATUS(status));
	return error_set(
	    err, ERROR_TEMPORARY, "%s was ended by a signal", name);
}

static bool
refuse(const char *name, struct error *err)
{
	return error_set(
	    err, ERROR_OS, "cannot run %s: %s", name, strerror(errno));
}

bool
program_run(
    const struct program *program, struct buf *output, struct error *err)
{
	const char *name =
	    program->name != NULL ? program->name : program->arguments[0];
	struct start start = {.program = program};
	struct child child;
	enum wait_result waited = WAIT_FAILED;
	int ends[2];
	bool is_started;

	if (pipe(ends) < 0)
		return refuse(name, err);
	start.input = ends[0];
	signals_watch_children();
	/* If the pipe has no room for it, this fails and does not wait. */
	is_started = fcntl(ends[1], F_SETFL, O_NONBLOCK) == 0 &&
	    durable_write(ends[1], program->input.at, program->input.len);
	close(ends[1]);
	is_started = is_started && child_start(&child, become, &start);
	if (!is_started)
		refuse(name, err);
	close(ends[0]);
	if (is_started)
		waited =
		    attend(&child, output, deadline_in(program->milliseconds));
	signals_watch_end();
	return is_started && judge(name, waited, child.status, err);
}
