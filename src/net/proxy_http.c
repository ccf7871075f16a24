/*
 * Speaks CONNECT. A login is sent with the first request, because many proxies
 * close the connection after they have asked for one.
 */
#include "net/proxy_http.h"

#include <stdlib.h>
#include <string.h>

#include "base/base64.h"
#include "base/utf8.h"

/* A host has 253 octets, user and password 255 each. */
#define REQUEST_MAX ((size_t)4 * 1024)
#define BLOCK ((size_t)2 * 1024)
#define PHRASE_SHOWN_MAX ((size_t)100)
#define NOT_HTTP "it does not speak HTTP"
#define BAD_REPLY "its reply is malformed"

/* What the codes mean for CONNECT (RFC 9110 section 15). */
static const struct refusal {
	int code;
	const char *text;
} refusals[] = {
    {400, "it does not understand the request"},
    {403, "its rules do not allow this connection"},
    {404, "it cannot find the host"},
    {405, "it does not allow CONNECT"},
    {408, "the request took too long"},
    {429, "it was asked too often"},
    {500, "it failed"},
    {501, "it does not know CONNECT"},
    {502, "it cannot reach the server"},
    {503, "it is overloaded, or cannot reach the server"},
    {504, "the server did not answer it in time"},
};

/* A reply up to the empty line. */
struct reply {
	struct buf header;
	int code;
	struct span phrase; /* of the status line; in `header` */
};

/* The line that a header ends with so far. */
struct last_line {
	size_t len;
	char end; /* its last octet */
};

static void
add_request(const struct proxy_target *target, struct buf *out)
{
	bool is_six = strchr(target->host, ':') != NULL;
	struct buf authority = {0}, login;

	buf_add_format(&authority, "%s%s%s:%u", is_six ? "[" : "", target->host,
	    is_six ? "]" : "", (unsigned)target->port);
	buf_add_format(out, "CONNECT %s HTTP/1.1\r\nHost: %s\r\n",
	    buf_text(&authority), buf_text(&authority));
	if (target->user.len > 0) {
		buf_init_secret(&login, REQUEST_MAX);
		buf_add_span(&login, target->user);
		buf_add_char(&login, ':');
		buf_add_span(&login, target->password);
		buf_add_text(out, "Proxy-Authorization: Basic ");
		base64_encode(out, buf_span(&login));
		buf_add_text(out, "\r\n");
		buf_wipe(&login);
	}
	buf_add_text(out, "\r\n");
	buf_free(&authority);
}

static bool
ask(struct proxy_talk *talk, const struct proxy_target *target)
{
	struct buf request;
	bool done;

	buf_init_secret(&request, REQUEST_MAX);
	add_request(target, &request);
	done = request.full
	    ? proxy_talk_fail(talk, PROXY_REFUSED,
		  "the host, user or password is too long for a request")
	    : proxy_talk_say(talk, buf_span(&request));
	buf_wipe(&request);
	return done;
}

/*
 * How many octets of `block` belong to the header, which ends with an empty
 * line; then *is_end is set. LF alone ends a line too (RFC 9112 section 2.2).
 */
static size_t
measure_header(struct span block, struct last_line *line, bool *is_end)
{
	for (size_t i = 0; i < block.len; i++) {
		if (block.at[i] != '\n') {
			line->len++;
			line->end = block.at[i];
		} else if (line->len == 0 ||
		    (line->len == 1 && line->end == '\r')) {
			*is_end = true;
			return i + 1;
		} else {
			line->len = 0;
		}
	}
	return block.len;
}

static bool
is_header_text(struct span block)
{
	for (size_t i = 0; i < block.len; i++)
		if (ascii_is_control(block.at[i]) && block.at[i] != '\t' &&
		    block.at[i] != '\r' && block.at[i] != '\n')
			return false;
	return true;
}

/* Another protocol is recognised without a wait for the end of a line. */
static bool
begins_as_http(struct span header)
{
	struct span begin = SPAN("HTTP/1.");

	return header.len < begin.len ? span_starts(begin, header)
				      : span_starts(header, begin);
}

/* Reads the header of one reply, of at most `room` octets. */
static bool
hear_header(struct proxy_talk *talk, struct buf *header, size_t room)
{
	char block[BLOCK];
	struct last_line line = {0};
	bool is_end = false;

	while (!is_end) {
		size_t len, left = room - header->len;
		struct span part;

		if (left == 0)
			return proxy_talk_fail(talk, PROXY_MALFORMED,
			    "its reply has too long a header");
		if (!proxy_talk_peek(
			talk, block, left < BLOCK ? left : BLOCK, &len))
			return false;
		part = (struct span){block, len};
		part.len = measure_header(part, &line, &is_end);
		if (!proxy_talk_hear(talk, block, part.len))
			return false;
		buf_add_span(header, part);
		if (!begins_as_http(buf_span(header)))
			return proxy_talk_fail(talk, PROXY_MALFORMED, NOT_HTTP);
		if (!is_header_text(part))
			return proxy_talk_fail(
			    talk, PROXY_MALFORMED, BAD_REPLY);
	}
	return true;
}

/* "HTTP/1.1 200 OK" */
static bool
read_status(struct proxy_talk *talk, struct reply *reply)
{
	struct span line = buf_span(&reply->header);
	uint64_t code;

	line = span_head(line, span_find(line, '\n'));
	if (line.len > 0 && line.at[line.len - 1] == '\r')
		line.len--;
	if (line.len < 12 || !ascii_is_digit(line.at[7]) || line.at[8] != ' ' ||
	    (line.len > 12 && line.at[12] != ' ') ||
	    !span_number(span_head(span_skip(line, 9), 3), 599, &code) ||
	    code < 100)
		return proxy_talk_fail(talk, PROXY_MALFORMED, BAD_REPLY);
	reply->code = (int)code;
	reply->phrase = span_trim(span_skip(line, 12));
	return true;
}

/*
 * Whether the reply offers Basic: "Proxy-Authenticate: Negotiate, Basic
 * realm=x". A reply that offers nothing leaves it open.
 */
static bool
accepts_basic(const struct reply *reply)
{
	struct span rest = buf_span(&reply->header), line, item, word;
	struct span name = SPAN("Proxy-Authenticate:");
	bool is_offer = false;

	while (span_next_word(&rest, "\n", &line)) {
		if (!span_starts_nocase(line, name))
			continue;
		is_offer = true;
		line = span_trim(span_skip(line, name.len));
		while (span_next_word(&line, ",", &item))
			if (span_next_word(&item, " \t\r", &word) &&
			    span_equal_nocase(word, SPAN("Basic")))
				return true;
	}
	return !is_offer;
}

static bool
refuse_login(struct proxy_talk *talk, const struct reply *reply, bool has_login)
{
	if (!accepts_basic(reply))
		return proxy_talk_fail(talk, PROXY_NO_LOGIN,
		    "it accepts no login by user and password");
	return proxy_talk_fail(talk, PROXY_NO_LOGIN,
	    has_login ? "it refused the login" : "it requires a login");
}

static const char *
find_refusal(int code)
{
	for (size_t i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++)
		if (refusals[i].code == code)
			return refusals[i].text;
	return code < 400 ? "it sends its clients to another address"
			  : "it refused the request";
}

/*
 * "its rules do not allow this connection (403 "Forbidden")". The phrase is the
 * proxy's. A proxy that got a password could repeat it there in any form, so
 * the phrase is left out then.
 */
static bool
refuse(struct proxy_talk *talk, const struct reply *reply, bool has_login)
{
	char *shown;

	/* Tinyproxy refuses a login by 401. */
	if (reply->code == 407 || reply->code == 401)
		return refuse_login(talk, reply, has_login);
	buf_add_format(
	    talk->reason, "%s (%d", find_refusal(reply->code), reply->code);
	if (!has_login && reply->phrase.len > 0) {
		shown = utf8_excerpt_masked(reply->phrase, PHRASE_SHOWN_MAX);
		buf_add_format(talk->reason, " \"%s\"", shown);
		free(shown);
	}
	return proxy_talk_fail(talk, PROXY_REFUSED, ")");
}

/* Reads the replies up to the one that decides. */
static bool
hear_reply(struct proxy_talk *talk, struct reply *reply)
{
	size_t room = PROXY_HTTP_REPLY_MAX;

	do {
		buf_clear(&reply->header);
		if (!hear_header(talk, &reply->header, room) ||
		    !read_status(talk, reply))
			return false;
		room -= reply->header.len;
		/* 101: it switches to a protocol that nobody asked for. */
		if (reply->code == 101)
			return proxy_talk_fail(
			    talk, PROXY_MALFORMED, BAD_REPLY);
	} while (reply->code < 200);
	return true;
}

bool
proxy_http_connect(struct proxy_talk *talk, const struct proxy_target *target)
{
	struct reply reply = {0};
	bool done;

	buf_init_secret(&reply.header, PROXY_HTTP_REPLY_MAX);
	done = ask(talk, target) && hear_reply(talk, &reply) &&
	    (reply.code < 300 || refuse(talk, &reply, target->user.len > 0));
	buf_wipe(&reply.header);
	return done;
}
