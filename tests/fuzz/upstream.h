/*
 * An SMTP or LMTP server in memory that follows the RFCs, for fuzz_server.c: it
 * parses what it receives, claims that it is correct, and keeps the contents.
 */
#ifndef TESTS_FUZZ_UPSTREAM_H
#define TESTS_FUZZ_UPSTREAM_H

#include "fuzz/fuzz.h"

#define CONTENTS_MAX 2048

struct content {
	struct buf text; /* without the dots of the wire */
	size_t plan;	 /* how many plans had been made */
	size_t recipients, accepted;
};

struct upstream {
	/* Set by the caller: */
	bool is_lmtp, has_eight_bit, has_utf8, is_moody;
	bool is_odd;	    /* MAIL from "odd" and DATA get senseless replies */
	size_t drops_after; /* commands; 0: never */
	const struct buf *paths; /* that may be recipients, a line each */
	size_t plan;
	/* Its connection: */
	int fd;
	bool is_closed, has_mail, in_content;
	size_t commands, recipients, sent;
	struct buf line, said;
	/* Of all connections: */
	struct content contents[CONTENTS_MAX];
	size_t count;
};

static inline void
upstream_say(struct upstream *upstream, const char *reply)
{
	CLAIM(buf_add_format(&upstream->said, "%s\r\n", reply));
}

static inline void
upstream_connect(struct upstream *upstream, int fd)
{
	upstream->fd = fd;
	upstream->is_closed = upstream->has_mail = false;
	upstream->in_content = false;
	upstream->commands = upstream->recipients = upstream->sent = 0;
	buf_clear(&upstream->line);
	buf_clear(&upstream->said);
	upstream_say(upstream, "220 upstream.example ready");
}

static inline void
upstream_greet(struct upstream *upstream)
{
	upstream->has_mail = false;
	upstream_say(upstream, "250-upstream.example");
	upstream_say(upstream, "250-PIPELINING");
	if (upstream->has_eight_bit)
		upstream_say(upstream, "250-8BITMIME");
	if (upstream->has_utf8)
		upstream_say(upstream, "250-SMTPUTF8");
	upstream_say(upstream, "250-DSN");
	upstream_say(upstream, "250 SIZE 10000");
}

/* "<path>" in a command, parameters behind it: one of those that may be. */
static inline void
upstream_check_path(const struct upstream *upstream, struct span argument)
{
	struct span rest = buf_span(upstream->paths), line, behind;

	CLAIM(span_starts(argument, SPAN("<")));
	argument = span_skip(argument, 1);
	for (; rest.len > 0; rest = span_skip(rest, line.len + 1)) {
		line = span_head(rest, span_find(rest, '\n'));
		behind = span_skip(argument, line.len);
		if (span_starts(argument, line) &&
		    (span_equal(behind, SPAN(">")) ||
			span_starts(behind, SPAN("> "))))
			return;
	}
	CLAIM(!"a recipient that nobody named");
}

static inline void
upstream_rcpt(struct upstream *upstream, struct span argument)
{
	CLAIM(upstream->has_mail);
	upstream_check_path(upstream, argument);
	if (span_starts(argument, SPAN("<no"))) {
		upstream_say(upstream, "550 5.1.1 no such user");
	} else if (span_starts(argument, SPAN("<later"))) {
		upstream_say(upstream, "450-4.2.1 busy");
		upstream_say(upstream, "450 4.2.1 \xc3\xa4 come back");
	} else {
		upstream->recipients++;
		upstream_say(upstream, "250 2.1.5 yes");
	}
}

/* The client sends only these commands, in a valid order. */
static inline void
upstream_command(struct upstream *upstream, struct span line)
{
	if (++upstream->commands == upstream->drops_after) {
		upstream->is_closed = true;
	} else if (span_starts(line, SPAN("EHLO client.example")) ||
	    span_starts(line, SPAN("LHLO client.example"))) {
		upstream_greet(upstream);
	} else if (upstream->is_odd &&
	    span_starts(line, SPAN("MAIL FROM:<odd"))) {
		upstream_say(upstream, "354 odd");
	} else if (upstream->is_odd && span_equal(line, SPAN("DATA"))) {
		upstream_say(upstream, "250 odd");
	} else if (span_starts(line, SPAN("MAIL FROM:<"))) {
		CLAIM(!upstream->has_mail);
		upstream->has_mail = !span_starts(line, SPAN("MAIL FROM:<no"));
		upstream->recipients = 0;
		upstream_say(upstream,
		    upstream->has_mail ? "250 2.1.0 yes" : "553 5.1.8 no");
	} else if (span_starts(line, SPAN("RCPT TO:"))) {
		upstream_rcpt(upstream, span_skip(line, 8));
	} else if (span_equal(line, SPAN("DATA"))) {
		CLAIM(upstream->has_mail && upstream->recipients > 0);
		CLAIM(upstream->count < CONTENTS_MAX);
		upstream->in_content = true;
		upstream_say(upstream, "354 go on");
	} else if (span_equal(line, SPAN("RSET"))) {
		upstream->has_mail = false;
		upstream_say(upstream, "250 2.0.0 forgotten");
	} else {
		CLAIM(span_equal(line, SPAN("QUIT")));
		upstream_say(upstream, "221 2.0.0 bye");
		upstream->is_closed = true;
	}
}

static inline void
upstream_end_content(struct upstream *upstream)
{
	struct content *content = &upstream->contents[upstream->count];
	size_t replies = upstream->is_lmtp ? upstream->recipients : 1;

	content->plan = upstream->plan;
	content->recipients = upstream->recipients;
	for (size_t i = 0; i < replies; i++) {
		bool is_taken =
		    !upstream->is_moody || (upstream->count + i) % 2 == 0;

		content->accepted +=
		    is_taken ? upstream->recipients / replies : 0;
		upstream_say(upstream,
		    is_taken ? "250 2.0.0 taken" : "451 4.3.0 not now");
	}
	upstream->count++;
	upstream->in_content = upstream->has_mail = false;
}

/* RFC 5321 section 4.5.2. */
static inline void
upstream_content(struct upstream *upstream, struct span line)
{
	struct content *content = &upstream->contents[upstream->count];

	if (span_equal(line, SPAN("."))) {
		upstream_end_content(upstream);
		return;
	}
	if (content->text.data == NULL)
		buf_init(&content->text, (size_t)1024 * 1024);
	line = span_skip(line, span_starts(line, SPAN(".")));
	CLAIM(buf_add_span(&content->text, line));
	CLAIM(buf_add_text(&content->text, "\r\n"));
}

static inline void
upstream_take(struct upstream *upstream, struct span data)
{
	for (size_t i = 0; i < data.len && !upstream->is_closed; i++) {
		struct buf *line = &upstream->line;

		CLAIM(data.at[i] != '\0');
		CLAIM(line->len == 0 || line->data[line->len - 1] != '\r' ||
		    data.at[i] == '\n');
		if (data.at[i] != '\n') {
			CLAIM(buf_add_char(line, data.at[i]));
			continue;
		}
		CLAIM(line->len > 0 && line->data[line->len - 1] == '\r');
		line->len--;
		if (upstream->in_content)
			upstream_content(upstream, buf_span(line));
		else
			upstream_command(upstream, buf_span(line));
		buf_clear(line);
	}
	/* An incomplete content does not count. */
	if (upstream->is_closed && upstream->in_content)
		buf_free(&upstream->contents[upstream->count].text);
}

static inline void
upstream_free(struct upstream *upstream)
{
	for (size_t i = 0;
	     i < upstream->count + (upstream->count < CONTENTS_MAX); i++)
		buf_free(&upstream->contents[i].text);
	buf_free(&upstream->line);
	buf_free(&upstream->said);
}

#endif
