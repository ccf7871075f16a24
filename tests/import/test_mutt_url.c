/* The parts of smtp_url, cut where mutt 2.2 cuts them. */
#include "rows.h"

#include "import/mutt_url.h"

struct url_row {
	const char *name, *text;
	const char *parts; /* "SCHEME USER PASSWORD HOST PORT"; NULL: refused */
};

static const struct url_row urls[] = {
    {"host", "smtp://h", "smtp - - h 25"},
    {"smtps", "smtps://h/", "smtps - - h 465"},
    {"capitals", "SMTPS://H.Example", "smtps - - H.Example 465"},
    {"port", "smtp://h:587/path", "smtp - - h 587"},
    {"an empty port", "smtp://h:", "smtp - - h 25"},
    {"port 0", "smtps://h:0", "smtps - - h 465"},
    {"user", "smtp://u@h", "smtp u - h 25"},
    {"user and password", "smtp://u:p@h", "smtp u p h 25"},
    {"the last @ counts", "smtp://u@x:p@q@h:26", "smtp u@x p@q h 26"},
    {"the first colon counts", "smtp://u:p:q@h", "smtp u p:q h 25"},
    {"percent", "smtp://a%40b:%3a%2F%25@h", "smtp a@b :/% h 25"},
    {"IPv6", "smtp://[::1]:26", "smtp - - ::1 26"},
    {"IPv6 without a port", "smtp://u@[2001:db8::1]/",
	"smtp u - 2001:db8::1 25"},
    {"a slash in the password ends the host", "smtp://u:p/q@h", NULL},
    {"a percent sign in the password", "smtp://u:p%q@h", NULL},
    {"an encoded NUL", "smtp://u:p%00@h", NULL},
    {"no host", "smtp://", NULL},
    {"only a port", "smtp://:25", NULL},
    {"a word as port", "smtp://h:smtp", NULL},
    {"a port too large", "smtp://h:65536", NULL},
    {"another scheme", "imaps://h", NULL},
    {"no scheme", "h.example", NULL},
    {"one slash", "smtp:/h", NULL},
    {"empty", "", NULL},
};

static void
add_part(struct buf *out, const struct buf *part)
{
	buf_add_char(out, ' ');
	if (part->len > 0)
		buf_add_span(out, buf_span(part));
	else
		buf_add_char(out, '-');
}

static void
test_url(void **state)
{
	const struct url_row *row = *state;
	struct buf parts = {0};
	struct mutt_url url;

	assert_int_equal(
	    mutt_url_read(span_from(row->text), &url), row->parts != NULL);
	if (row->parts != NULL) {
		buf_add_text(&parts, url.is_smtps ? "smtps" : "smtp");
		add_part(&parts, &url.user);
		add_part(&parts, &url.password);
		add_part(&parts, &url.host);
		buf_add_format(&parts, " %u", url.port);
		assert_string_equal(buf_text(&parts), row->parts);
	}
	buf_free(&parts);
	mutt_url_free(&url);
}

/* What is not known may be in the login only. */
static void
test_unknown(void **state)
{
	static const char login[] = "smtp://u:\0@h", host[] = "smtp://u@\0.h",
			  port[] = "smtp://h:\0", scheme[] = "\0://h";
	struct mutt_url url;

	(void)state;
	assert_true(
	    mutt_url_read((struct span){login, sizeof(login) - 1}, &url));
	assert_int_equal(url.password.len, 1);
	mutt_url_free(&url);
	assert_false(
	    mutt_url_read((struct span){host, sizeof(host) - 1}, &url));
	mutt_url_free(&url);
	assert_false(
	    mutt_url_read((struct span){port, sizeof(port) - 1}, &url));
	mutt_url_free(&url);
	assert_false(
	    mutt_url_read((struct span){scheme, sizeof(scheme) - 1}, &url));
	mutt_url_free(&url);
}

int
main(void)
{
	struct rows all = {0};

	rows_add(&all, "url", urls, ROWS(urls), test_url);
	rows_add_one(&all, "parts that are not known", test_unknown);
	return rows_end(&all);
}
