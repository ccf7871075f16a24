#include "rows.h"

#include "net/http.h"

#include "base/wait.h"
#include "net/stream.h"

/* What is sent; the version of smtpost in it is "*". */
struct request_row {
	const char *name, *url, *content_type, *body, *accept, *sent;
};

#define AGENT "User-Agent: smtpost/*\r\n"
#define JSON "Accept: application/json\r\n"
#define CLOSE "Connection: close\r\n"
#define FORM "application/x-www-form-urlencoded"

static const struct request_row rows[] = {
    {"GET", "https://a.example/x?y=z", NULL, NULL, NULL,
	"GET /x?y=z HTTP/1.1\r\nHost: a.example\r\n" AGENT JSON CLOSE "\r\n"},
    {"another type is accepted", "https://a.example", NULL, NULL, "text/xml",
	"GET / HTTP/1.1\r\nHost: a.example\r\n" AGENT
	"Accept: text/xml\r\n" CLOSE "\r\n"},
    {"GET has no body", "https://a.example", NULL, "a=b", NULL,
	"GET / HTTP/1.1\r\nHost: a.example\r\n" AGENT JSON CLOSE "\r\n"},
    {"POST", "https://a.example:8443/x", FORM, "a=b", NULL,
	"POST /x HTTP/1.1\r\nHost: a.example:8443\r\n" AGENT JSON CLOSE
	"Content-Type: " FORM "\r\nContent-Length: 3\r\n\r\na=b"},
    {"an empty POST", "https://a.example", FORM, "", NULL,
	"POST / HTTP/1.1\r\nHost: a.example\r\n" AGENT JSON CLOSE
	"Content-Type: " FORM "\r\nContent-Length: 0\r\n\r\n"},
    {"IPv6", "https://[::1]:8443", NULL, NULL, NULL,
	"GET / HTTP/1.1\r\nHost: [::1]:8443\r\n" AGENT JSON CLOSE "\r\n"},
};

static void
test_request(void **state)
{
	const struct request_row *row = *state;
	struct buf sent = {0}, wanted = {0}, reason = {0};
	struct stream *stream =
	    stream_new_memory(SPAN("HTTP/1.1 400 x\r\n\r\nno"), 1, &sent);
	struct http_reply reply = {0};
	struct url url;
	const struct http_request request = {
	    .url = &url,
	    .content_type = row->content_type,
	    .body = span_from(row->body),
	    .accept = row->accept,
	    .deadline = DEADLINE_NEVER,
	};
	struct span text = span_from(row->sent);
	size_t star = (size_t)(strstr(row->sent, "/*") - row->sent) + 1;

	assert_true(url_parse(&url, span_from(row->url), &reason));
	assert_int_equal(
	    http_exchange(stream, &request, &reply, &reason), HTTP_DONE);
	assert_int_equal(reply.status, 400);
	assert_true(span_equal(buf_span(&reply.body), SPAN("no")));
	buf_add_span(&wanted, span_head(text, star));
	buf_add_text(&wanted, PACKAGE_VERSION);
	buf_add_span(&wanted, span_skip(text, star + 1));
	assert_string_equal(buf_text(&sent), buf_text(&wanted));
	url_free(&url);
	http_reply_free(&reply);
	stream_free(stream);
	buf_free(&sent);
	buf_free(&wanted);
	buf_free(&reason);
}

int
main(void)
{
	return rows_run("request", rows, ROWS(rows), test_request);
}
