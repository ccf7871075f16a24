#include "smtp/server_reply.h"

#define TEXT_MAX ((size_t)400) /* of a line: RFC 5321 section 4.5.3.1.5 */
#define LINES_MAX 32

static void
add_masked(struct buf *out, struct span text)
{
	for (size_t i = 0; i < text.len; i++) {
		unsigned char c = (unsigned char)text.at[i];

		if (c >= ' ' && c <= '~' && c != '\\')
			buf_add_char(out, (char)c);
		else
			buf_add_format(out, "\\x%02x", c);
	}
}

static void
say_line(struct server_io *io, int code, bool is_last,
    const struct status *status, struct span text)
{
	struct buf line = {0};

	status_add(&line, *status);
	buf_add_char(&line, ' ');
	add_masked(&line, text);
	server_io_say(
	    io, "%d%c%s", code, is_last ? ' ' : '-', buf_text(&line));
	buf_free(&line);
}

void
server_reply_text(struct server_io *io, int code, struct status status,
    struct span text)
{
	for (int i = 0; i < LINES_MAX; i++) {
		size_t end = span_find(text, '\n');
		struct span line = span_head(text, end), rest;
		bool is_last;

		rest = span_skip(text, end + 1);
		if (line.len > TEXT_MAX) {
			rest = span_skip(text, TEXT_MAX);
			line.len = TEXT_MAX;
		}
		is_last = rest.len == 0 || i == LINES_MAX - 1;
		say_line(io, code, is_last, &status, line);
		if (is_last)
			return;
		text = rest;
	}
}

/* RFC 3463, for what the upstream server said no status of. */
static struct status
status_for(const struct outcome *outcome, int code)
{
	struct status status = {(unsigned char)(code / 100), 0, 0};

	if (code / 100 == 2)
		return status;
	if (outcome->in_doubt)
		return (struct status){4, 4, 2};
	switch (outcome->cause) {
	case CAUSE_CONTENT:
		status.subject = 6;
		break;
	case CAUSE_LOGIN:
		status.subject = 7;
		break;
	case CAUSE_PROTOCOL:
		status.subject = outcome->stage == STAGE_TLS ? 7 : 5;
		status.detail = outcome->stage == STAGE_TLS ? 5 : 0;
		break;
	case CAUSE_TEMPORARY:
	case CAUSE_NO_HOST:
		if (outcome->reply.code == 0) {
			status.subject = 4;
			status.detail = 1;
		}
		break;
	case CAUSE_REFUSED:
		break;
	}
	return status;
}

static int
code_for(const struct outcome *outcome)
{
	int code = outcome->reply.code;

	switch (outcome->action) {
	case ACTION_RELAYED:
		return code / 100 == 2 ? code : 250;
	case ACTION_FAILED:
		if (outcome->reply.status.subject == 3 && code == 0)
			return 552; /* too large */
		return code / 100 == 5 ? code : 554;
	case ACTION_NONE:
	case ACTION_DELAYED:
		break;
	}
	return code / 100 == 4 && code != 421 ? code : 451;
}

void
server_reply_outcome(struct server_io *io, const struct outcome *outcome)
{
	int code = code_for(outcome);
	struct status status = outcome->reply.status;
	struct span text = buf_span(&outcome->reply.text);

	/* A hint speaks to who configures this. */
	if (outcome->reply.code == 0)
		text = span_head(text, span_find(text, '\n'));
	if (status.class != code / 100)
		status = status_for(outcome, code);
	server_reply_text(io, code, status, text);
}

void
server_reply_outcome_of(struct server_io *io, const struct outcome *outcome,
    const char *path, bool is_partial)
{
	struct outcome told = {0};
	struct span text = buf_span(&outcome->reply.text);

	outcome_copy(&told, outcome);
	buf_clear(&told.reply.text);
	if (outcome->reply.code == 0)
		text = span_head(text, span_find(text, '\n'));
	buf_add_format(&told.reply.text, "<%s>: ", path);
	buf_add_span(&told.reply.text, text);
	if (is_partial)
		buf_add_text(&told.reply.text,
		    " (others have got the message)");
	server_reply_outcome(io, &told);
	outcome_free(&told);
}
