/*
 * Sends command lines and reads replies. Secrets are added to `echo` before
 * they are sent, so that no line that is shown or kept holds one.
 */
#include "smtp/dialogue.h"

#include <stdlib.h>
#include <string.h>

#include "base/signals.h"
#include "base/utf8.h"
#include "base/wait.h"
#include "envelope/stage_timeout.h"

/* A server that means to close the connection does so at once. */
#define END_TIMEOUT ((int64_t)2000)

void
dialogue_init(struct dialogue *dialogue, struct stream *stream,
    const struct observer *observer, int64_t timeout, int64_t deadline)
{
	*dialogue = (struct dialogue){.stream = stream,
	    .observer = observer,
	    .timeout = timeout,
	    .deadline = deadline};
	echo_init(&dialogue->echo);
}

void
dialogue_free(struct dialogue *dialogue)
{
	stream_free(dialogue->stream);
	echo_free(&dialogue->echo);
	buf_free(&dialogue->odd);
	*dialogue = (struct dialogue){0};
}

int64_t
dialogue_deadline(const struct dialogue *dialogue, enum stage stage)
{
	int64_t timeout =
	    dialogue->timeout ? dialogue->timeout : stage_timeout(stage);

	return deadline_earlier(deadline_in(timeout), dialogue->deadline);
}

/*
 * If every command is answered, further input would be taken for the reply to
 * the next command. Only a 421 may come without a command (RFC 5321 section
 * 3.8).
 */
void
dialogue_check_input(struct dialogue *dialogue)
{
	struct span input;

	if (dialogue->unanswered > 0)
		return;
	stream_peek(dialogue->stream);
	input = stream_input(dialogue->stream);
	if (input.len > 0 && !span_starts(input, SPAN("421")))
		dialogue->unsolicited = true;
}

/* If writing fails, dialogue_hear fails too and reports why. */
static void
send_line(struct dialogue *dialogue, struct span line)
{
	int64_t deadline = dialogue_deadline(dialogue, STAGE_NONE);

	if (stream_write(dialogue->stream, line.at, line.len, deadline))
		stream_write(dialogue->stream, "\r\n", 2, deadline);
	dialogue->octets += line.len + 2;
	dialogue->unanswered++;
}

static bool
may_pass(const struct dialogue *dialogue, struct span line)
{
	return !span_has_control(line) &&
	    (span_is_ascii(line) || (dialogue->is_utf8 && utf8_is_valid(line)));
}

void
dialogue_say(struct dialogue *dialogue, const char *format, ...)
{
	struct buf line = {0};
	va_list arguments;

	va_start(arguments, format);
	buf_add_arguments(&line, format, arguments);
	va_end(arguments);

	dialogue_check_input(dialogue);
	/* Addresses and names were checked before; this is the last check. */
	if (line.full || !may_pass(dialogue, buf_span(&line)))
		dialogue->is_held_back = true;
	if (!dialogue->is_held_back && !dialogue->unsolicited) {
		observer_show(
		    dialogue->observer, OBSERVED_COMMAND, buf_span(&line));
		send_line(dialogue, buf_span(&line));
	}
	buf_free(&line);
}

bool
dialogue_say_content(struct dialogue *dialogue, struct span content)
{
	if (dialogue->is_held_back || dialogue->unsolicited ||
	    stream_state(dialogue->stream) != STREAM_OPEN)
		return false;
	observer_show(dialogue->observer, OBSERVED_CONTENT, content);
	return stream_write(dialogue->stream, content.at, content.len,
	    dialogue_deadline(dialogue, STAGE_NONE));
}

/* The longest line that holds a secret. */
#define SECRET_LINE_MAX ((size_t)512 * 1024)

void
dialogue_say_secret(
    struct dialogue *dialogue, const char *shown, struct span secret)
{
	struct buf line;

	dialogue_check_input(dialogue);
	if (span_has_control(secret) || span_has_control(span_from(shown)))
		dialogue->is_held_back = true;
	if (dialogue->is_held_back || dialogue->unsolicited)
		return;
	echo_hide(&dialogue->echo, secret);
	buf_init(&line, SECRET_LINE_MAX);
	buf_add_text(&line, shown);
	buf_add_text(&line, "***");
	observer_show(dialogue->observer, OBSERVED_COMMAND, buf_span(&line));
	buf_clear(&line);
	buf_add_text(&line, shown);
	buf_add_span(&line, secret);
	send_line(dialogue, buf_span(&line));
	buf_wipe(&line);
}

static void
set_lost(
    const struct dialogue *dialogue, enum stage stage, struct outcome *trouble)
{
	struct buf end = {0};

	if (stream_add_tunnel_end(dialogue->stream, &end))
		outcome_set_own(trouble, stage, CAUSE_TEMPORARY,
		    "the proxy command %s", buf_text(&end));
	else if (stream_state(dialogue->stream) == STREAM_CLOSED)
		outcome_set_own(trouble, stage, CAUSE_TEMPORARY,
		    "the server closed the connection");
	else
		outcome_set_own(trouble, stage, CAUSE_TEMPORARY,
		    "the connection broke: %s",
		    stream_reason(dialogue->stream));
	buf_free(&end);
}

void
dialogue_describe(
    const struct dialogue *dialogue, enum stage stage, struct outcome *trouble)
{
	switch (stream_state(dialogue->stream)) {
	case STREAM_TIMED_OUT:
		outcome_set_own(trouble, stage, CAUSE_TEMPORARY,
		    "the server did not answer in time");
		break;
	case STREAM_INTERRUPTED:
		outcome_set_own(
		    trouble, stage, CAUSE_TEMPORARY, "interrupted by a signal");
		break;
	case STREAM_CLOSED:
	case STREAM_BROKEN:
	case STREAM_OPEN:
		set_lost(dialogue, stage, trouble);
		break;
	}
}

/*
 * Takes one line, without its end, out of the input. A lone LF ends a line
 * too (servers do that); a lone CR does not.
 */
static bool
hear_line(struct dialogue *dialogue, int64_t deadline, struct span *line,
    size_t *taken, bool *too_long)
{
	for (;;) {
		struct span input = stream_input(dialogue->stream);
		size_t end = span_find(input, '\n');

		*too_long = end > REPLY_LINE_MAX;
		if (*too_long)
			return false;
		if (end < input.len) {
			*taken = end + 1;
			if (end > 0 && input.at[end - 1] == '\r')
				end--;
			*line = span_head(input, end);
			return true;
		}
		if (!stream_fill(dialogue->stream, deadline))
			return false;
	}
}

#define ODD_MAX ((size_t)128)

/*
 * How many octets "250-" or "250 " has, which is needed to parse a line and
 * never masked. 0: the line is not a reply, and all of it is masked.
 */
static size_t
code_len(struct span line)
{
	uint64_t code;

	if (line.len < 3 || !span_number(span_head(line, 3), 599, &code) ||
	    (line.len > 3 && line.at[3] != ' ' && line.at[3] != '-'))
		return 0;
	return line.len > 3 ? 4 : 3;
}

/*
 * Whether a line is parsed unmasked and masked only for the observer: a login
 * challenge, and EHLO keywords, one of which may equal a password.
 */
static bool
is_parsed_unmasked(enum stage stage, struct span line)
{
	return (stage == STAGE_AUTH && span_starts(line, SPAN("334"))) ||
	    (stage == STAGE_EHLO && span_starts(line, SPAN("250")));
}

/* Keeps a line that is not a reply, so that an error can quote it. */
static void
keep_odd(struct dialogue *dialogue, struct span line)
{
	struct buf clean = {0};

	/* Cut afterwards, so that no half of a secret is left. */
	echo_replace(&dialogue->echo, line, &clean);
	buf_clear(&dialogue->odd);
	buf_add_span(&dialogue->odd, span_head(buf_span(&clean), ODD_MAX));
	buf_free(&clean);
}

/* Shows the line, and takes it as a part of the reply. */
static enum reply_progress
take_line(struct dialogue *dialogue, enum stage stage, struct span line,
    struct reply *reply)
{
	size_t shown = code_len(line);
	enum reply_progress progress;
	struct span seen;
	struct buf clean;

	buf_init(&clean, REPLY_LINE_MAX * 4);
	buf_add_span(&clean, span_head(line, shown));
	echo_replace(&dialogue->echo, span_skip(line, shown), &clean);
	seen = buf_span(&clean);
	observer_show(dialogue->observer, OBSERVED_REPLY, seen);
	if (!is_parsed_unmasked(stage, line))
		line = seen;
	progress = reply_take_line(reply, line);
	if (progress == REPLY_MALFORMED)
		keep_odd(dialogue, line);
	buf_free(&clean);
	return progress;
}

bool
dialogue_hear(struct dialogue *dialogue, enum stage stage, struct reply *reply,
    struct outcome *trouble)
{
	int64_t deadline = dialogue_deadline(dialogue, stage);
	enum reply_progress progress = REPLY_MORE;
	bool too_long = false;

	observer_reach(
	    dialogue->observer, &(struct observed_place){.stage = stage});
	reply_free(reply);
	if (dialogue->is_held_back || dialogue->unsolicited) {
		outcome_set_own(trouble, stage, CAUSE_PROTOCOL, "%s",
		    dialogue->is_held_back
			? "a command was held back: it had a control "
			  "character or bad UTF-8, or was too long"
			: "the server sent a reply before the command");
		return false;
	}
	while (progress == REPLY_MORE) {
		struct span line;
		size_t taken;

		if (!hear_line(dialogue, deadline, &line, &taken, &too_long))
			break;
		progress = take_line(dialogue, stage, line, reply);
		stream_consume(dialogue->stream, taken);
	}
	if (progress == REPLY_DONE) {
		if (dialogue->unanswered > 0)
			dialogue->unanswered--;
		if (reply->code == 421)
			dialogue->is_over = true;
		return true;
	}
	reply_free(reply); /* an incomplete reply is not used */
	dialogue->is_over = true;
	if (too_long)
		keep_odd(dialogue, stream_input(dialogue->stream));
	if (too_long || progress == REPLY_MALFORMED)
		outcome_set_own(trouble, stage, CAUSE_PROTOCOL,
		    "the server's reply is malformed");
	else
		dialogue_describe(dialogue, stage, trouble);
	return false;
}

enum dialogue_end
dialogue_hear_end(struct dialogue *dialogue)
{
	struct stream *stream = dialogue->stream;
	int64_t deadline =
	    deadline_earlier(deadline_in(END_TIMEOUT), dialogue->deadline);

	while (stream_input(stream).len == 0 &&
	    !stream_fill(stream, deadline) &&
	    stream_state(stream) == STREAM_INTERRUPTED) {
		signals_defer();
		stream_retry(stream);
	}
	if (stream_input(stream).len > 0)
		return DIALOGUE_GOES_ON;
	return stream_state(stream) == STREAM_CLOSED ||
		stream_state(stream) == STREAM_BROKEN
	    ? DIALOGUE_CLOSED
	    : DIALOGUE_SILENT;
}

bool
dialogue_is_in_step(const struct dialogue *dialogue)
{
	return stream_state(dialogue->stream) == STREAM_OPEN &&
	    dialogue->unanswered == 0 && !dialogue->is_over &&
	    !dialogue->unsolicited && !dialogue->is_held_back;
}
