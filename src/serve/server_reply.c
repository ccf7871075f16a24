/*
 * Turns outcomes into codes, statuses and lines. A long text is split into
 * several lines; after LINES_MAX lines it is cut and ends in "...".
 */
#include "serve/server_reply.h"

#define TEXT_MAX ((size_t)400) /* a reply line: RFC 5321 section 4.5.3.1.5 */
#define LINES_MAX 32

/* In our own texts a backslash is part of an octet already masked. */
static bool
is_kept(char c, bool is_own)
{
	return c >= ' ' && c <= '~' && (c != '\\' || is_own);
}

static void
add_masked(struct buf *out, struct span text, bool is_own)
{
	for (size_t i = 0; i < text.len; i++)
		if (is_kept(text.at[i], is_own))
			buf_add_char(out, text.at[i]);
		else
			buf_add_format(
			    out, "\\x%02x", (unsigned char)text.at[i]);
}

/* How many octets of the text fit into a line. */
static size_t
fitting(struct span text, bool is_own)
{
	size_t len = 0, room = TEXT_MAX;

	while (len < text.len) {
		size_t need = is_kept(text.at[len], is_own) ? 1 : 4;

		if (need > room)
			break;
		room -= need;
		len++;
	}
	return len;
}

static void
say_text(struct server_io *io, int code, struct status status, struct span text,
    bool is_own)
{
	for (int i = 0; i < LINES_MAX; i++) {
		struct span line = span_head(text, span_find(text, '\n'));
		size_t len = fitting(line, is_own);
		bool is_last;
		struct buf out = {0};

		text = span_skip(text, len + (len == line.len));
		is_last = text.len == 0 || i == LINES_MAX - 1;
		reply_status_add(&out, status);
		buf_add_char(&out, ' ');
		add_masked(&out, span_head(line, len), is_own);
		if (is_last && text.len > 0)
			buf_add_text(&out, "...");
		server_io_say(
		    io, "%d%c%s", code, is_last ? ' ' : '-', buf_text(&out));
		buf_free(&out);
		if (is_last)
			return;
	}
}

void
server_reply_text(
    struct server_io *io, int code, struct status status, struct span text)
{
	say_text(io, code, status, text, true);
}

/* A status (RFC 3463) for a reply in which the server upstream gave none. */
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

/* RFC 4954 section 6: 530, 534, 535 and 538 are always about a login. */
bool
server_reply_hides(const struct outcome *outcome)
{
	int code = outcome->reply.code;

	if (outcome->stage == STAGE_AUTH)
		return code != 0 || outcome->cause == CAUSE_LOGIN;
	return code == 530 || code == 534 || code == 535 || code == 538;
}

void
server_reply_outcome(struct server_io *io, const struct outcome *outcome)
{
	int code = code_for(outcome);
	struct status status = outcome->reply.status;
	struct span text = buf_span(&outcome->reply.text);

	if (server_reply_hides(outcome)) {
		say_text(io, 451, (struct status){4, 7, 0},
		    SPAN("the relay's own login failed"), true);
		return;
	}
	if (status.class != code / 100)
		status = status_for(outcome, code);
	say_text(io, code, status, text, outcome->reply.code == 0);
}

void
server_reply_outcome_of(struct server_io *io, const struct outcome *outcome,
    const char *path, const char *others)
{
	struct outcome told = {0};
	struct span text = buf_span(&outcome->reply.text);

	outcome_copy(&told, outcome);
	buf_clear(&told.reply.text);
	buf_add_format(&told.reply.text, "<%s>: ", path);
	buf_add_span(&told.reply.text, text);
	if (others != NULL)
		buf_add_format(&told.reply.text, " (%s)", others);
	server_reply_outcome(io, &told);
	outcome_free(&told);
}
