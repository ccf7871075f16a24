#include "net/proxy_ends.h"
#include "rows.h"

#include "net/proxy.h"

#include <signal.h>

#include "base/wait.h"

#define ZERO4 "\0\0\0\0"
#define TEXT64 \
	"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

/*
 * The proxy's replies are written in advance; what the client sent is compared.
 */
struct proxy_row {
	const char *name;
	struct span says;
	enum proxy_result result;
	const char *reason;
	struct span heard; /* what it was sent; {0}: not compared */
	struct span left;  /* what must be left unread for the server */
	const char *user, *password;
	const char *host; /* NULL: mx.example */
};

#define NO_LOGIN "\5\1\0"
#define LOGIN "\5\2\0\2"
#define ASKED "\5\1\0\3\12mx.example\2\113"

#define TEXT_32 "abcdefghijklmnopqrstuvwxyz012345"
#define TEXT_128 TEXT_32 TEXT_32 TEXT_32 TEXT_32
#define LONG_TEXT TEXT_128 TEXT_128

static const struct proxy_row rows[] = {
    {"a name", {"\5\0\5\0\0\1" ZERO4 "\0\0", 12}, PROXY_DONE, "",
	SPAN(NO_LOGIN ASKED), {0}, NULL, NULL, NULL},
    {"an IPv4 address", {"\5\0\5\0\0\1" ZERO4 "\0\0", 12}, PROXY_DONE, "",
	SPAN(NO_LOGIN "\5\1\0\1\300\0\2\1\2\113"), {0}, NULL, NULL,
	"192.0.2.1"},
    {"an IPv6 address", {"\5\0\5\0\0\1" ZERO4 "\0\0", 12}, PROXY_DONE, "",
	SPAN(NO_LOGIN "\5\1\0\4\40\1\15\270" ZERO4 "\0\0\0\0\0\0\0\1\2\113"),
	{0}, NULL, NULL, "2001:db8::1"},
    {"octets after the reply belong to the server",
	SPAN("\5\0\5\0\0\1" ZERO4 "\0\0"
	     "220 mx"),
	PROXY_DONE, "", {0}, SPAN("220 mx"), NULL, NULL, NULL},
    {"it answers with IPv6",
	SPAN("\5\0\5\0\0\4" ZERO4 ZERO4 ZERO4 ZERO4 "\0\0"
	     "220"),
	PROXY_DONE, "", {0}, SPAN("220"), NULL, NULL, NULL},
    {"it answers with a name",
	SPAN("\5\0\5\0\0\3\4name\0\0"
	     "220"),
	PROXY_DONE, "", {0}, SPAN("220"), NULL, NULL, NULL},
    {"it answers with an empty name",
	SPAN("\5\0\5\0\0\3\0\0\0"
	     "220"),
	PROXY_DONE, "", {0}, SPAN("220"), NULL, NULL, NULL},
    {"it answers with the longest name",
	SPAN("\5\0\5\0\0\3\377" TEXT64 TEXT64 TEXT64
	     "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcde"
	     "\0\0"
	     "220"),
	PROXY_DONE, "", {0}, SPAN("220"), NULL, NULL, NULL},
    {"a login", SPAN("\5\2\1\0\5\0\0\1" ZERO4 "\0\0"), PROXY_DONE, "",
	SPAN(LOGIN "\1\2me\6secret" ASKED), {0}, "me", "secret", NULL},
    {"a login that is not wanted", SPAN("\5\0\5\0\0\1" ZERO4 "\0\0"),
	PROXY_DONE, "", SPAN(LOGIN ASKED), {0}, "me", "secret", NULL},
    {"a login without a password", SPAN("\5\2\1\0\5\0\0\1" ZERO4 "\0\0"),
	PROXY_DONE, "", SPAN(LOGIN "\1\2me\0" ASKED), {0}, "me", "", NULL},
    {"the version of SOCKS in the answer to the login",
	SPAN("\5\2\5\0\5\0\0\1" ZERO4 "\0\0"), PROXY_DONE, "", {0}, {0}, "me",
	"secret", NULL},
    {"a login is refused", SPAN("\5\2\1\1"), PROXY_NO_LOGIN,
	"it refused the login", SPAN(LOGIN "\1\2me\6secret"), {0}, "me",
	"secret", NULL},
    {"a login is missing", SPAN("\5\377"), PROXY_NO_LOGIN,
	"it requires a login", SPAN(NO_LOGIN), {0}, NULL, NULL, NULL},
    {"no login by password", SPAN("\5\377"), PROXY_NO_LOGIN,
	"it accepts no login by user and password", {0}, {0}, "me", "secret",
	NULL},

    /* RFC 1928 section 6 */
    {"code 1", SPAN("\5\0\5\1\0\1" ZERO4 "\0\0"), PROXY_REFUSED,
	"it failed without saying why", {0}, SPAN("\0\1" ZERO4 "\0\0"), NULL,
	NULL, NULL},
    {"code 2, then the end", SPAN("\5\0\5\2"), PROXY_REFUSED,
	"its rules do not allow this connection", {0}, {0}, NULL, NULL, NULL},
    {"code 3", SPAN("\5\0\5\3"), PROXY_REFUSED, "it cannot reach the network",
	{0}, {0}, NULL, NULL, NULL},
    {"code 4", SPAN("\5\0\5\4"), PROXY_REFUSED,
	"it cannot find or reach the host", {0}, {0}, NULL, NULL, NULL},
    {"code 5", SPAN("\5\0\5\5"), PROXY_REFUSED,
	"the server refused the connection", {0}, {0}, NULL, NULL, NULL},
    {"code 6", SPAN("\5\0\5\6"), PROXY_REFUSED, "there was no answer in time",
	{0}, {0}, NULL, NULL, NULL},
    {"code 7", SPAN("\5\0\5\7"), PROXY_REFUSED,
	"it does not support this command", {0}, {0}, NULL, NULL, NULL},
    {"code 8", SPAN("\5\0\5\10"), PROXY_REFUSED,
	"it does not know this type of address", {0}, {0}, NULL, NULL, NULL},
    {"code 9", SPAN("\5\0\5\11"), PROXY_REFUSED,
	"it failed with the unknown code 9", {0}, {0}, NULL, NULL, NULL},
    {"code 255", SPAN("\5\0\5\377"), PROXY_REFUSED,
	"it failed with the unknown code 255", {0}, {0}, NULL, NULL, NULL},

    /* Not SOCKS 5 */
    {"an SMTP server", SPAN("220 mx\r\n"), PROXY_MALFORMED,
	"it does not speak SOCKS 5", {0}, SPAN("0 mx\r\n"), NULL, NULL, NULL},
    {"version 4", SPAN("\0\132" ZERO4 "\0\0"), PROXY_MALFORMED,
	"it does not speak SOCKS 5", {0}, SPAN(ZERO4 "\0\0"), NULL, NULL, NULL},
    {"a method that was not offered", SPAN("\5\2"), PROXY_MALFORMED,
	"it chose a login method that was not offered", {0}, {0}, NULL, NULL,
	NULL},
    {"GSSAPI", SPAN("\5\1"), PROXY_MALFORMED,
	"it chose a login method that was not offered", {0}, {0}, "me",
	"secret", NULL},
    {"a malformed answer to the login", SPAN("\5\2HT"), PROXY_MALFORMED,
	"its answer to the login is malformed", {0}, {0}, "me", "secret", NULL},
    {"a wrong version in the answer", SPAN("\5\0\4\0\0\1" ZERO4 "\0\0"),
	PROXY_MALFORMED, "its answer is malformed", {0},
	SPAN("\0\1" ZERO4 "\0\0"), NULL, NULL, NULL},
    {"an unknown type of address", SPAN("\5\0\5\0\0\2" ZERO4 "\0\0"),
	PROXY_MALFORMED, "its answer is malformed", {0}, SPAN(ZERO4 "\0\0"),
	NULL, NULL, NULL},
    {"a password that is too long", SPAN("\5\2"), PROXY_REFUSED,
	"SOCKS 5 has no room for a host, user or password of more than 255 "
	"octets",
	{0}, SPAN("\5\2"), "me", LONG_TEXT, NULL},
    {"nothing", {"", 0}, PROXY_LOST, "it closed the connection", {0}, {0}, NULL,
	NULL, NULL},
    {"one octet", SPAN("\5"), PROXY_LOST, "it closed the connection", {0}, {0},
	NULL, NULL, NULL},
    {"half an answer to the login", SPAN("\5\2\1"), PROXY_LOST,
	"it closed the connection", {0}, {0}, "me", "secret", NULL},
    {"half an answer", SPAN("\5\0\5\0\0\1\0\0"), PROXY_LOST,
	"it closed the connection", {0}, {0}, NULL, NULL, NULL},
    {"half a name", SPAN("\5\0\5\0\0\3\377x"), PROXY_LOST,
	"it closed the connection", {0}, {0}, NULL, NULL, NULL},
};

static struct proxy_target
target_of(const struct proxy_row *row)
{
	return (struct proxy_target){
	    .host = row->host != NULL ? row->host : "mx.example",
	    .port = 587,
	    .user = span_from(row->user),
	    .password = span_from(row->password),
	};
}

static void
test_connect(void **state)
{
	const struct proxy_row *row = *state;
	const struct proxy_target target = target_of(row);
	struct buf reason = {0};
	int ends[2];

	proxy_ends_open(ends);
	assert_int_equal(
	    write(ends[1], row->says.at, row->says.len), row->says.len);
	shutdown(ends[1], SHUT_WR);
	assert_int_equal(proxy_connect(ends[0], PROXY_SOCKS, &target,
			     deadline_in(10000), &reason),
	    row->result);
	assert_string_equal(buf_text(&reason), row->reason);
	if (row->heard.len > 0)
		proxy_ends_assert_octets(ends[1], row->heard);
	proxy_ends_assert_octets(ends[0], row->left);
	buf_free(&reason);
	proxy_ends_close(ends);
}

static void
test_timeout(void **state)
{
	const struct proxy_target target = target_of(&rows[0]);
	struct buf reason = {0};
	int ends[2];

	(void)state;
	proxy_ends_open(ends);
	assert_int_equal(write(ends[1], "\5", 1), 1);
	assert_int_equal(proxy_connect(ends[0], PROXY_SOCKS, &target,
			     deadline_in(20), &reason),
	    PROXY_TIMEOUT);
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
	rows_add_one(&all, "time-out", test_timeout);
	return rows_end(&all);
}
