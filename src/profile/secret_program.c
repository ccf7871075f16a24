#include "profile/secret_program.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/environment.h"
#include "base/text.h"
#include "base/utf8.h"

/* Words that a shell knows itself. */
static const char *const shell_words[] = {
    ".",
    ":",
    "alias",
    "bg",
    "break",
    "case",
    "cd",
    "command",
    "continue",
    "do",
    "done",
    "echo",
    "elif",
    "else",
    "esac",
    "eval",
    "exec",
    "exit",
    "export",
    "false",
    "fc",
    "fg",
    "fi",
    "for",
    "getopts",
    "hash",
    "if",
    "in",
    "jobs",
    "kill",
    "local",
    "printf",
    "pwd",
    "read",
    "readonly",
    "return",
    "set",
    "shift",
    "source",
    "test",
    "then",
    "times",
    "trap",
    "true",
    "type",
    "ulimit",
    "umask",
    "unalias",
    "unset",
    "until",
    "wait",
    "while",
};

static bool
is_shell_word(struct span word)
{
	for (size_t i = 0; i < sizeof(shell_words) / sizeof(shell_words[0]);
	     i++)
		if (span_equal(word, span_from(shell_words[i])))
			return true;
	return false;
}

/* A word that means to the shell what it says. */
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

/* An empty folder in PATH is the one where we are. */
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
	return true; /* the shell has a PATH of its own */
}

static bool
refuse(struct span word, const char *why, struct error *err)
{
	char *shown = utf8_masked(span_head(word, 128));

	error_set(err, ERROR_CONFIG, "cannot run %s: %s", shown, why);
	free(shown);
	return false;
}

bool
secret_program_is_there(const char *command, struct error *err)
{
	struct span rest = span_trim(span_from(command));
	struct span word = span_head(rest, strcspn(rest.at, " \t"));
	const char *home = environment_get("HOME");

	/* Of several commands the shell may not need the first. */
	if (strpbrk(command, "|&;<>()`\n") != NULL)
		return true;
	if (span_starts(word, SPAN("~/")) && home != NULL &&
	    is_plain(span_skip(word, 1)))
		return can_run(span_from(home), span_skip(word, 2)) ||
		    refuse(word, strerror(errno), err);
	if (!is_plain(word) || is_shell_word(word))
		return true;
	if (span_find(word, '/') < word.len)
		return can_run(SPAN(""), word) ||
		    refuse(word, strerror(errno), err);
	return is_in_path(word) ||
	    refuse(word, "PATH has no such program", err);
}
