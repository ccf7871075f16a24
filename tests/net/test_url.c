#include "rows.h"

#include "net/url.h"

/* What is read, printed again; NULL: refused, for the reason. */
struct url_row {
	const char *name, *text, *printed, *reason;
};

static const struct url_row rows[] = {
    {"a host", "https://a.example", "https://a.example/", NULL},
    {"a path", "https://a.example/x/y", "https://a.example/x/y", NULL},
    {"a query", "https://a.example/x?a=b&c=%20/?",
	"https://a.example/x?a=b&c=%20/?", NULL},
    {"a query without a path", "https://a.example?a=b",
	"https://a.example/?a=b", NULL},
    {"a port", "https://a.example:8443/x", "https://a.example:8443/x", NULL},
    {"the usual port", "https://a.example:443/", "https://a.example/", NULL},
    {"capitals", "HTTPS://A.Example/X", "https://A.Example/X", NULL},
    {"IPv4", "https://127.0.0.1:1/", "https://127.0.0.1:1/", NULL},
    {"IPv6", "https://[::1]:8443/x", "https://[::1]:8443/x", NULL},
    {"IPv6 without a port", "https://[::1]", "https://[::1]/", NULL},
    {"a U-label", "https://b\303\274cher.example/",
	"https://xn--bcher-kva.example/", NULL},
    {"a final dot", "https://a.example./", "https://a.example/", NULL},
    {"all characters of a path", "https://a/-._~!$&'()*+,;=:@/%4f",
	"https://a/-._~!$&'()*+,;=:@/%4f", NULL},
    {"dots elsewhere", "https://a.example/.x/..y/...?/../",
	"https://a.example/.x/..y/...?/../", NULL},
    {"an @ behind the path", "https://a.example/@b", "https://a.example/@b",
	NULL},

    {"nothing", "", NULL, "it does not begin with https://"},
    {"http", "http://a.example/", NULL, "it does not begin with https://"},
    {"another scheme", "file:///etc/passwd", NULL,
	"it does not begin with https://"},
    {"no scheme", "a.example", NULL, "it does not begin with https://"},
    {"a blank first", " https://a.example/", NULL,
	"it does not begin with https://"},
    {"no host", "https://", NULL, "its host is neither a name nor an address"},
    {"no host, a path", "https:///x", NULL,
	"its host is neither a name nor an address"},
    {"no host, a port", "https://:443/", NULL,
	"its host is neither a name nor an address"},
    {"a user", "https://me@a.example/", NULL, "there is a user in it"},
    {"a user and a password", "https://a.example:x@b.example/", NULL,
	"there is a user in it"},
    {"a fragment", "https://a.example/#x", NULL,
	"there is a fragment (#) in it"},
    {"a fragment behind the host", "https://a.example#@b/", NULL,
	"there is a fragment (#) in it"},
    {"port 0", "https://a.example:0/", NULL,
	"what follows its host is not a port"},
    {"port 65536", "https://a.example:65536/", NULL,
	"what follows its host is not a port"},
    {"an empty port", "https://a.example:/", NULL,
	"what follows its host is not a port"},
    {"IPv6 without brackets", "https://::1/", NULL,
	"an IPv6 address must be in brackets"},
    {"brackets around a name", "https://[a.example]/", NULL,
	"its host is neither a name nor an address"},
    {"an open bracket", "https://[::1/", NULL,
	"its host is neither a name nor an address"},
    {"a number as a host", "https://127.1/", NULL,
	"its host is neither a name nor an address"},
    {"a backslash", "https://a.example\\@b.example/", NULL,
	"there is a user in it"},
    {"a backslash in the host", "https://a.example\\b/", NULL,
	"its host is neither a name nor an address"},
    {"an encoded host", "https://a%2eexample/", NULL,
	"its host is neither a name nor an address"},
    {"a line feed", "https://a.example/\nX: y", NULL,
	"there is a character in it that a URL cannot have"},
    {"a line end in the host", "https://a.example\r\nX/", NULL,
	"its host is neither a name nor an address"},
    {"a blank", "https://a.example/a b", NULL,
	"there is a character in it that a URL cannot have"},
    {"a letter beyond ASCII in the path", "https://a.example/\303\274", NULL,
	"there is a character in it that a URL cannot have"},
    {"a backslash in the path", "https://a.example/a\\b", NULL,
	"there is a character in it that a URL cannot have"},
    {"a part .", "https://a.example/x/./y", NULL,
	"there is . or .. in its path"},
    {"a part .. at the end", "https://a.example/x/..", NULL,
	"there is . or .. in its path"},
    {"an encoded part ..", "https://a.example/.%2E/x?y", NULL,
	"there is . or .. in its path"},
    {"a lone %", "https://a.example/%", NULL,
	"there is a character in it that a URL cannot have"},
    {"a % and one digit", "https://a.example/%4", NULL,
	"there is a character in it that a URL cannot have"},
    {"a % without digits", "https://a.example/%zz", NULL,
	"there is a character in it that a URL cannot have"},
};

static void
test_parse(void **state)
{
	const struct url_row *row = *state;
	struct buf reason = {0}, printed = {0};
	struct url url;

	assert_true(url_parse(&url, span_from(row->text), &reason) ==
	    (row->printed != NULL));
	assert_string_equal(
	    buf_text(&reason), row->reason != NULL ? row->reason : "");
	if (row->printed != NULL) {
		url_print(&url, false, &printed);
		assert_string_equal(buf_text(&printed), row->printed);
	} else {
		assert_null(url.host);
		assert_null(url.path);
	}
	url_free(&url);
	buf_free(&printed);
	buf_free(&reason);
}

static void
test_nul(void **state)
{
	struct buf reason = {0};
	struct url url;

	(void)state;
	assert_false(url_parse(
	    &url, (struct span){"https://a.example/x\0y", 21}, &reason));
	assert_false(
	    url_parse(&url, (struct span){"https://a.example\0.b/", 21}, NULL));
	buf_free(&reason);
}

static bool
is_url_of(size_t len)
{
	struct buf text = {0}, reason = {0};
	struct url url;
	bool done;

	buf_add_text(&text, "https://a.example/");
	while (text.len < len)
		buf_add_char(&text, 'x');
	done = url_parse(&url, buf_span(&text), &reason);
	url_free(&url);
	buf_free(&text);
	buf_free(&reason);
	return done;
}

static void
test_length(void **state)
{
	(void)state;
	assert_true(is_url_of(URL_MAX));
	assert_false(is_url_of(URL_MAX + 1));
}

static void
test_short(void **state)
{
	struct buf out = {0};
	struct url url;

	(void)state;
	assert_true(url_parse(&url, SPAN("https://[::1]:8443/x?secret"), &out));
	url_print(&url, true, &out);
	assert_string_equal(buf_text(&out), "https://[::1]:8443/x");
	buf_clear(&out);
	url_add_authority(&url, &out);
	assert_string_equal(buf_text(&out), "[::1]:8443");
	url_free(&url);
	buf_free(&out);
}

static void
test_add_field(void **state)
{
	struct buf out = {0};

	(void)state;
	url_add_field(&out, "a", (struct span){"x y+&=%\0\377~", 10});
	url_add_field(&out, "b c", SPAN(""));
	assert_string_equal(
	    buf_text(&out), "a=x%20y%2B%26%3D%25%00%FF~&b%20c=");
	buf_clear(&out);
	buf_add_text(&out, "https://a.example/?");
	url_add_field(&out, "a", SPAN("b"));
	url_add_field(&out, "c", SPAN("d"));
	assert_string_equal(buf_text(&out), "https://a.example/?a=b&c=d");
	buf_free(&out);
}

/* What is read: "name=value;" with all octets; "!" for a bad field. */
struct form_row {
	const char *name, *form, *read;
};

static const struct form_row forms[] = {
    {"empty", "", ""},
    {"fields", "code=a%2Fb&state=c+d", "code=a/b;state=c d;"},
    {"no value", "a&b=", "a=;b=;"},
    {"no name", "=x", "=x;"},
    {"two signs", "a=b=c", "a=b=c;"},
    {"empty fields", "&&a=b&&", "a=b;"},
    {"an encoded ampersand", "a=%26b%3dc", "a=&b=c;"},
    {"a % alone", "a=%&b=c", "!b=c;"},
    {"a % without digits", "a=%zz&b=c", "!b=c;"},
    {"a bad name", "%=x&b=c", "!b=c;"},
    {"too long", "a=123456789&b=c", "!b=c;"},
};

static void
test_form(void **state)
{
	const struct form_row *row = *state;
	struct span rest = span_from(row->form);
	struct buf read = {0}, name, value;
	enum url_field field;

	buf_init(&name, 8);
	buf_init(&value, 8);
	while (
	    (field = url_next_field(&rest, &name, &value)) != URL_FIELD_NONE) {
		if (field == URL_FIELD_BAD) {
			buf_add_char(&read, '!');
			continue;
		}
		buf_add_span(&read, buf_span(&name));
		buf_add_char(&read, '=');
		buf_add_span(&read, buf_span(&value));
		buf_add_char(&read, ';');
	}
	assert_string_equal(buf_text(&read), row->read);
	buf_free(&read);
	buf_free(&name);
	buf_free(&value);
}

int
main(void)
{
	struct rows all = {0};

	rows_add(&all, "parse", rows, ROWS(rows), test_parse);
	rows_add(&all, "form", forms, ROWS(forms), test_form);
	rows_add_one(&all, "parse: a NUL", test_nul);
	rows_add_one(&all, "parse: the longest", test_length);
	rows_add_one(&all, "print: without the query", test_short);
	rows_add_one(&all, "fields are encoded", test_add_field);
	return rows_end(&all);
}
