#include "rows.h"

#include "import/foreign_url.h"

struct url_row {
	const char *name, *text;
	/* "SCHEME USER PASSWORD HOST PORT SERVER", or "" */
	const char *expected;
};

static const struct url_row urls[] = {
    {"a host", "a.example", "[] [] - [a.example] 0 [a.example]"},
    {"a port", "smtp://a.example:25",
	"[smtp] [] - [a.example] 25 [a.example:25]"},
    {"a path", "smtps://a.example/x@y",
	"[smtps] [] - [a.example] 0 [a.example]"},
    {"a login", "smtp://u:p@a.example",
	"[smtp] [u] [p] [a.example] 0 [a.example]"},
    {"no password", "smtp://u@a.example",
	"[smtp] [u] - [a.example] 0 [a.example]"},
    {"an empty one", "smtp://u:@a.example",
	"[smtp] [u] [] [a.example] 0 [a.example]"},
    {"decoded", "smtp://u%40x:p%3A%2f%25@a.example",
	"[smtp] [u@x] [p:/%] [a.example] 0 [a.example]"},
    {"not decoded", "smtp://u@x:p:q@a.example",
	"[smtp] [u@x] [p:q] [a.example] 0 [a.example]"},
    {"an address", "smtp://[2001:db8::1]:587",
	"[smtp] [] - [2001:db8::1] 587 [[2001:db8::1]:587]"},
    {"an address alone", "[::1]", "[] [] - [::1] 0 [[::1]]"},
    {"no host", "smtp://", ""},
    {"no host, but a login", "smtp://u:p@", ""},
    {"no host, but a port", "smtp://:25", ""},
    {"port 0", "smtp://a.example:0", ""},
    {"a port that is too large", "smtp://a.example:65536", ""},
    {"a port that is none", "smtp://a.example:x", ""},
    {"a wrong escape", "smtp://u%4@a.example", ""},
    {"a NUL", "smtp://u%00@a.example", ""},
    {"a bracket without an end", "smtp://[::1", ""},
};

static void
test_url(void **state)
{
	const struct url_row *row = *state;
	struct foreign_url url;
	struct buf out = {0};

	if (foreign_url_read(span_from(row->text), &url)) {
		buf_add_char(&out, '[');
		buf_add_span(&out, url.scheme);
		buf_add_format(&out, "] [%s] ", buf_text(&url.user));
		if (url.has_password)
			buf_add_format(&out, "[%s]", buf_text(&url.password));
		else
			buf_add_char(&out, '-');
		buf_add_text(&out, " [");
		buf_add_span(&out, url.host);
		buf_add_format(&out, "] %u [", url.port);
		buf_add_span(&out, url.server);
		buf_add_char(&out, ']');
	}
	assert_string_equal(buf_text(&out), row->expected);
	foreign_url_free(&url);
	buf_free(&out);
}

int
main(void)
{
	return rows_run("url", urls, ROWS(urls), test_url);
}
