#include "net/proxy_ends.h"
#include "rows.h"

#include "net/proxy.h"
#include "net/proxy_http.h"

#include <signal.h>

#include "base/mem.h"
#include "base/wait.h"

/*
 * The proxy's replies are written in advance; what the client sent is compared.
 */
struct proxy_row {
	const char *name;
	struct span says;
	enum proxy_result result;
	const char *reason;
	struct span left;  /* what must be left unread for the server */
	const char *heard; /* what it was sent; NULL: not compared */
	const char *user;  /* with the password "secret" */
	const char *host;  /* NULL: mx.example */
};

#define OK "HTTP/1.1 200 OK\r\n\r\n"
#define ASK(host) "CONNECT " host " HTTP/1.1\r\nHost: " host "\r\n"
#define ASKED ASK("mx.example:587") "\r\n"
#define BAD "its reply is malformed"

static const struct proxy_row rows[] = {
    {"a name", SPAN(OK), PROXY_DONE, "", {0}, ASKED, NULL, NULL},
    {"an IPv4 address", SPAN(OK), PROXY_DONE, "", {0},
	ASK("192.0.2.1:587") "\r\n", NULL, "192.0.2.1"},
    {"an IPv6 address", SPAN(OK), PROXY_DONE, "", {0},
	ASK("[2001:db8::1]:587") "\r\n", NULL, "2001:db8::1"},
    {"a login", SPAN(OK), PROXY_DONE, "", {0},
	ASK("mx.example:587") "Proxy-Authorization: Basic "
			      "bWU6c2VjcmV0\r\n\r\n",
	"me", NULL},
    {"octets after the reply belong to the server", SPAN(OK "220 mx\r\n"),
	PROXY_DONE, "", SPAN("220 mx\r\n"), NULL, NULL, NULL},
    {"an empty line of the server", SPAN(OK "\r\n\r\n"), PROXY_DONE, "",
	SPAN("\r\n\r\n"), NULL, NULL, NULL},
    {"a header", SPAN("HTTP/1.1 200 OK\r\nVia: x\r\nA:\tb\r\n\r\n220"),
	PROXY_DONE, "", SPAN("220"), NULL, NULL, NULL},
    {"a length has no meaning",
	SPAN("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n"
	     "Transfer-Encoding: chunked\r\n\r\n220 mx"),
	PROXY_DONE, "", SPAN("220 mx"), NULL, NULL, NULL},
    {"HTTP/1.0", SPAN("HTTP/1.0 200 Connection established\r\n\r\n220"),
	PROXY_DONE, "", SPAN("220"), NULL, NULL, NULL},
    {"no phrase", SPAN("HTTP/1.1 200\r\n\r\n220"), PROXY_DONE, "", SPAN("220"),
	NULL, NULL, NULL},
    {"an empty phrase", SPAN("HTTP/1.1 200 \r\n\r\n220"), PROXY_DONE, "",
	SPAN("220"), NULL, NULL, NULL},
    {"lines that end in LF", SPAN("HTTP/1.1 200 OK\nVia: x\n\n220"), PROXY_DONE,
	"", SPAN("220"), NULL, NULL, NULL},
    {"a line of one letter is not empty", SPAN("HTTP/1.1 200 OK\r\nx\n\r\n220"),
	PROXY_DONE, "", SPAN("220"), NULL, NULL, NULL},
    {"another 2yz", SPAN("HTTP/1.1 299 Fine\r\n\r\n220"), PROXY_DONE, "",
	SPAN("220"), NULL, NULL, NULL},
    {"100 and 103 before it",
	SPAN(
	    "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Hints\r\nA: b\r\n\r\n" OK
	    "220"),
	PROXY_DONE, "", SPAN("220"), NULL, NULL, NULL},
    {"100, then a refusal",
	SPAN("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 502 Bad\r\n\r\n"),
	PROXY_REFUSED, "it cannot reach the server (502 \"Bad\")", {0}, NULL,
	NULL, NULL},

    {"400", SPAN("HTTP/1.1 400 Bad Request\r\n\r\n"), PROXY_REFUSED,
	"it does not understand the request (400 \"Bad Request\")", {0}, NULL,
	NULL, NULL},
    {"403", SPAN("HTTP/1.1 403 Forbidden\r\n\r\n<html>"), PROXY_REFUSED,
	"its rules do not allow this connection (403 \"Forbidden\")",
	SPAN("<html>"), NULL, NULL, NULL},
    {"404", SPAN("HTTP/1.1 404\r\n\r\n"), PROXY_REFUSED,
	"it cannot find the host (404)", {0}, NULL, NULL, NULL},
    {"405", SPAN("HTTP/1.1 405 No\r\n\r\n"), PROXY_REFUSED,
	"it does not allow CONNECT (405 \"No\")", {0}, NULL, NULL, NULL},
    {"501", SPAN("HTTP/1.1 501 No\r\n\r\n"), PROXY_REFUSED,
	"it does not know CONNECT (501 \"No\")", {0}, NULL, NULL, NULL},
    {"503", SPAN("HTTP/1.1 503 No\r\n\r\n"), PROXY_REFUSED,
	"it is overloaded, or cannot reach the server (503 \"No\")", {0}, NULL,
	NULL, NULL},
    {"504", SPAN("HTTP/1.1 504 No\r\n\r\n"), PROXY_REFUSED,
	"the server did not answer it in time (504 \"No\")", {0}, NULL, NULL,
	NULL},
    {"an unknown code", SPAN("HTTP/1.1 418 I'm a teapot\r\n\r\n"),
	PROXY_REFUSED, "it refused the request (418 \"I'm a teapot\")", {0},
	NULL, NULL, NULL},
    {"302", SPAN("HTTP/1.1 302 Found\r\nLocation: http://a\r\n\r\n"),
	PROXY_REFUSED,
	"it sends its clients to another address (302 \"Found\")", {0}, NULL,
	NULL, NULL},
    {"the phrase is masked",
	SPAN("HTTP/1.1 403 a\tb\x9b"
	     "c\r\n\r\n"),
	PROXY_REFUSED,
	"its rules do not allow this connection (403 \"a\\x09b\\x9bc\")", {0},
	NULL, NULL, NULL},
    {"no phrase after a login", SPAN("HTTP/1.1 403 secret\r\n\r\n"),
	PROXY_REFUSED, "its rules do not allow this connection (403)", {0},
	NULL, "me", NULL},

    {"a login is missing",
	SPAN("HTTP/1.1 407 Login\r\nProxy-Authenticate: Basic realm=x\r\n\r\n"),
	PROXY_NO_LOGIN, "it requires a login", {0}, NULL, NULL, NULL},
    {"a login is refused",
	SPAN("HTTP/1.1 407 Login\r\nProxy-Authenticate: Basic realm=x\r\n\r\n"),
	PROXY_NO_LOGIN, "it refused the login", {0}, NULL, "me", NULL},
    {"a login is refused without an offer", SPAN("HTTP/1.1 407 secret\r\n\r\n"),
	PROXY_NO_LOGIN, "it refused the login", {0}, NULL, "me", NULL},
    {"Basic in a list",
	SPAN("HTTP/1.1 407 Login\r\nproxy-authenticate:Negotiate, NTLM,basic "
	     "realm=x\r\n\r\n"),
	PROXY_NO_LOGIN, "it requires a login", {0}, NULL, NULL, NULL},
    {"Basic in the second line",
	SPAN("HTTP/1.1 407 Login\r\nProxy-Authenticate: NTLM\r\n"
	     "Proxy-Authenticate: Basic\r\n\r\n"),
	PROXY_NO_LOGIN, "it refused the login", {0}, NULL, "me", NULL},
    {"a login is refused by 401", SPAN("HTTP/1.1 401 Unauthorized\r\n\r\n"),
	PROXY_NO_LOGIN, "it refused the login", {0}, NULL, "me", NULL},
    {"no login by password",
	SPAN("HTTP/1.1 407 Login\r\nProxy-Authenticate: Digest a=b\r\n\r\n"),
	PROXY_NO_LOGIN, "it accepts no login by user and password", {0}, NULL,
	"me", NULL},

    /* Not HTTP */
    {"an SMTP server", SPAN("220 mx\r\n"), PROXY_MALFORMED,
	"it does not speak HTTP", {0}, NULL, NULL, NULL},
    {"a SOCKS proxy", SPAN("\0\132"), PROXY_MALFORMED, "it does not speak HTTP",
	{0}, NULL, NULL, NULL},
    {"TLS", SPAN("\25\3\1\0\2\2\12"), PROXY_MALFORMED, "it does not speak HTTP",
	{0}, NULL, NULL, NULL},
    {"an empty line", SPAN("\r\n" OK), PROXY_MALFORMED,
	"it does not speak HTTP", {0}, NULL, NULL, NULL},
    {"HTTP/2", SPAN("HTTP/2 200\r\n\r\n"), PROXY_MALFORMED,
	"it does not speak HTTP", {0}, NULL, NULL, NULL},
    {"another reply than HTTP after 100",
	SPAN("HTTP/1.1 100 Continue\r\n\r\n220 mx\r\n"), PROXY_MALFORMED,
	"it does not speak HTTP", {0}, NULL, NULL, NULL},
    {"no version", SPAN("HTTP/1.x 200 OK\r\n\r\n"), PROXY_MALFORMED, BAD, {0},
	NULL, NULL, NULL},
    {"two digits", SPAN("HTTP/1.1 20 OK\r\n\r\n"), PROXY_MALFORMED, BAD, {0},
	NULL, NULL, NULL},
    {"four digits", SPAN("HTTP/1.1 2000 OK\r\n\r\n"), PROXY_MALFORMED, BAD, {0},
	NULL, NULL, NULL},
    {"letters for digits", SPAN("HTTP/1.1 2OO OK\r\n\r\n"), PROXY_MALFORMED,
	BAD, {0}, NULL, NULL, NULL},
    {"a tab after the code", SPAN("HTTP/1.1 200\tOK\r\n\r\n"), PROXY_MALFORMED,
	BAD, {0}, NULL, NULL, NULL},
    {"a code above 599", SPAN("HTTP/1.1 600 OK\r\n\r\n"), PROXY_MALFORMED, BAD,
	{0}, NULL, NULL, NULL},
    {"a code below 100", SPAN("HTTP/1.1 099 OK\r\n\r\n"), PROXY_MALFORMED, BAD,
	{0}, NULL, NULL, NULL},
    {"no code", SPAN("HTTP/1.1\r\n\r\n"), PROXY_MALFORMED, BAD, {0}, NULL, NULL,
	NULL},
    {"101", SPAN("HTTP/1.1 101 Switching\r\n\r\n"), PROXY_MALFORMED, BAD, {0},
	NULL, NULL, NULL},
    {"NUL", SPAN("HTTP/1.1 200 O\0K\r\n\r\n"), PROXY_MALFORMED, BAD, {0}, NULL,
	NULL, NULL},
    {"NUL in the header", SPAN("HTTP/1.1 200 OK\r\nA: \0\r\n\r\n"),
	PROXY_MALFORMED, BAD, {0}, NULL, NULL, NULL},

    {"nothing", {"", 0}, PROXY_LOST, "it closed the connection", {0}, NULL,
	NULL, NULL},
    {"one octet", SPAN("H"), PROXY_LOST, "it closed the connection", {0}, NULL,
	NULL, NULL},
    {"half a header", SPAN("HTTP/1.1 200 OK\r\nVia"), PROXY_LOST,
	"it closed the connection", {0}, NULL, NULL, NULL},
    {"no empty line", SPAN("HTTP/1.1 200 OK\r\n"), PROXY_LOST,
	"it closed the connection", {0}, NULL, NULL, NULL},
    {"nothing after 100", SPAN("HTTP/1.1 100 Continue\r\n\r\n"), PROXY_LOST,
	"it closed the connection", {0}, NULL, NULL, NULL},
};

static struct proxy_target
target_of(const struct proxy_row *row)
{
	return (struct proxy_target){
	    .host = row->host != NULL ? row->host : "mx.example",
	    .port = 587,
	    .user = span_from(row->user),
	    .password = row->user != NULL ? SPAN("secret") : (struct span){0},
	};
}

static enum proxy_result
connect_by(int fd, const struct proxy_row *row, int64_t milliseconds,
    struct buf *reason)
{
	const struct proxy_target target = target_of(row);

	return proxy_connect(
	    fd, PROXY_HTTP, &target, deadline_in(milliseconds), reason);
}

static void
test_connect(void **state)
{
	const struct proxy_row *row = *state;
	struct buf reason = {0};
	int ends[2];

	proxy_ends_open(ends);
	assert_int_equal(
	    write(ends[1], row->says.at, row->says.len), row->says.len);
	shutdown(ends[1], SHUT_WR);
	assert_int_equal(connect_by(ends[0], row, 10000, &reason), row->result);
	assert_string_equal(buf_text(&reason), row->reason);
	if (row->heard != NULL)
		proxy_ends_assert_octets(ends[1], span_from(row->heard));
	if (row->result == PROXY_DONE || row->left.len > 0)
		proxy_ends_assert_octets(ends[0], row->left);
	buf_free(&reason);
	proxy_ends_close(ends);
}

/* The header may have exactly so many octets. */
static void
test_longest(void **state)
{
	struct span begin = SPAN("HTTP/1.1 200 OK\r\nA: "),
		    end = SPAN("\r\n\r\n");

	(void)state;
	for (size_t more = 0; more < 2; more++) {
		struct buf reply = {.max = 2 * PROXY_HTTP_REPLY_MAX};
		struct buf reason = {0};
		int ends[2], size = 4 * (int)PROXY_HTTP_REPLY_MAX;

		buf_add_span(&reply, begin);
		while (reply.len + end.len < PROXY_HTTP_REPLY_MAX + more)
			buf_add_char(&reply, 'x');
		buf_add_span(&reply, end);
		proxy_ends_open(ends);
		setsockopt(ends[1], SOL_SOCKET, SO_SNDBUF, &size, sizeof(size));
		assert_int_equal(
		    write(ends[1], reply.data, reply.len), reply.len);
		assert_int_equal(connect_by(ends[0], &rows[0], 10000, &reason),
		    more == 0 ? PROXY_DONE : PROXY_MALFORMED);
		assert_string_equal(buf_text(&reason),
		    more == 0 ? "" : "its reply has too long a header");
		buf_free(&reply);
		buf_free(&reason);
		proxy_ends_close(ends);
	}
}

/* All 1xx together have the room of one reply. */
static void
test_endless(void **state)
{
	struct span part = SPAN("HTTP/1.1 100 Continue\r\n\r\n");
	struct buf reply = {.max = 2 * PROXY_HTTP_REPLY_MAX}, reason = {0};
	int ends[2], size = 4 * (int)PROXY_HTTP_REPLY_MAX;

	(void)state;
	while (reply.len <= PROXY_HTTP_REPLY_MAX)
		buf_add_span(&reply, part);
	proxy_ends_open(ends);
	setsockopt(ends[1], SOL_SOCKET, SO_SNDBUF, &size, sizeof(size));
	assert_int_equal(write(ends[1], reply.data, reply.len), reply.len);
	assert_int_equal(
	    connect_by(ends[0], &rows[0], 10000, &reason), PROXY_MALFORMED);
	assert_string_equal(
	    buf_text(&reason), "its reply has too long a header");
	buf_free(&reply);
	buf_free(&reason);
	proxy_ends_close(ends);
}

static void
test_timeout(void **state)
{
	struct buf reason = {0};
	int ends[2];

	(void)state;
	proxy_ends_open(ends);
	assert_int_equal(write(ends[1], "HTTP/1.1 200", 12), 12);
	assert_int_equal(
	    connect_by(ends[0], &rows[0], 20, &reason), PROXY_TIMEOUT);
	assert_string_equal(buf_text(&reason), "it did not answer in time");
	buf_free(&reason);
	proxy_ends_close(ends);
}

int
main(void)
{
	struct rows all = {0};

	signal(SIGPIPE, SIG_IGN);
	rows_add(&all, "connect", rows, ROWS(rows), test_connect);
	rows_add_one(&all, "the longest header", test_longest);
	rows_add_one(&all, "endless", test_endless);
	rows_add_one(&all, "time-out", test_timeout);
	return rows_end(&all);
}
