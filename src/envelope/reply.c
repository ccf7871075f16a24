/*
 * The parser of replies. It takes lines, not octets, and knows nothing of
 * sockets; smtp/dialogue.c cuts the input into lines.
 */
#include "envelope/reply.h"

#include <string.h>

void
reply_free(struct reply *reply)
{
	buf_free(&reply->text);
	*reply = (struct reply){0};
}

/*
 * The part of the text that a copy keeps, because 100,000 recipients may each
 * have a copy: the last lines, which say most. If the last line alone is too
 * long, its beginning.
 */
static struct span
kept_lines(struct span text)
{
	size_t from = text.len;

	for (size_t i = text.len; i > 0 && text.len - i < REPLY_KEPT_MAX; i--)
		if (i == 1 || text.at[i - 2] == '\n')
			from = i - 1;
	if (text.len <= REPLY_KEPT_MAX)
		return text;
	if (from == text.len)
		while (from > 0 && text.at[from - 1] != '\n')
			from--;
	return span_head(span_skip(text, from), REPLY_KEPT_MAX);
}

void
reply_copy(struct reply *to, const struct reply *from)
{
	struct reply copy = {from->code, from->status, {0}, from->lines};

	buf_init(&copy.text, REPLY_TEXT_MAX);
	buf_add_span(&copy.text, kept_lines(buf_span(&from->text)));
	reply_free(to);
	*to = copy;
}

/* Subject and detail of a status have one to three digits. */
static bool
take_number(struct span *text, unsigned short *number)
{
	size_t len = 0;
	uint64_t value;

	while (len < text->len && len < 4 && ascii_is_digit(text->at[len]))
		len++;
	if (len > 3 || !span_number(span_head(*text, len), 999, &value))
		return false;
	*number = (unsigned short)value;
	*text = span_skip(*text, len);
	return true;
}

static bool
take_char(struct span *text, char c)
{
	if (text->len == 0 || text->at[0] != c)
		return false;
	*text = span_skip(*text, 1);
	return true;
}

/*
 * RFC 2034 section 4: the status precedes the text, and its class is the first
 * digit of the code. It is read even if the server did not announce
 * ENHANCEDSTATUSCODES, because other text does not begin like this.
 */
static void
take_status(struct span *text, int code, struct status *status)
{
	struct span rest = *text;
	struct status found = {(unsigned char)(code / 100), 0, 0};

	if (found.class == 3 || !take_char(&rest, (char)('0' + found.class)) ||
	    !take_char(&rest, '.') || !take_number(&rest, &found.subject) ||
	    !take_char(&rest, '.') || !take_number(&rest, &found.detail))
		return;
	if (rest.len > 0 && !take_char(&rest, ' '))
		return;
	*status = found;
	*text = rest;
}

enum reply_progress
reply_take_line(struct reply *reply, struct span line)
{
	uint64_t code;
	bool more;

	if (line.len > REPLY_LINE_MAX || ++reply->lines > REPLY_LINES_MAX ||
	    !span_number(span_head(line, 3), 599, &code) || line.len < 3 ||
	    code < 200)
		return REPLY_MALFORMED;
	if (reply->code != 0 && reply->code != (int)code)
		return REPLY_MALFORMED;
	line = span_skip(line, 3);
	more = take_char(&line, '-');
	if (!more && line.len > 0 && !take_char(&line, ' '))
		return REPLY_MALFORMED;

	if (reply->code == 0)
		buf_init(&reply->text, REPLY_TEXT_MAX);
	else
		buf_add_char(&reply->text, '\n');
	reply->code = (int)code;
	take_status(&line, reply->code, &reply->status);
	if (!buf_add_span(&reply->text, line))
		return REPLY_MALFORMED;
	return more ? REPLY_MORE : REPLY_DONE;
}

void
reply_set_own(struct reply *reply, const char *format, ...)
{
	char text[1024] = "";
	va_list arguments;

	va_start(arguments, format);
	text_add_format(text, sizeof(text), format, arguments);
	va_end(arguments);
	reply_free(reply);
	buf_init(&reply->text, REPLY_TEXT_MAX);
	buf_add_text(&reply->text, text);
}

bool
reply_is_positive(const struct reply *reply)
{
	return reply->code / 100 == 2;
}

bool
reply_is_intermediate(const struct reply *reply)
{
	return reply->code / 100 == 3;
}

bool
reply_is_transient(const struct reply *reply)
{
	return reply->code / 100 == 4;
}

bool
reply_is_permanent(const struct reply *reply)
{
	return reply->code / 100 == 5;
}

bool
reply_refuses_mechanism(const struct reply *reply)
{
	const struct status *status = &reply->status;

	if (reply->code == 534 || reply->code == 535)
		return false;
	return reply->code == 500 || reply->code == 502 || reply->code == 504 ||
	    (status->class == 5 && status->subject == 7 && status->detail == 4);
}

bool
reply_is_misplaced(const struct reply *reply)
{
	return reply->code == 220 || reply->code == 221 || reply->code == 235 ||
	    reply_is_intermediate(reply);
}

struct span
reply_last_line(const struct reply *reply)
{
	struct span text = buf_span(&reply->text);
	size_t from = text.len;

	while (from > 0 && text.at[from - 1] != '\n')
		from--;
	return span_skip(text, from);
}

void
reply_add_joined(struct buf *buf, const struct reply *reply)
{
	struct span rest = buf_span(&reply->text), line;
	const char *between = "";

	while (span_next_word(&rest, "\n", &line)) {
		line = span_trim(line);
		if (line.len == 0)
			continue;
		buf_add_text(buf, between);
		buf_add_span(buf, line);
		between = " ";
	}
}

void
reply_add_line(struct buf *buf, const struct reply *reply)
{
	if (reply->code != 0)
		buf_add_format(buf, "%d ", reply->code);
	if (reply->status.class != 0) {
		reply_status_add(buf, reply->status);
		buf_add_char(buf, ' ');
	}
	reply_add_joined(buf, reply);
}

void
reply_status_add(struct buf *buf, struct status status)
{
	if (status.class == 0)
		buf_add_char(buf, '-');
	else
		buf_add_format(buf, "%u.%u.%u", status.class, status.subject,
		    status.detail);
}
