#include "rows.h"

#include "tls/foreign.h"

struct foreign_row {
	const char *name, *said;
	const char *protocol; /* NULL: unknown */
	bool is_login_page;
	const char *location;
};

static const struct foreign_row foreign_rows[] = {
    {"a page", "HTTP/1.1 200 OK\r\nServer: x\r\n\r\n", "HTTP", false, ""},
    {"a login page",
	"HTTP/1.1 302 Found\r\nServer: x\r\n"
	"location: http://portal.example:80/login?x=1\r\n\r\n",
	"HTTP", true, "portal.example:80"},
    {"the same host", "HTTP/1.0 307 Temporary\r\nLocation: /login\r\n", "HTTP",
	true, ""},
    {"no path", "HTTP/2 303\nLocation: https://a.b?to=c", "HTTP", true, "a.b"},
    {"511", "HTTP/1.1 511 Network Authentication Required", "HTTP", true, ""},
    {"400", "HTTP/1.1 400 Bad Request", "HTTP", false, ""},
    {"no code", "HTTP/1.1", "HTTP", false, ""},
    {"a page without a header", "<!doctype html>", "HTTP", false, ""},
    {"IMAP", "* OK [CAPABILITY IMAP4rev1] ready", "IMAP", false, ""},
    {"IMAP, logged in", "* PREAUTH hello", "IMAP", false, ""},
    {"POP3", "+OK Dovecot ready.", "POP3", false, ""},
    {"POP3, not now", "-ERR busy", "POP3", false, ""},
    {"SSH", "SSH-2.0-OpenSSH_9.2p1", "SSH", false, ""},
    {"VNC", "RFB 003.008", "VNC", false, ""},
    {"ManageSieve", "\"IMPLEMENTATION\" \"x\"", "ManageSieve", false, ""},
    {"an alert of TLS", "\x15\x03\x01", "TLS", false, ""},
    {"SMTP", "220 mx.example ESMTP", NULL, false, ""},
    {"a star", "*", NULL, false, ""},
    {"nothing", "", NULL, false, ""},
};

static void
test_foreign(void **state)
{
	const struct foreign_row *row = *state;
	struct span said = span_from(row->said);
	const char *protocol = foreign_protocol(said);

	if (row->protocol != NULL)
		assert_string_equal(protocol, row->protocol);
	else
		assert_null(protocol);
	assert_int_equal(foreign_is_login_page(said), row->is_login_page);
	assert_true(
	    span_equal(foreign_location(said), span_from(row->location)));
}

int
main(void)
{
	struct rows all = {0};

	rows_add(&all, "said", foreign_rows, ROWS(foreign_rows), test_foreign);
	return rows_end(&all);
}
