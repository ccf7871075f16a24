/*
 * Reads answers from the terminal, which gives whole lines. No more is read
 * than the answer, since a password may be asked for next.
 */
#include "cli/question.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/wait.h"

#define LINE_MAX_OCTETS ((size_t)1024)

bool
question_is_possible(void)
{
	return isatty(STDIN_FILENO) && isatty(STDERR_FILENO);
}

static bool
refuse(struct error *err, const char *why)
{
	fputc('\n', stderr);
	return error_set(
	    err, ERROR_TEMPORARY, "cannot go on: %s; nothing was written", why);
}

/* Reads up to the end of the line; line->full: it has more than that. */
static bool
read_line(struct buf *line, struct error *err)
{
	struct pollfd input = {STDIN_FILENO, POLLIN, 0};
	char block[256] = "";
	ssize_t got = 0;

	while (got == 0 || block[got - 1] != '\n') {

		switch (wait_for(&input, 1, DEADLINE_NEVER)) {
		case WAIT_READY:
			break;
		case WAIT_INTERRUPTED:
			return refuse(err, "a signal interrupted the question");
		case WAIT_TIMEOUT:
		case WAIT_FAILED:
			return refuse(err, strerror(errno));
		}
		got = read(STDIN_FILENO, block, sizeof(block));
		if (got < 0 && (errno == EINTR || errno == EAGAIN)) {
			got = 0;
			continue;
		}
		if (got <= 0)
			return refuse(err, "there was no answer");
		buf_add(line, block, (size_t)got);
	}
	return true;
}

char *
question_ask(const char *prompt, struct error *err)
{
	struct buf line = {.max = LINE_MAX_OCTETS};
	char *answer = NULL;
	bool done;

	do {
		const char *why = NULL;

		buf_clear(&line);
		fputs(prompt, stderr);
		fflush(stderr);
		done = read_line(&line, err);
		if (done && line.full)
			why = "the answer is too long";
		else if (done && span_has_control(span_trim(buf_span(&line))))
			why = "there is a control character in the answer";
		else if (done)
			answer = span_copy(span_trim(buf_span(&line)));
		if (why != NULL)
			fprintf(stderr, "smtpost: %s\n", why);
	} while (done && answer == NULL);
	buf_free(&line);
	return answer;
}

bool
question_agree(const char *prompt, bool *agrees, struct error *err)
{
	for (;;) {
		char *answer = question_ask(prompt, err);
		struct span text;
		bool no;

		if (answer == NULL)
			return false;
		text = span_from(answer);
		*agrees = span_equal_nocase(text, SPAN("y")) ||
		    span_equal_nocase(text, SPAN("yes"));
		no = text.len == 0 || span_equal_nocase(text, SPAN("n")) ||
		    span_equal_nocase(text, SPAN("no"));
		free(answer);
		if (*agrees || no)
			return true;
	}
}
