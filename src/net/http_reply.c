/*
 * Reads a reply line by line. A server could echo a secret of our request, so
 * no error quotes a reply, and all memory that holds a part of it is wiped.
 */
#include "net/http_reply.h"

#include <string.h>
#include <time.h>

#include "base/date.h"
#include "net/stream.h"

/* Octets of the lines around the chunks of a body, in all. */
#define CHUNK_LINES_MAX (8 * HTTP_REPLY_BODY_MAX)
#define TYPE_MAX ((size_t)128)

enum framing {
	FRAMING_CLOSE, /* the body lasts until the connection is closed */
	FRAMING_LENGTH,
	FRAMING_CHUNKS,
};

struct reading {
	struct http_reply *reply;
	struct stream *stream;
	int64_t deadline;
	struct buf *reason;
	enum http_result result; /* set when a step fails */
	struct buf line;
	size_t room; /* octets that lines may still have */
	bool is_old; /* HTTP/1.0 */
	enum framing framing;
	uint64_t length; /* of FRAMING_LENGTH */
};

/* Always false. */
static bool
fail(struct reading *reading, enum http_result result, const char *why)
{
	reading->result = result;
	buf_add_text(reading->reason, why);
	return false;
}

static bool
fail_malformed(struct reading *reading, const char *why)
{
	return fail(reading, HTTP_MALFORMED, why);
}

/* Sets why no more input comes. */
static bool
fail_stream(struct reading *reading)
{
	switch (stream_state(reading->stream)) {
	case STREAM_TIMED_OUT:
		return fail(reading, HTTP_TIMEOUT,
		    "there was no whole reply from the server in time");
	case STREAM_INTERRUPTED:
		return fail(
		    reading, HTTP_SIGNAL, stream_reason(reading->stream));
	case STREAM_CLOSED:
		return fail(reading, HTTP_LOST,
		    reading->reply->status != 0
			? "the reply of the server is cut off"
			: "the server closed the connection without a reply");
	default:
		return fail(reading, HTTP_LOST, stream_reason(reading->stream));
	}
}

/* Waits until there is input. */
static bool
await_input(struct reading *reading)
{
	return stream_input(reading->stream).len > 0 ||
	    stream_fill(reading->stream, reading->deadline) ||
	    fail_stream(reading);
}

/* Takes the next line, without its CRLF; adds it to reading->line. */
static bool
take_line(struct reading *reading)
{
	struct span input = stream_input(reading->stream);
	size_t end = span_find(input, '\n'), most = HTTP_REPLY_HEADER_MAX;

	if (reading->room < most)
		most = reading->room;
	while (end == input.len && input.len < most) {
		if (!stream_fill(reading->stream, reading->deadline))
			return fail_stream(reading);
		input = stream_input(reading->stream);
		end = span_find(input, '\n');
	}
	if (end >= most)
		return fail(reading, HTTP_TOO_LARGE,
		    "the server's reply has too long a header");
	if (end == 0 || input.at[end - 1] != '\r')
		return fail_malformed(reading,
		    "a line of the server's reply does not end in CRLF");
	reading->room -= end + 1;
	buf_add(&reading->line, input.at, end - 1);
	stream_consume(reading->stream, end + 1);
	return true;
}

/* Takes a line of the header, and the lines that it is folded into. */
static bool
take_field(struct reading *reading)
{
	buf_clear(&reading->line);
	if (!take_line(reading))
		return false;
	while (reading->line.len > 0 && await_input(reading) &&
	    ascii_is_blank(stream_input(reading->stream).at[0]))
		if (!take_line(reading))
			return false;
	if (reading->result != HTTP_DONE)
		return false;
	for (size_t i = 0; i < reading->line.len; i++)
		if (ascii_is_control(reading->line.data[i]) &&
		    reading->line.data[i] != '\t')
			return fail_malformed(reading,
			    "the header of the server's reply has a control "
			    "character in it");
	return true;
}

/* "HTTP/1.1 200 OK" */
static bool
read_status(struct reading *reading)
{
	struct span line;
	uint64_t status;

	buf_clear(&reading->line);
	if (!take_line(reading))
		return false;
	line = buf_span(&reading->line);
	if (!span_starts(line, SPAN("HTTP/1.")) || line.len < 12 ||
	    !ascii_is_digit(line.at[7]) || line.at[8] != ' ' ||
	    (line.len > 12 && line.at[12] != ' ') ||
	    !span_number(span_head(span_skip(line, 9), 3), 599, &status) ||
	    status < 100)
		return fail_malformed(
		    reading, "the server does not answer in HTTP/1.1");
	reading->is_old = line.at[7] == '0';
	reading->reply->status = (int)status;
	return true;
}

static bool
take_length(struct reading *reading, struct span value)
{
	if (reading->framing != FRAMING_CLOSE ||
	    !span_number(value, UINT64_MAX, &reading->length))
		return fail_malformed(reading,
		    "the length of the server's reply is malformed or is there "
		    "twice");
	reading->framing = FRAMING_LENGTH;
	return true;
}

static bool
take_coding(struct reading *reading, struct span value)
{
	if (reading->framing != FRAMING_CLOSE || reading->is_old ||
	    !span_equal_nocase(value, SPAN("chunked")))
		return fail_malformed(reading,
		    "the server's reply has an unknown transfer coding, or one "
		    "and a length");
	reading->framing = FRAMING_CHUNKS;
	return true;
}

static bool
take_encoding(struct reading *reading, struct span value)
{
	return span_equal_nocase(value, SPAN("identity")) ||
	    fail_malformed(reading,
		"the server's reply is compressed, which was not asked for");
}

static bool
take_type(struct reading *reading, struct span value)
{
	struct buf *type = &reading->reply->content_type;

	value = span_trim(span_head(value, span_find(value, ';')));
	if (type->len > 0 || value.len > TYPE_MAX)
		return true;
	buf_add_lower(type, value);
	return true;
}

static bool
take_retry(struct reading *reading, struct span value)
{
	int64_t *retry = &reading->reply->retry_after, moment;
	uint64_t seconds;

	if (value.len > 0 && span_digits(value).len == value.len)
		*retry =
		    span_number(value, (uint64_t)HTTP_REPLY_RETRY_MAX, &seconds)
		    ? (int64_t)seconds
		    : HTTP_REPLY_RETRY_MAX;
	else if (date_find(value, &moment))
		*retry = moment - (int64_t)time(NULL);
	if (*retry > HTTP_REPLY_RETRY_MAX)
		*retry = HTTP_REPLY_RETRY_MAX;
	else if (*retry < -1)
		*retry = 0;
	return true;
}

static const struct field {
	const char *name;
	bool (*take)(struct reading *reading, struct span value);
} fields[] = {
    {"Content-Encoding", take_encoding},
    {"Content-Length", take_length},
    {"Content-Type", take_type},
    {"Retry-After", take_retry},
    {"Transfer-Encoding", take_coding},
};

/* RFC 9110 section 5.6.2 */
static bool
is_token(struct span text)
{
	for (size_t i = 0; i < text.len; i++)
		if (!ascii_is_alnum(text.at[i]) &&
		    strchr("!#$%&'*+-.^_`|~", text.at[i]) == NULL)
			return false;
	return text.len > 0;
}

/* Reads fields up to the empty line. is_used: false for those of trailers. */
static bool
read_fields(struct reading *reading, bool is_used)
{
	while (take_field(reading)) {
		struct span line = buf_span(&reading->line), name;
		size_t colon = span_find(line, ':');

		if (line.len == 0)
			return true;
		name = span_head(line, colon);
		if (colon == line.len || !is_token(name))
			return fail_malformed(reading,
			    "the header of the server's reply is malformed");
		line = span_trim(span_skip(line, colon + 1));
		for (size_t i = 0;
		     is_used && i < sizeof(fields) / sizeof(fields[0]); i++)
			if (span_equal_nocase(
				name, span_from(fields[i].name)) &&
			    !fields[i].take(reading, line))
				return false;
	}
	return false;
}

static bool
fail_large(struct reading *reading)
{
	return fail(
	    reading, HTTP_TOO_LARGE, "the server's reply has too long a body");
}

/* Takes that many octets of the body. */
static bool
take_octets(struct reading *reading, uint64_t count)
{
	struct buf *body = &reading->reply->body;

	if (count > HTTP_REPLY_BODY_MAX - body->len)
		return fail_large(reading);
	while (count > 0) {
		struct span input;

		if (!await_input(reading))
			return false;
		input = span_head(stream_input(reading->stream), (size_t)count);
		buf_add_span(body, input);
		stream_consume(reading->stream, input.len);
		count -= input.len;
	}
	return true;
}

/* "1a" or "1a;extension" */
static bool
take_size(struct reading *reading, uint64_t *size)
{
	struct span line;
	size_t end = 0;

	buf_clear(&reading->line);
	if (!take_line(reading))
		return false;
	line = buf_span(&reading->line);
	*size = 0;
	while (end < line.len && ascii_hex_value(line.at[end]) >= 0) {
		if (*size <= HTTP_REPLY_BODY_MAX)
			*size = *size * 16 +
			    (uint64_t)ascii_hex_value(line.at[end]);
		end++;
	}
	line = span_skip(line, end);
	line = span_trim(line);
	if (end == 0 || (line.len > 0 && line.at[0] != ';'))
		return fail_malformed(reading,
		    "a chunk of the server's reply has no size before it");
	return true;
}

/* RFC 9112 section 7.1 */
static bool
read_chunks(struct reading *reading)
{
	uint64_t size;

	reading->room = CHUNK_LINES_MAX;
	while (take_size(reading, &size)) {
		if (size == 0)
			return read_fields(reading, false);
		if (!take_octets(reading, size))
			return false;
		buf_clear(&reading->line);
		if (!take_line(reading))
			return false;
		if (reading->line.len > 0)
			return fail_malformed(reading,
			    "a chunk of the server's reply is longer than its "
			    "size says");
	}
	return false;
}

/*
 * TLS does not tell us whether the server ended the connection or somebody
 * else did, so the format of the body must show whether it is whole.
 */
static bool
read_to_close(struct reading *reading)
{
	for (;;) {
		struct span input = stream_input(reading->stream);

		if (!take_octets(reading, input.len))
			return false;
		if (!stream_fill(reading->stream, reading->deadline))
			return stream_state(reading->stream) == STREAM_CLOSED ||
			    fail_stream(reading);
	}
}

static bool
read_body(struct reading *reading)
{
	if (reading->reply->status == 204)
		return true;
	switch (reading->framing) {
	case FRAMING_LENGTH:
		return take_octets(reading, reading->length);
	case FRAMING_CHUNKS:
		return read_chunks(reading);
	default:
		return read_to_close(reading);
	}
}

/* Reads the header; interim replies (1xx) before it are dropped. */
static bool
read_header(struct reading *reading)
{
	do {
		if (!read_status(reading))
			return false;
		if (reading->reply->status == 101)
			return fail_malformed(
			    reading, "the server changes to another protocol");
		if (!read_fields(reading, reading->reply->status >= 200))
			return false;
	} while (reading->reply->status < 200);
	return true;
}

/* Where a redirect leads is not told: it could hold a secret of ours. */
static bool
accept_status(struct reading *reading)
{
	int status = reading->reply->status;

	if (status < 300 || status > 399)
		return true;
	buf_add_format(reading->reason,
	    "the server redirects the request (status %d), which is not "
	    "followed",
	    status);
	reading->result = HTTP_REDIRECTED;
	return false;
}

enum http_result
http_reply_read(struct http_reply *reply, struct stream *stream,
    int64_t deadline, struct buf *reason)
{
	struct reading reading = {
	    .reply = reply,
	    .stream = stream,
	    .deadline = deadline,
	    .reason = reason,
	    .room = HTTP_REPLY_HEADER_MAX,
	};

	reply->retry_after = -1;
	buf_init_secret(&reply->content_type, TYPE_MAX);
	buf_init_secret(&reply->body, HTTP_REPLY_BODY_MAX);
	buf_init_secret(&reading.line, CHUNK_LINES_MAX);
	if (read_header(&reading) && accept_status(&reading))
		read_body(&reading);
	buf_wipe(&reading.line);
	return reading.result;
}

bool
http_reply_is_success(const struct http_reply *reply)
{
	return reply->status >= 200 && reply->status <= 299;
}

void
http_reply_free(struct http_reply *reply)
{
	buf_wipe(&reply->content_type);
	buf_wipe(&reply->body);
	*reply = (struct http_reply){0};
}
