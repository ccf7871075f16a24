#include "rows.h"

#include "profile/server_url.h"

#define X50 "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"

struct url_row {
	const char *name, *text;
	const char *url, *host; /* url NULL: refused, with `error` in it */
	const char *error;
};

static const struct url_row urls[] = {
    {"smtp", "smtp://mail.example.org", "smtp://mail.example.org:587",
	"mail.example.org", NULL},
    {"smtps", "smtps://mail.example.org", "smtps://mail.example.org:465",
	"mail.example.org", NULL},
    {"scheme in capitals", "SMTPS://mail.example.org",
	"smtps://mail.example.org:465", "mail.example.org", NULL},
    {"port", "smtp://mail.example.org:25", "smtp://mail.example.org:25",
	"mail.example.org", NULL},
    {"largest port", "smtp://a:65535", "smtp://a:65535", "a", NULL},
    {"IPv4", "smtp://192.0.2.1:2525", "smtp://192.0.2.1:2525", "192.0.2.1",
	NULL},
    {"IPv6", "smtp://[2001:db8::1]", "smtp://[2001:db8::1]:587", "2001:db8::1",
	NULL},
    {"IPv6 with port", "smtps://[::1]:2465", "smtps://[::1]:2465", "::1", NULL},
    {"last dot", "smtp://mail.example.org.:25", "smtp://mail.example.org:25",
	"mail.example.org", NULL},
    {"single label", "smtp://localhost", "smtp://localhost:587", "localhost",
	NULL},
    {"u-label", "smtp://m\xc3\xbcller.example",
	"smtp://xn--mller-kva.example:587", "xn--mller-kva.example", NULL},
    {"no scheme", "mail.example.org", NULL, NULL, "smtp://HOST"},
    {"one slash", "smtp:/mail.example.org", NULL, NULL, "unknown scheme"},
    {"no slashes", "smtp:mail.example.org", NULL, NULL, "unknown scheme"},
    {"lmtp", "lmtp://mail.example.org", "lmtp://mail.example.org:24",
	"mail.example.org", NULL},
    {"smtp over a Unix socket", "smtp+unix:/run/x", "smtp+unix:/run/x",
	"localhost", NULL},
    {"lmtp over a Unix socket", "LMTP+unix:/run/x:1", "lmtp+unix:/run/x:1",
	"localhost", NULL},
    {"three slashes before a path", "lmtp+unix:///run/x", "lmtp+unix:/run/x",
	"localhost", NULL},
    {"two slashes before a path", "lmtp+unix://run/x", NULL, NULL,
	"absolute path"},
    {"four slashes", "lmtp+unix:////run/x", NULL, NULL, "absolute path"},
    {"a relative path", "lmtp+unix:run/x", NULL, NULL, "absolute path"},
    {"no path", "lmtp+unix:", NULL, NULL, "absolute path"},
    {"only a slash", "lmtp+unix:/", NULL, NULL, "absolute path"},
    {"an at sign in a path", "lmtp+unix:/run/a@b", NULL, NULL, "setting user"},
    {"a control in a path", "lmtp+unix:/run/\n", NULL, NULL, "\\x0a"},
    {"a path that is too long", "lmtp+unix:/" X50 X50 "/12345678", NULL, NULL,
	"too long"},
    {"srv", "srv:example.org", "srv:example.org", "example.org", NULL},
    {"srv in capitals, with a last dot", "SRV:Example.ORG.", "srv:Example.ORG",
	"Example.ORG", NULL},
    {"srv with slashes", "srv://example.org", NULL, NULL, "no domain"},
    {"srv with a port", "srv:example.org:25", NULL, NULL, "no domain"},
    {"srv with an address", "srv:192.0.2.1", NULL, NULL, "no domain"},
    {"srv with an IPv6 address", "srv:[::1]", NULL, NULL, "no domain"},
    {"srv without a domain", "srv:", NULL, NULL, "no domain"},
    {"srv with an underscore", "srv:my_own.example.org",
	"srv:my_own.example.org", "my_own.example.org", NULL},
    {"srv with a service's name", "srv:_tcp.example.org", NULL, NULL,
	"no domain"},
    {"mx", "mx:", "mx:", "", NULL},
    {"mx in capitals", "MX:", "mx:", "", NULL},
    {"mx with a domain", "mx:example.org", NULL, NULL, "nothing may follow"},
    {"mx with slashes", "mx://", NULL, NULL, "nothing may follow"},
    {"mx without a colon", "mx", NULL, NULL, "unknown scheme"},
    {"lmtps is unknown", "lmtps://mail.example.org", NULL, NULL,
	"smtps://HOST"},
    {"http", "http://mail.example.org", NULL, NULL, "unknown scheme"},
    {"prefix of a scheme", "smtpx://mail.example.org", NULL, NULL,
	"unknown scheme"},
    {"no host", "smtp://", NULL, NULL, "empty"},
    {"no host but port", "smtp://:25", NULL, NULL, "empty"},
    {"only a dot", "smtp://.", NULL, NULL, "not a host name"},
    {"two dots", "smtp://a..b", NULL, NULL, "not a host name"},
    {"port 0", "smtp://a:0", NULL, NULL, "port"},
    {"port 65536", "smtp://a:65536", NULL, NULL, "port"},
    {"empty port", "smtp://a:", NULL, NULL, "port"},
    {"port in words", "smtp://a:smtp", NULL, NULL, "port"},
    {"port with sign", "smtp://a:+25", NULL, NULL, "port"},
    {"path", "smtp://a/b", NULL, NULL, "path"},
    {"slash", "smtp://a/", NULL, NULL, "path"},
    {"query", "smtp://a?tls=no", NULL, NULL, "path"},
    {"fragment", "smtp://a#b", NULL, NULL, "path"},
    {"backslash", "smtp://a\\b", NULL, NULL, "path"},
    {"user", "smtp://me@a", NULL, NULL, "setting user"},
    {"password", "smtp://me:hunter2@a", NULL, NULL, "password-command"},
    {"password with slash", "smtp://me:hunter2/x@a", NULL, NULL,
	"password-command"},
    {"password in another scheme", "x://me:hunter2@a", NULL, NULL,
	"password-command"},
    {"forgotten host", "smtp://me:hunter2", NULL, NULL, "port"},
    {"percent", "smtp://a%40b", NULL, NULL, "not a host name"},
    {"underscore", "smtp://a_b", "smtp://a_b:587", "a_b", NULL},
    {"space", "smtp://a b", NULL, NULL, "not a host name"},
    {"line feed", "smtp://a\nb", NULL, NULL, "\\x0a"},
    {"carriage return", "smtp://a\r", NULL, NULL, "\\x0d"},
    {"IPv6 without brackets", "smtp://2001:db8::1", NULL, NULL, "brackets"},
    {"a password as a port", "smtp://me:x:hunter2", NULL, NULL,
	"\"smtp://me:\": there is more than one colon"},
    {"open bracket", "smtp://[::1", NULL, NULL, "']'"},
    {"text after bracket", "smtp://[::1]x", NULL, NULL, "']'"},
    {"name in brackets", "smtp://[mail.example.org]", NULL, NULL,
	"not an IPv6"},
    {"IPv4 in brackets", "smtp://[192.0.2.1]", NULL, NULL, "not an IPv6"},
    {"empty brackets", "smtp://[]", NULL, NULL, "not a host name"},
    {"zone", "smtp://[fe80::1%eth0]", NULL, NULL, "not an IPv6"},
    {"short IPv4", "smtp://127.1", NULL, NULL, "neither a name"},
    {"number", "smtp://2130706433", NULL, NULL, "neither a name"},
    {"IPv4 too large", "smtp://1.2.3.256", NULL, NULL, "neither a name"},
};

static void
test_url(void **state)
{
	const struct url_row *row = *state;
	struct server server;
	struct error err = {0};
	bool done = server_url_parse(&server, span_from(row->text), &err);

	assert_int_equal(done, row->url != NULL);
	if (row->url != NULL) {
		assert_string_equal(server.url, row->url);
		assert_string_equal(server.host, row->host);
	} else {
		assert_int_equal(err.kind, ERROR_CONFIG);
		if (strstr(err.text, row->error) == NULL)
			fail_msg(
			    "\"%s\" is not in \"%s\"", row->error, err.text);
		assert_null(strstr(err.text, "hunter2"));
	}
	server_url_free(&server);
}

struct equal_row {
	const char *name, *a, *b;
	bool equal;
};

static const struct equal_row equals[] = {
    {"same", "smtp://a.example", "smtp://a.example:587", true},
    {"case", "smtp://A.example", "smtp://a.EXAMPLE", true},
    {"host", "smtp://a.example", "smtp://b.example", false},
    {"port", "smtp://a.example", "smtp://a.example:25", false},
    {"scheme", "smtp://a.example:465", "smtps://a.example:465", false},
    {"path", "lmtp+unix:/run/x", "lmtp+unix:/run/y", false},
    {"same path", "lmtp+unix:/run/x", "lmtp+unix:///run/x", true},
    {"protocol on a path", "lmtp+unix:/run/x", "smtp+unix:/run/x", false},
};

static void
test_equal(void **state)
{
	const struct equal_row *row = *state;
	struct server a, b;
	struct error err = {0};

	assert_true(server_url_parse(&a, span_from(row->a), &err));
	assert_true(server_url_parse(&b, span_from(row->b), &err));
	assert_int_equal(server_url_equal(&a, &b), row->equal);
	server_url_free(&a);
	server_url_free(&b);
}

struct authority_row {
	const char *name, *text, *authority;
};

static const struct authority_row authorities[] = {
    {"host", "smtps://mail.example.org", "mail.example.org:465"},
    {"IPv6", "smtp://[::1]:2525", "[::1]:2525"},
    {"path", "lmtp+unix:///run/x", "/run/x"},
    {"domain", "srv:example.org", "srv:example.org"},
};

static void
test_authority(void **state)
{
	const struct authority_row *row = *state;
	struct server server;
	struct error err = {0};

	assert_true(server_url_parse(&server, span_from(row->text), &err));
	assert_string_equal(server_url_authority(&server), row->authority);
	server_url_free(&server);
}

int
main(void)
{
	struct rows all = {0};

	rows_add(&all, "url", urls, ROWS(urls), test_url);
	rows_add(&all, "equal", equals, ROWS(equals), test_equal);
	rows_add(
	    &all, "authority", authorities, ROWS(authorities), test_authority);
	return rows_end(&all);
}
