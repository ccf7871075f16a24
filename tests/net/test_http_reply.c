#include "rows.h"

#include "net/http_reply.h"

#include "base/wait.h"
#include "net/stream.h"

#define OK "HTTP/1.1 200 OK\r\n"
#define END "\r\n"
#define CHUNKED OK "Transfer-Encoding: chunked\r\n" END

/* What a reply is read as: "STATUS RETRY TYPE BODY", or the reason. */
struct reply_row {
	const char *name;
	struct span says;
	enum http_result result;
	const char *read;
};

#define DONE HTTP_DONE
#define BAD HTTP_MALFORMED
#define LARGE HTTP_TOO_LARGE
#define LOST HTTP_LOST

#define CUT "the reply of the server is cut off"
#define NO_REPLY "the server closed the connection without a reply"
#define NOT_HTTP "the server does not answer in HTTP/1.1"
#define BAD_LENGTH \
	"the length of the server's reply is malformed or is there twice"
#define BAD_CODING                                                         \
	"the server's reply has an unknown transfer coding, or one and a " \
	"length"
#define BAD_LINE "a line of the server's reply does not end in CRLF"
#define BAD_FIELD "the header of the server's reply is malformed"
#define BAD_CONTROL \
	"the header of the server's reply has a control character in it"
#define BAD_SIZE "a chunk of the server's reply has no size before it"
#define BAD_CHUNK "a chunk of the server's reply is longer than its size says"
#define LONG_BODY "the server's reply has too long a body"
#define LONG_HEADER "the server's reply has too long a header"

static const struct reply_row rows[] = {
    {"a length", SPAN(OK "Content-Length: 2\r\n" END "{}"), DONE, "200 -1  {}"},
    {"a length of 0", SPAN(OK "Content-Length: 0\r\n" END), DONE, "200 -1  "},
    {"what follows the length is not read",
	SPAN(OK "Content-Length: 2\r\n" END "{}HTTP/1.1 400 x\r\n" END), DONE,
	"200 -1  {}"},
    {"until the connection closes", SPAN(OK END "{\"a\":1}"), DONE,
	"200 -1  {\"a\":1}"},
    {"an empty body until the connection closes", SPAN(OK END), DONE,
	"200 -1  "},
    {"HTTP/1.0", SPAN("HTTP/1.0 400 Bad\r\nContent-Length: 1\r\n" END "x"),
	DONE, "400 -1  x"},
    {"HTTP/1.9", SPAN("HTTP/1.9 200 OK\r\n" END "x"), DONE, "200 -1  x"},
    {"no reason", SPAN("HTTP/1.1 503\r\n" END), DONE, "503 -1  "},
    {"an empty reason", SPAN("HTTP/1.1 503 \r\n" END), DONE, "503 -1  "},
    {"chunks", SPAN(CHUNKED "1\r\n{\r\n1\r\n}\r\n0\r\n" END), DONE,
	"200 -1  {}"},
    {"no chunk", SPAN(CHUNKED "0\r\n" END), DONE, "200 -1  "},
    {"sizes in either case",
	SPAN(CHUNKED "A\r\n0123456789\r\na\r\n0123456789\r\n0\r\n" END), DONE,
	"200 -1  01234567890123456789"},
    {"a size with zeros",
	SPAN(CHUNKED "0000000000000000000000002\r\n{}\r\n"
		     "000\r\n" END),
	DONE, "200 -1  {}"},
    {"extensions of chunks",
	SPAN(CHUNKED "2;a=b;c=\"d\"\r\n{}\r\n0 ; x\r\n" END), DONE,
	"200 -1  {}"},
    {"trailers",
	SPAN(CHUNKED
	    "2\r\n{}\r\n0\r\nRetry-After: 5\r\nContent-Length: 9\r\n" END),
	DONE, "200 -1  {}"},
    {"what follows the chunks is not read",
	SPAN(CHUNKED "0\r\n" END "HTTP/1.1 200 OK\r\n"), DONE, "200 -1  "},
    {"chunks that hold line ends", SPAN(CHUNKED "4\r\n\r\n\r\n\r\n0\r\n" END),
	DONE, "200 -1  \r\n\r\n"},
    {"chunked in capitals",
	SPAN(OK "TRANSFER-ENCODING:CHUNKED\r\n" END "0\r\n" END), DONE,
	"200 -1  "},
    {"100 first",
	SPAN("HTTP/1.1 100 Continue\r\nContent-Length: 99\r\n" END
	     "HTTP/1.1 103 Early\r\nLink: x\r\n" END OK END "x"),
	DONE, "200 -1  x"},
    {"204 has no body", SPAN("HTTP/1.1 204 x\r\nContent-Length: 5\r\n" END),
	DONE, "204 -1  "},
    {"a type", SPAN(OK "Content-Type: Application/JSON; charset=utf-8\r\n" END),
	DONE, "200 -1 application/json "},
    {"a type without a parameter",
	SPAN(OK "Content-Type:\ttext/html\t \r\n" END), DONE,
	"200 -1 text/html "},
    {"the first type counts",
	SPAN(OK "Content-Type: a/b\r\nContent-Type: c/d\r\n" END), DONE,
	"200 -1 a/b "},
    {"identity", SPAN(OK "Content-Encoding: Identity\r\n" END), DONE,
	"200 -1  "},
    {"a folded field",
	SPAN(OK "X: a\r\n b\r\n\tc\r\nContent-Length:\r\n 1\r\n" END "x"), DONE,
	"200 -1  x"},
    {"octets above 127", SPAN(OK "X: \351\r\n" END "x"), DONE, "200 -1  x"},
    {"an empty field", SPAN(OK "X:\r\n" END "x"), DONE, "200 -1  x"},
    {"many fields of the same name",
	SPAN(OK "Set-Cookie: a\r\nSet-Cookie: b\r\n" END "x"), DONE,
	"200 -1  x"},

    {"retry in seconds", SPAN("HTTP/1.1 429 x\r\nRetry-After: 120\r\n" END),
	DONE, "429 120  "},
    {"retry at once", SPAN("HTTP/1.1 429 x\r\nRetry-After: 0\r\n" END), DONE,
	"429 0  "},
    {"retry in a year", SPAN("HTTP/1.1 503 x\r\nRetry-After: 31536000\r\n" END),
	DONE, "503 86400  "},
    {"retry in many digits",
	SPAN("HTTP/1.1 503 x\r\nRetry-After: 99999999999999999999999\r\n" END),
	DONE, "503 86400  "},
    {"retry at a time that is over",
	SPAN("HTTP/1.1 503 x\r\nRetry-After: Sun, 06 Nov 1994 08:49:37 "
	     "GMT\r\n" END),
	DONE, "503 0  "},
    {"retry far in the future",
	SPAN("HTTP/1.1 503 x\r\nRetry-After: Sun, 06 Nov 9994 08:49:37 "
	     "GMT\r\n" END),
	DONE, "503 86400  "},
    {"retry in a number with a unit",
	SPAN("HTTP/1.1 503 x\r\nRetry-After: 2s\r\n" END), DONE, "503 -1  "},
    {"retry soon", SPAN("HTTP/1.1 503 x\r\nRetry-After: soon\r\n" END), DONE,
	"503 -1  "},
    {"retry before now", SPAN("HTTP/1.1 503 x\r\nRetry-After: -5\r\n" END),
	DONE, "503 -1  "},

    {"nothing", {"", 0}, LOST, NO_REPLY},
    {"a cut status", SPAN("HTTP/1.1 20"), LOST, NO_REPLY},
    {"a cut header", SPAN(OK "Content-Len"), LOST, CUT},
    {"no end of the header", SPAN(OK "Content-Length: 2\r\n"), LOST, CUT},
    {"100 and nothing", SPAN("HTTP/1.1 100 x\r\n" END), LOST, CUT},
    {"a cut body", SPAN(OK "Content-Length: 3\r\n" END "{}"), LOST, CUT},
    {"no body", SPAN(OK "Content-Length: 3\r\n" END), LOST, CUT},
    {"chunks: no size", SPAN(CHUNKED), LOST, CUT},
    {"chunks: a cut size", SPAN(CHUNKED "1"), LOST, CUT},
    {"chunks: cut", SPAN(CHUNKED "3\r\n{}"), LOST, CUT},
    {"chunks: no line end", SPAN(CHUNKED "2\r\n{}"), LOST, CUT},
    {"chunks: no last chunk", SPAN(CHUNKED "2\r\n{}\r\n"), LOST, CUT},
    {"chunks: no end of the trailers", SPAN(CHUNKED "2\r\n{}\r\n0\r\n"), LOST,
	CUT},

    {"a redirect",
	SPAN("HTTP/1.1 302 x\r\nLocation: https://b.example/\r\n"
	     "Content-Length: 99\r\n" END),
	HTTP_REDIRECTED,
	"the server redirects the request (status 302), which is not followed"},
    {"304", SPAN("HTTP/1.1 304 x\r\n" END), HTTP_REDIRECTED,
	"the server redirects the request (status 304), which is not followed"},
    {"101", SPAN("HTTP/1.1 101 x\r\nUpgrade: h2c\r\n" END), BAD,
	"the server changes to another protocol"},

    {"another protocol", SPAN("220 mx.example ESMTP\r\n"), BAD, NOT_HTTP},
    {"HTTP/0.9", SPAN("<html>hello</html>\r\n"), BAD, NOT_HTTP},
    {"HTTP/2", SPAN("HTTP/2 200\r\n" END), BAD, NOT_HTTP},
    {"HTTP/2.0", SPAN("HTTP/2.0 200 OK\r\n" END), BAD, NOT_HTTP},
    {"http in small letters", SPAN("http/1.1 200 OK\r\n" END), BAD, NOT_HTTP},
    {"an empty line first", SPAN("\r\n" OK END), BAD, NOT_HTTP},
    {"no status", SPAN("HTTP/1.1\r\n" END), BAD, NOT_HTTP},
    {"two digits", SPAN("HTTP/1.1 20 OK\r\n" END), BAD, NOT_HTTP},
    {"four digits", SPAN("HTTP/1.1 2000 OK\r\n" END), BAD, NOT_HTTP},
    {"status 099", SPAN("HTTP/1.1 099 OK\r\n" END), BAD, NOT_HTTP},
    {"status 600", SPAN("HTTP/1.1 600 OK\r\n" END), BAD, NOT_HTTP},
    {"status +20", SPAN("HTTP/1.1 +20 OK\r\n" END), BAD, NOT_HTTP},
    {"two blanks", SPAN("HTTP/1.1  200 OK\r\n" END), BAD, NOT_HTTP},
    {"a bare LF", SPAN("HTTP/1.1 200 OK\n" END), BAD, BAD_LINE},
    {"a bare LF in the header", SPAN(OK "X: y\n" END), BAD, BAD_LINE},
    {"an empty line with a bare LF", SPAN(OK "X: y\r\n\n"), BAD, BAD_LINE},
    {"a bare CR", SPAN(OK "X: y\rz\r\n" END), BAD, BAD_CONTROL},
    {"a NUL", {OK "X: \0\r\n" END, 24}, BAD, BAD_CONTROL},
    {"no colon", SPAN(OK "X\r\n" END), BAD, BAD_FIELD},
    {"no name", SPAN(OK ": x\r\n" END), BAD, BAD_FIELD},
    {"a blank before the colon", SPAN(OK "Content-Length : 2\r\n" END "{}"),
	BAD, BAD_FIELD},
    {"a blank in the name", SPAN(OK "Content Length: 2\r\n" END "{}"), BAD,
	BAD_FIELD},
    {"a blank before the first field",
	SPAN(OK " Content-Length: 2\r\n" END "{}"), BAD, BAD_FIELD},

    {"two lengths", SPAN(OK "Content-Length: 2\r\nContent-Length: 3\r\n" END),
	BAD, BAD_LENGTH},
    {"the same length twice",
	SPAN(OK "Content-Length: 2\r\nContent-Length: 2\r\n" END "{}"), BAD,
	BAD_LENGTH},
    {"a list of lengths", SPAN(OK "Content-Length: 2, 2\r\n" END "{}"), BAD,
	BAD_LENGTH},
    {"a length below 0", SPAN(OK "Content-Length: -1\r\n" END), BAD,
	BAD_LENGTH},
    {"a length with a sign", SPAN(OK "Content-Length: +2\r\n" END "{}"), BAD,
	BAD_LENGTH},
    {"a length in hexadecimal", SPAN(OK "Content-Length: 0x2\r\n" END "{}"),
	BAD, BAD_LENGTH},
    {"an empty length", SPAN(OK "Content-Length:\r\n" END), BAD, BAD_LENGTH},
    {"a length beyond 64 bits",
	SPAN(OK "Content-Length: 18446744073709551618\r\n" END "{}"), BAD,
	BAD_LENGTH},
    {"a length of 64 bits",
	SPAN(OK "Content-Length: 18446744073709551615\r\n" END "{}"), LARGE,
	LONG_BODY},
    {"a long length", SPAN(OK "Content-Length: 65537\r\n" END), LARGE,
	LONG_BODY},
    {"a length and chunks",
	SPAN(OK "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n" END
		"0\r\n" END),
	BAD, BAD_CODING},
    {"chunks and a length",
	SPAN(OK "Transfer-Encoding: chunked\r\nContent-Length: 2\r\n" END
		"0\r\n" END),
	BAD, BAD_LENGTH},
    {"chunked twice",
	SPAN(OK "Transfer-Encoding: chunked\r\n"
		"Transfer-Encoding: chunked\r\n" END),
	BAD, BAD_CODING},
    {"gzip and chunked", SPAN(OK "Transfer-Encoding: gzip, chunked\r\n" END),
	BAD, BAD_CODING},
    {"gzip", SPAN(OK "Transfer-Encoding: gzip\r\n" END), BAD, BAD_CODING},
    {"identity as a transfer coding",
	SPAN(OK "Transfer-Encoding: identity\r\n" END), BAD, BAD_CODING},
    {"xchunked", SPAN(OK "Transfer-Encoding: xchunked\r\n" END), BAD,
	BAD_CODING},
    {"an empty transfer coding", SPAN(OK "Transfer-Encoding:\r\n" END), BAD,
	BAD_CODING},
    {"chunks in HTTP/1.0",
	SPAN("HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n" END
	     "0\r\n" END),
	BAD, BAD_CODING},
    {"compressed", SPAN(OK "Content-Encoding: gzip\r\n" END), BAD,
	"the server's reply is compressed, which was not asked for"},

    {"chunks: no digit", SPAN(CHUNKED "\r\n{}\r\n"), BAD, BAD_SIZE},
    {"chunks: no size but an extension", SPAN(CHUNKED ";a\r\n{}\r\n"), BAD,
	BAD_SIZE},
    {"chunks: a sign", SPAN(CHUNKED "-1\r\n{}\r\n"), BAD, BAD_SIZE},
    {"chunks: 0x2", SPAN(CHUNKED "0x2\r\n{}\r\n"), BAD, BAD_SIZE},
    {"chunks: a blank first", SPAN(CHUNKED " 2\r\n{}\r\n"), BAD, BAD_SIZE},
    {"chunks: two sizes", SPAN(CHUNKED "2 2\r\n{}\r\n"), BAD, BAD_SIZE},
    {"chunks: a bare LF", SPAN(CHUNKED "2\n{}\r\n"), BAD, BAD_LINE},
    {"chunks: too long", SPAN(CHUNKED "1\r\n{}\r\n0\r\n" END), BAD, BAD_CHUNK},
    {"chunks: a bare LF behind", SPAN(CHUNKED "2\r\n{}\n0\r\n" END), BAD,
	BAD_LINE},
    {"chunks: a very large size", SPAN(CHUNKED "ffffffffffffffff\r\n"), LARGE,
	LONG_BODY},
    {"chunks: a size beyond 64 bits",
	SPAN(CHUNKED "10000000000000002\r\n{}\r\n"), LARGE, LONG_BODY},
    {"chunks: one octet too many", SPAN(CHUNKED "10001\r\n"), LARGE, LONG_BODY},
    {"chunks: a malformed trailer", SPAN(CHUNKED "0\r\nx\r\n" END), BAD,
	BAD_FIELD},
};

static void
assert_reply(
    struct span says, size_t cut, enum http_result result, const char *read)
{
	struct buf sent = {0}, text, reason = {0};
	struct stream *stream = stream_new_memory(says, cut, &sent);
	struct http_reply reply = {0};

	assert_int_equal(
	    http_reply_read(&reply, stream, DEADLINE_NEVER, &reason), result);
	if (result == HTTP_DONE) {
		buf_init(&text, 2 * HTTP_REPLY_BODY_MAX);
		buf_add_format(&text, "%d %lld ", reply.status,
		    (long long)reply.retry_after);
		buf_add_span(&text, buf_span(&reply.content_type));
		buf_add_char(&text, ' ');
		buf_add_span(&text, buf_span(&reply.body));
		assert_string_equal(buf_text(&text), read);
		assert_int_equal(reason.len, 0);
		buf_free(&text);
	} else {
		assert_string_equal(buf_text(&reason), read);
	}
	assert_int_equal(sent.len, 0);
	http_reply_free(&reply);
	stream_free(stream);
	buf_free(&reason);
	buf_free(&sent);
}

/* The pieces in which a reply comes make no difference. */
static void
test_reply(void **state)
{
	static const size_t cuts[] = {0, 1, 2, 3, 7};
	const struct reply_row *row = *state;

	for (size_t i = 0; i < sizeof(cuts) / sizeof(cuts[0]); i++)
		assert_reply(row->says, cuts[i], row->result, row->read);
}

/* A reply that says where it ends is never taken for whole if it is cut. */
static void
test_cut(void **state)
{
	static const struct span replies[] = {
	    SPAN(OK "Content-Length: 7\r\n" END "{\"a\":1}"),
	    SPAN(CHUNKED "2\r\n{\"\r\n5;x=y\r\na\":1}\r\n0\r\nX: y\r\n" END),
	};

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		assert_reply(replies[i], 0, HTTP_DONE, "200 -1  {\"a\":1}");
		for (size_t len = 1; len < replies[i].len; len++)
			assert_reply(span_head(replies[i], len), 0, HTTP_LOST,
			    len < strlen(OK) ? NO_REPLY : CUT);
	}
}

/* A reply with a body of `count` octets, which are sent in chunks of `size`. */
static void
assert_body(
    const char *framing, size_t count, size_t size, enum http_result result)
{
	struct buf says, read;

	buf_init(&says, (size_t)2 * 1024 * 1024);
	buf_init(&read, (size_t)2 * 1024 * 1024);
	buf_add_text(&says, OK);
	buf_add_text(&says, framing);
	buf_add_text(&says, END);
	buf_add_text(&read, result == HTTP_DONE ? "200 -1  " : LONG_BODY);
	for (size_t i = 0; i < count; i++) {
		if (size > 0 && i % size == 0)
			buf_add_format(&says, "%zx\r\n",
			    count - i < size ? count - i : size);
		buf_add_char(&says, 'x');
		if (result == HTTP_DONE)
			buf_add_char(&read, 'x');
		if (size > 0 && ((i + 1) % size == 0 || i + 1 == count))
			buf_add_text(&says, "\r\n");
	}
	if (size > 0)
		buf_add_text(&says, "0\r\n" END);
	assert_false(says.full);
	assert_reply(buf_span(&says), 0, result, buf_text(&read));
	buf_free(&says);
	buf_free(&read);
}

static void
test_longest_body(void **state)
{
	static const char chunked[] = "Transfer-Encoding: chunked\r\n";

	(void)state;
	assert_body("", 65536, 0, HTTP_DONE);
	assert_body("", 65537, 0, HTTP_TOO_LARGE);
	assert_body("", 1000000, 0, HTTP_TOO_LARGE);
	assert_body("Content-Length: 65536\r\n", 65536, 0, HTTP_DONE);
	assert_body("Content-Length: 65537\r\n", 65537, 0, HTTP_TOO_LARGE);
	assert_body(chunked, 65536, 65536, HTTP_DONE);
	assert_body(chunked, 65536, 1, HTTP_DONE);
	assert_body(chunked, 65537, 1, HTTP_TOO_LARGE);
	assert_body(chunked, 65537, 1000, HTTP_TOO_LARGE);
}

/* A header of `size` octets: one field, or `count` short ones. */
static void
assert_header(
    size_t size, bool is_one, const char *before, enum http_result result)
{
	struct buf says;

	buf_init(&says, size + 1024);
	buf_add_text(&says, before);
	if (is_one) {
		buf_add_text(&says, "X: ");
		while (says.len < size - 4)
			buf_add_char(&says, 'x');
		buf_add_text(&says, "\r\n");
	}
	while (!is_one && says.len + 9 < size)
		buf_add_text(&says, "X: y\r\n");
	buf_add_text(&says, END);
	assert_reply(buf_span(&says), 0, result,
	    result == HTTP_DONE ? "200 -1  " : LONG_HEADER);
	buf_free(&says);
}

static void
test_longest_header(void **state)
{
	(void)state;
	assert_header(HTTP_REPLY_HEADER_MAX, true, OK, HTTP_DONE);
	assert_header(HTTP_REPLY_HEADER_MAX + 1, true, OK, HTTP_TOO_LARGE);
	assert_header(HTTP_REPLY_HEADER_MAX, false, OK, HTTP_DONE);
	assert_header(HTTP_REPLY_HEADER_MAX + 9, false, OK, HTTP_TOO_LARGE);
	assert_header(1000000, true, OK, HTTP_TOO_LARGE);
	assert_header(1000000, true, "", HTTP_TOO_LARGE);
	assert_header(1000000, false, OK, HTTP_TOO_LARGE);
}

/* Interim replies, folded lines and what is around chunks are bounded, too. */
static void
test_floods(void **state)
{
	static const struct {
		const char *before, *again;
	} floods[] = {
	    {"", "HTTP/1.1 100 x\r\n" END},
	    {OK "X: y\r\n", " \r\n"},
	    {CHUNKED, "1;eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee\r\nx\r\n"},
	    {CHUNKED "1;", "eeeeeeeeeeeeee"},
	    {CHUNKED "0\r\n", "X: yyyyyyyyyyyyyyyyyy\r\n"},
	    {CHUNKED, "00000000000000000"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(floods) / sizeof(floods[0]); i++) {
		struct buf says;

		buf_init(&says, (size_t)2 * 1024 * 1024);
		buf_add_text(&says, floods[i].before);
		while (says.len < (size_t)1024 * 1024)
			buf_add_text(&says, floods[i].again);
		assert_reply(buf_span(&says), 0, HTTP_TOO_LARGE, LONG_HEADER);
		buf_free(&says);
	}
}

int
main(void)
{
	struct rows all = {0};

	rows_add(&all, "reply", rows, ROWS(rows), test_reply);
	rows_add_one(&all, "a reply that is cut", test_cut);
	rows_add_one(&all, "the longest body", test_longest_body);
	rows_add_one(&all, "the longest header", test_longest_header);
	rows_add_one(&all, "floods", test_floods);
	return rows_end(&all);
}
