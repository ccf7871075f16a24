/*
 * Runs the command with a pipe as its output, waits until it has ended, and
 * keeps the first line. Neither errors nor the environment of the command hold
 * a secret.
 */
#include "profile/secret_command.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

#include "base/child.h"
#include "base/environment.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/signals.h"
#include "base/text.h"
#include "base/utf8.h"
#include "base/wait.h"
#include "profile/secret_line.h"
#include "tls/sha256.h"

#define SLICE_MILLISECONDS 50
#define GRACE_MILLISECONDS ((int64_t)2000)
#define READS_AT_ONCE 64
#define LINE_MAX_SHOWN ((size_t)512) /* octets */

struct command {
	const struct secret_command *wanted;
	struct child child;
	const char *mark; /* of the refused token */
	struct buf first; /* the output's beginning; wiped */
};

static bool
refuse(const struct secret_command *wanted, struct error *err,
    enum error_kind kind, const char *why)
{
	return error_set(err, kind, "cannot get the %s by %s: %s",
	    wanted->is_token ? "token" : "password", wanted->source, why);
}

/* In the child: stdin is /dev/null, stdout the pipe, stderr the caller's. */
static int
become(const void *context, int output)
{
	const struct command *command = context;
	const struct secret_command *wanted = command->wanted;
	const char *variables[7] = {NULL};
	size_t count = 0;
	struct error ignored = {0};
	int nothing = file_open("/dev/null", FILE_ANY, ERROR_OS, &ignored);

	if (wanted->refused.len > 0) {
		variables[count++] = "SMTPOST_TOKEN_RENEW";
		variables[count++] = "1";
		variables[count++] = "SMTPOST_TOKEN_REFUSED";
		variables[count++] = command->mark;
	}
	if (wanted->is_own) {
		variables[count++] = "SMTPOST_TOKEN_ERRORS";
		variables[count] = "1";
	}
	signals_restore();
	if (nothing < 0 || dup2(output, STDOUT_FILENO) < 0 ||
	    dup2(nothing, STDIN_FILENO) < 0)
		return EX_OSERR;
	if (wanted->text != NULL)
		child_become_shell(wanted->text, variables);
	else
		child_become(wanted->arguments[0],
		    (char *const *)wanted->arguments, variables);
	/* 127 becomes ERROR_CONFIG, as if the command were missing. */
	return errno == ENOENT ? 127 : EX_OSERR;
}

/*
 * Keeps the output up to a bound and discards the rest, so that the command
 * does not block. Reads only a part at once, so that a command that prints
 * without end cannot pass the deadline.
 */
static void
take_output(struct command *command)
{
	char block[4096];
	ssize_t got = 1;

	for (int i = 0; i < READS_AT_ONCE && got > 0; i++) {
		got = child_read(&command->child, block, sizeof(block));
		if (got > 0) {
			size_t left = SECRET_READ_MAX - command->first.len;
			size_t len = (size_t)got;

			buf_add(
			    &command->first, block, len < left ? len : left);
		} else if (got < 0) {
			child_close_output(&command->child);
		}
	}
	mem_wipe(block, sizeof(block));
}

/*
 * Waits until the command has ended. The end of its output does not show that:
 * an agent that the command started may keep the pipe open.
 */
static enum wait_result
attend(struct command *command, int64_t deadline)
{
	struct child *child = &command->child;

	for (;;) {
		struct pollfd poll = {.fd = child->output, .events = POLLIN};
		enum wait_result result;

		child_note_end(child);
		take_output(command);
		if (child->has_ended)
			return WAIT_READY;
		poll.fd = child->output;
		result = wait_for(&poll, child->output >= 0 ? 1 : 0, deadline);
		if (result != WAIT_READY)
			return result;
	}
}

static void
stop(struct command *command)
{
	struct timespec pause = {0, SLICE_MILLISECONDS * 1000000L};
	int64_t deadline = deadline_in(GRACE_MILLISECONDS);
	struct child *child = &command->child;

	child_note_end(child);
	if (!child->has_ended)
		kill(child->pid, SIGTERM);
	if (command->wanted->is_own)
		return;
	while (!child->has_ended && clock_now() < deadline) {
		nanosleep(&pause, NULL);
		take_output(command);
		child_note_end(child);
	}
	child_kill(child);
}

/* What an exit status means, and the kind of the error. */
static const char *
explain(int status, bool is_token, enum error_kind *kind)
{
	*kind = ERROR_CONFIG;
	if (status == 126)
		return ": it cannot be executed";
	if (status == 127)
		return ": there is no such command";
	if (is_token && status == EX_CONFIG)
		return ": its configuration is wrong";
	*kind = ERROR_LOGIN;
	if (is_token && status == EX_NOPERM)
		return ": a person must log in again";
	*kind = ERROR_TEMPORARY;
	return is_token && status == EX_TEMPFAIL ? ": try again later" : "";
}

/* The error that smtpost-oauth printed becomes ours. */
static bool
take_error(struct span text, enum error_kind kind, struct error *err)
{
	struct span line;
	bool is_first = true;

	while (span_next_word(&text, "\n", &line)) {
		char *shown = utf8_excerpt_masked(line, LINE_MAX_SHOWN);

		if (!is_first)
			error_add(err, "\n%s", shown);
		else if (span_starts(line, SPAN("cannot ")))
			error_set(err, kind, "%s", shown);
		else
			error_set(err, kind, "cannot get the token: %s", shown);
		is_first = false;
		free(shown);
	}
	return false;
}

static bool
judge(const struct command *command, struct error *err)
{
	enum error_kind kind;
	int status = command->child.status;
	const char *more;
	char why[128];

	if (status == -1)
		return refuse(command->wanted, err, ERROR_TEMPORARY,
		    "its exit status is not known");
	if (WIFSIGNALED(status)) {
		snprintf(why, sizeof(why), "it was ended by signal %d",
		    WTERMSIG(status));
		return refuse(command->wanted, err, ERROR_TEMPORARY, why);
	}
	if (WEXITSTATUS(status) == 0)
		return true;
	more = explain(WEXITSTATUS(status), command->wanted->is_token, &kind);
	if (command->wanted->is_own && command->first.len > 0)
		return take_error(buf_span(&command->first), kind, err);
	snprintf(
	    why, sizeof(why), "exit status %d%s", WEXITSTATUS(status), more);
	return refuse(command->wanted, err, kind, why);
}

/* Runs the command to its end; its first octets are in command->first. */
static bool
run(struct command *command, struct error *err)
{
	enum wait_result result;

	if (!child_start(&command->child, become, command))
		return refuse(
		    command->wanted, err, ERROR_TEMPORARY, strerror(errno));
	result = attend(command, deadline_in(command->wanted->milliseconds));
	stop(command);
	if (result == WAIT_READY)
		return judge(command, err);
	return refuse(command->wanted, err, ERROR_TEMPORARY,
	    result == WAIT_TIMEOUT ? "it took too long and was stopped"
				   : "a signal interrupted it");
}

bool
secret_command_read(
    struct buf *secret, const struct secret_command *wanted, struct error *err)
{
	struct command command = {.wanted = wanted};
	struct buf mark = {0};
	bool done;

	buf_init(&command.first, SECRET_READ_MAX);
	if (wanted->refused.len > 0)
		sha256_add_mark(&mark, wanted->refused);
	command.mark = buf_text(&mark);
	signals_watch_children();
	done = run(&command, err);
	child_close_output(&command.child);
	signals_watch_end();
	if (done && wanted->is_token)
		done = secret_line_take_token(
		    secret, buf_span(&command.first), wanted->source, err);
	else if (done)
		done = secret_line_take(secret, buf_span(&command.first),
		    "password", wanted->source, ERROR_TEMPORARY, err);
	buf_wipe(&command.first);
	buf_free(&mark);
	return done;
}

/* The shell's built-in commands and reserved words. */
/* clang-format off */
static const char *const shell_words[] = {
    ".", ":", "alias", "bg", "break", "case", "cd", "command", "continue",
    "do", "done", "echo", "elif", "else", "esac", "eval", "exec", "exit",
    "export", "false", "fc", "fg", "fi", "for", "getopts", "hash", "if", "in",
    "jobs", "kill", "local", "printf", "pwd", "read", "readonly", "return",
    "set", "shift", "source", "test", "then", "times", "trap", "true", "type",
    "ulimit", "umask", "unalias", "unset", "until", "wait", "while",
};
/* clang-format on */

static bool
is_shell_word(struct span word)
{
	for (size_t i = 0; i < sizeof(shell_words) / sizeof(shell_words[0]);
	     i++)
		if (span_equal(word, span_from(shell_words[i])))
			return true;
	return false;
}

/* Whether no character of the word is special to a shell. */
static bool
is_plain(struct span word)
{
	for (size_t i = 0; i < word.len; i++)
		if (!ascii_is_alnum(word.at[i]) &&
		    memchr("/._+-", word.at[i], 5) == NULL)
			return false;
	return word.len > 0;
}

static bool
can_run(struct span folder, struct span name)
{
	struct buf path = {0};
	int cause;
	bool can;

	buf_add_span(&path, folder);
	if (folder.len > 0)
		buf_add_char(&path, '/');
	buf_add_span(&path, name);
	can = access(buf_text(&path), X_OK) == 0;
	cause = errno;
	buf_free(&path);
	errno = cause;
	return can;
}

/* An empty folder in PATH is the current one. */
static bool
is_in_path(struct span name)
{
	const char *path = getenv("PATH");
	struct span rest = span_from(path);

	while (path != NULL) {
		size_t end = span_find(rest, ':');

		if (can_run(span_head(rest, end), name))
			return true;
		if (end >= rest.len)
			return false;
		rest = span_skip(rest, end + 1);
	}
	return true; /* the shell has a default PATH */
}

static bool
refuse_program(struct span word, const char *why, struct error *err)
{
	char *shown = utf8_excerpt_masked(word, 128);

	error_set(err, ERROR_CONFIG, "cannot run %s: %s", shown, why);
	free(shown);
	return false;
}

bool
secret_command_is_there(const char *text, struct error *err)
{
	struct span rest = span_trim(span_from(text));
	struct span word = span_head(rest, strcspn(rest.at, " \t"));
	const char *home = environment_get("HOME");

	/* The shell may not run the first of several commands. */
	if (strpbrk(text, "|&;<>()`\n") != NULL)
		return true;
	if (span_starts(word, SPAN("~/")) && home != NULL &&
	    is_plain(span_skip(word, 1)))
		return can_run(span_from(home), span_skip(word, 2)) ||
		    refuse_program(word, strerror(errno), err);
	if (!is_plain(word) || is_shell_word(word))
		return true;
	if (span_find(word, '/') < word.len)
		return can_run(SPAN(""), word) ||
		    refuse_program(word, strerror(errno), err);
	return is_in_path(word) ||
	    refuse_program(word, "PATH has no such program", err);
}
