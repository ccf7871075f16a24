#include "cli/log_line.h"

#include <inttypes.h>

#include "base/utf8.h"

/*
 * Octets of a value before it is masked: all values together stay below the
 * 8 KiB that syslog daemons take (RFC 5424 section 6.1 asks for 2 KiB).
 */
#define VALUE_MAX ((size_t)256)
#define TEXT_MAX ((size_t)512)

static void
add_masked(struct buf *line, struct span value, size_t max)
{
	utf8_add_masked(line, span_head(value, max));
	if (value.len > max)
		buf_add_text(line, "...");
}

/* Words are separated by blanks, so there is none in a value. */
static void
add_value(struct buf *line, const char *name, struct span value)
{
	struct buf masked = {0};

	buf_add_format(line, "%s%s=", line->len > 0 ? " " : "", name);
	add_masked(&masked, value, VALUE_MAX);
	for (size_t i = 0; i < masked.len; i++)
		if (masked.data[i] == ' ')
			buf_add_text(line, "\\x20");
		else
			buf_add_char(line, masked.data[i]);
	if (value.len == 0)
		buf_add_char(line, '-');
	buf_free(&masked);
}

static void
add_path(struct buf *line, const char *name, const char *path)
{
	struct buf bracketed;

	buf_init(&bracketed, BUF_DEFAULT_MAX);
	buf_add_format(&bracketed, "<%s>", path != NULL ? path : "");
	add_value(line, name, buf_span(&bracketed));
	buf_free(&bracketed);
}

static void
add_facts(struct buf *line, const struct log_facts *facts)
{
	add_value(line, "profile", span_from(facts->profile));
	add_value(line, "server", span_from(facts->server));
	buf_add_format(line, " uid=%ld", (long)facts->uid);
}

void
log_line_add(struct buf *line, const struct log_facts *facts,
    const struct recipient *recipient)
{
	const struct outcome *outcome = &recipient->outcome;
	const struct reply *reply = &outcome->reply;
	struct buf text;

	buf_init(&text, REPLY_TEXT_MAX);
	reply_add_joined(&text, reply);
	add_facts(line, facts);
	add_path(line, "from", facts->reverse_path);
	add_path(line, "to", recipient->forward_path);
	buf_add_format(line, " size=%" PRIu64, facts->size);
	if (reply->code != 0)
		buf_add_format(line, " code=%d", reply->code);
	else
		buf_add_text(line, " code=-");
	buf_add_text(line, " enhanced=");
	status_add(line, reply->status);
	buf_add_format(line, " outcome=%s", outcome_name(outcome));
	buf_add_format(line, " stage=%s", stage_name(outcome->stage));
	add_value(line, "message-id", span_from(facts->message_id));
	buf_add_text(line, " text=");
	if (text.len == 0)
		buf_add_char(line, '-');
	add_masked(line, buf_span(&text), TEXT_MAX);
	buf_free(&text);
}

void
log_line_add_warning(
    struct buf *line, const struct log_facts *facts, struct span text)
{
	add_facts(line, facts);
	if (facts->message_id != NULL)
		add_value(line, "message-id", span_from(facts->message_id));
	buf_add_text(line, " warning=");
	add_masked(line, span_head(text, span_find(text, '\n')), TEXT_MAX);
}
