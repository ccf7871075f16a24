#include "rows.h"

#include "profile/proxy_url.h"

#define X50 "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
#define X250 X50 X50 X50 X50 X50

struct url_row {
	const char *name, *text;
	const char *url; /* as printed; NULL: refused, with `error` in it */
	const char *user, *password;
	const char *error;
	bool has_password;
};

static const struct url_row urls[] = {
    {"host", "socks5://proxy.example", "socks5://proxy.example:1080", NULL, "",
	NULL, false},
    {"port", "socks5://proxy.example:9050", "socks5://proxy.example:9050", NULL,
	"", NULL, false},
    {"socks5h is the same", "SOCKS5H://10.0.0.1:1", "socks5://10.0.0.1:1", NULL,
	"", NULL, false},
    {"IPv6", "socks5://[::1]", "socks5://[::1]:1080", NULL, "", NULL, false},
    {"IPv6 and port", "socks5://[2001:db8::1]:99", "socks5://[2001:db8::1]:99",
	NULL, "", NULL, false},
    {"user", "socks5://me@a", "socks5://me@a:1080", "me", "", NULL, false},
    {"user and empty password", "socks5://me:@a", "socks5://me@a:1080", "me",
	"", NULL, false},
    {"password", "socks5://me:hunter2@a:1", "socks5://me:***@a:1", "me",
	"hunter2", NULL, true},
    {"password with @ and :", "socks5://me:hunter2@:x@a",
	"socks5://me:***@a:1080", "me", "hunter2@:x", NULL, true},
    {"octets by number", "socks5://m%65:%40%3a%00@a", "socks5://me:***@a:1080",
	"me", "@:", NULL, true},
    {"slash in the password", "socks5://me:hunter2/x@a",
	"socks5://me:***@a:1080", "me", "hunter2/x", NULL, true},
    {"the longest password", "socks5://me:" X250 "xxxxx@a",
	"socks5://me:***@a:1080", "me", X250 "xxxxx", NULL, true},

    {"no scheme", "proxy.example", NULL, NULL, NULL, "socks5://HOST", false},
    {"no scheme, but a password", "me:hunter2@a", NULL, NULL, NULL,
	"unknown scheme", true},
    {"no scheme, and perhaps a password", "hunter2@a", NULL, NULL, NULL,
	"unknown scheme", true},
    {"http", "http://proxy.example:3128", "http://proxy.example:3128", NULL, "",
	NULL, false},
    {"http and a slash", "HTTP://proxy.example:80/", "http://proxy.example:80",
	NULL, "", NULL, false},
    {"http, IPv6", "http://[::1]:8080", "http://[::1]:8080", NULL, "", NULL,
	false},
    {"http and a login", "http://me:hunt%3ae%72@a:1", "http://me:***@a:1", "me",
	"hunt:er", NULL, true},
    {"http without a port", "http://me:hunter2@a", NULL, NULL, NULL,
	"its port is missing", true},
    {"http without a port, but a slash", "http://a/", NULL, NULL, NULL,
	"its port is missing", false},
    {"http with a path", "http://a:1/hunter2", NULL, NULL, NULL, "port", false},
    {"http with a colon in the user", "http://m%3ae:hunter2@a:1", NULL, NULL,
	NULL, "HTTP takes no ':' in a user", true},
    {"https", "https://me:hunter2@a:1", NULL, NULL, NULL,
	"TLS to the proxy itself (https://) is not supported", true},
    {"a command", "command:ssh me@jump nc %h %p",
	"command:ssh me@jump nc %h %p", NULL, "", NULL, false},
    {"blanks around a command", "Command:  ssh a:b@jump nc %n %%  ",
	"command:ssh a:b@jump nc %n %%", NULL, "", NULL, false},
    {"no command", "command: ", NULL, NULL, NULL, "there is no command", false},
    {"an unknown %", "command:ssh %r@jump nc %h %p", NULL, NULL, NULL,
	"% may begin only %h", false},
    {"a % at the end", "command:nc %h %p %", NULL, NULL, NULL,
	"% may begin only %h", false},
    {"a line feed in a command", "command:a\nb", NULL, NULL, NULL, "control",
	false},
    {"socks4", "socks4://a", NULL, NULL, NULL, "unknown scheme", false},
    {"a space in front", " socks5://me:hunter2@a", NULL, NULL, NULL,
	"unknown scheme", true},
    {"no host", "socks5://", NULL, NULL, NULL, "its host", false},
    {"no host, but a port", "socks5://:1080", NULL, NULL, NULL, "its host",
	false},
    {"no host behind the login", "socks5://me:hunter2@", NULL, NULL, NULL,
	"its host", true},
    {"no user", "socks5://@a", NULL, NULL, NULL, "no user", false},
    {"no user, but a password", "socks5://:hunter2@a", NULL, NULL, NULL,
	"no user", true},
    {"control in the user", "socks5://m%0ae:hunter2@a", NULL, NULL, NULL,
	"no user", true},
    {"no UTF-8 in the user", "socks5://%ff@a", NULL, NULL, NULL, "no user",
	false},
    {"a password too long", "socks5://me:" X250 "hunter2@a", NULL, NULL, NULL,
	"255", true},
    {"a user too long", "socks5://" X250 "xxxxxx:hunter2@a", NULL, NULL, NULL,
	"255", true},
    {"a lone percent sign", "socks5://me:hunter2%@a", NULL, NULL, NULL, "%",
	true},
    {"percent and one digit", "socks5://me:hunter2%4@a", NULL, NULL, NULL, "%",
	true},
    {"percent and letters", "socks5://me:hunter2%xx@a", NULL, NULL, NULL, "%",
	true},
    {"port 0", "socks5://a:0", NULL, NULL, NULL, "port", false},
    {"port in words", "socks5://me:hunter2", NULL, NULL, NULL, "port", false},
    {"path", "socks5://me:hunter2@a/", NULL, NULL, NULL, "its host", true},
    {"IPv6 without brackets", "socks5://me:hunter2@::1", NULL, NULL, NULL,
	"brackets", true},
    {"text behind the bracket", "socks5://[::1]x", NULL, NULL, NULL, "its host",
	false},
    {"line feed", "socks5://me:hunter2@a\n", NULL, NULL, NULL, "control", true},
};

static void
test_url(void **state)
{
	const struct url_row *row = *state;
	struct span text = span_from(row->text);
	struct proxy proxy = {0};
	struct error err = {0};
	struct buf printed = {0};
	bool done = proxy_url_parse(&proxy, text, &err);

	assert_int_equal(proxy_url_has_password(text), row->has_password);
	assert_int_equal(done, row->url != NULL);
	if (done) {
		proxy_url_print(&proxy, &printed);
		assert_string_equal(buf_text(&printed), row->url);
		assert_true(
		    span_equal(span_from(proxy.user), span_from(row->user)));
		assert_string_equal(buf_text(&proxy.password), row->password);
	} else {
		assert_int_equal(err.kind, ERROR_CONFIG);
		if (strstr(err.text, row->error) == NULL)
			fail_msg(
			    "\"%s\" is not in \"%s\"", row->error, err.text);
		assert_null(strstr(err.text, "hunter2"));
		assert_null(proxy.host);
		assert_null(proxy.command);
		assert_int_equal(proxy.kind, PROXY_NONE);
	}
	buf_free(&printed);
	proxy_url_free(&proxy);
}

int
main(void)
{
	return rows_run("url", urls, ROWS(urls), test_url);
}
