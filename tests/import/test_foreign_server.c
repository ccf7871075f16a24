#include "import/translated.h"

#include "import/foreign_server.h"

#define WARNS_NONE                                                          \
	"# Warning: tls = none: mail goes over the network in clear text, " \
	"and smtpost sends no password this way; if smtpost --server-info " \
	"shows that the server has TLS, remove the line tls = none\n"
#define WARNS_OPPORTUNISTIC                                               \
	"# Warning: tls = opportunistic: an attacker in the network can " \
	"turn TLS off; if the server has TLS, write tls = required\n"
#define WARNS_UNCHECKED                                                     \
	"# Warning: the certificate of the server was not checked before, " \
	"but smtpost checks it; if it is not trusted, add the lines for "   \
	"tls-trust = pin that smtpost --server-info prints\n"

#define WARNS_ANY "# Warning: tls = opportunistic: any certificate is accepted"
#define WARNS_LOGIN                                                         \
	" smtpost logs in only if the certificate can be verified, or if "  \
	"tls-pin names its key. To be safe, write tls = required, and add " \
	"the "                                                              \
	"lines for tls-trust = pin that smtpost --server-info prints\n"

struct server_row {
	const char *name;
	struct foreign_server servers[3];
	const char *expected;
};

#define A .host = SPAN("a.example"), .keys = "host"
#define B .host = SPAN("b.example"), .keys = "host"

static const struct server_row servers[] = {
    {"STARTTLS",
	{{A, .tls = FOREIGN_TLS_STARTTLS, .port = 25, .verifies = true}},
	"# host\nserver = smtp://a.example:25\ntls = required\n"},
    {"TLS from the start",
	{{A, .tls = FOREIGN_TLS_IMMEDIATE, .port = 465, .verifies = true}},
	"# host\nserver = smtps://a.example:465\ntls = required\n"},
    {"an unchecked certificate",
	{{A, .tls = FOREIGN_TLS_IMMEDIATE, .port = 465}},
	"# host\nserver = smtps://a.example:465\ntls = "
	"required\n" WARNS_UNCHECKED},
    {"any certificate",
	{{A, .tls = FOREIGN_TLS_IMMEDIATE, .port = 465, .takes_any = true}},
	"# host\nserver = smtps://a.example:465\n"
	"tls = opportunistic\n" WARNS_ANY
	", so that an attacker in the network can read mail." WARNS_LOGIN},
    {"any certificate, after STARTTLS",
	{{A, .tls = FOREIGN_TLS_STARTTLS, .port = 25, .takes_any = true}},
	"# host\nserver = smtp://a.example:25\n"
	"tls = opportunistic\n" WARNS_ANY
	", and if the server refuses STARTTLS, mail is sent in clear text, so "
	"that an attacker in the network can read it." WARNS_LOGIN},
    {"no TLS", {{A, .tls = FOREIGN_TLS_NONE, .port = 25}},
	"# host\nserver = smtp://a.example:25\ntls = none\n" WARNS_NONE},
    {"no TLS to this machine",
	{{.host = SPAN("localhost"), .keys = "host", .port = 25}},
	"# host\nserver = smtp://localhost:25\ntls = none\n"},
    {"no TLS to a name that begins with 127.",
	{{.host = SPAN("127.a.example"), .keys = "host", .port = 25}},
	"# host\nserver = smtp://127.a.example:25\ntls = none\n" WARNS_NONE},
    {"no TLS to an address of this machine",
	{{.host = SPAN("127.0.0.2"), .keys = "host", .port = 25}},
	"# host\nserver = smtp://127.0.0.2:25\ntls = none\n"},
    {"opportunistic TLS", {{A, .tls = FOREIGN_TLS_OPPORTUNISTIC, .port = 587}},
	"# host\nserver = smtp://a.example:587\ntls = "
	"opportunistic\n" WARNS_OPPORTUNISTIC},
    {"LMTP",
	{{.is_lmtp = true,
	    A,
	    .tls = FOREIGN_TLS_STARTTLS,
	    .port = 24,
	    .verifies = true}},
	"# host\nserver = lmtp://a.example:24\ntls = required\n"},
    {"LMTP with TLS from the start",
	{{.is_lmtp = true, A, .tls = FOREIGN_TLS_IMMEDIATE, .port = 24}},
	"# not taken over: host: smtpost has no LMTP with TLS from the "
	"start\n"},
    {"a Unix socket",
	{{.socket = SPAN("/run/lmtp"), .is_lmtp = true, .keys = "socket"}},
	"# socket\nserver = lmtp+unix:/run/lmtp\ntls = none\n"},
    {"an IPv6 address",
	{{.host = SPAN("2001:db8::1"),
	    .keys = "host",
	    .port = 25,
	    .tls = FOREIGN_TLS_STARTTLS,
	    .verifies = true}},
	"# host\nserver = smtp://[2001:db8::1]:25\ntls = required\n"},
    {"an IPv6 address in brackets",
	{{.host = SPAN("[::1]"), .keys = "host", .port = 25}},
	"# host\nserver = smtp://[::1]:25\ntls = none\n"},
    {"two servers",
	{{A, .tls = FOREIGN_TLS_IMMEDIATE, .port = 465, .verifies = true},
	    {B, .tls = FOREIGN_TLS_STARTTLS, .port = 587, .verifies = true}},
	"# host\nserver = smtps://a.example:465 smtp://b.example:587\n"
	"tls = required\n"},
    {"two servers that do not go together",
	{{A, .tls = FOREIGN_TLS_IMMEDIATE, .port = 465, .verifies = true},
	    {B, .tls = FOREIGN_TLS_NONE, .port = 25}},
	"# host\nserver = smtps://a.example:465\ntls = required\n# not taken "
	"over: host: it needs tls = none, unlike the server before it; put it "
	"into a profile of its own\n"},
    {"the first server is no name",
	{{.host = SPAN("a b"), .keys = "mailhub", .port = 25},
	    {B, .tls = FOREIGN_TLS_IMMEDIATE, .port = 465, .verifies = true}},
	"# host\nserver = smtps://b.example:465\ntls = required\n"
	"# not taken over: mailhub: cannot use the host \"a b\": not a "
	"host name\n"},
};

static void
test_server(void **state)
{
	const struct server_row *row = *state;
	struct translation translation;
	size_t count = 0;

	while (count < 3 && row->servers[count].keys != NULL)
		count++;
	translation_init(&translation, false);
	foreign_server_translate(
	    row->servers, count, translation_profile(&translation, SPAN("")));
	translated_expect(&translation, row->expected);
	translation_free(&translation);
}

static void
test_no_server(void **state)
{
	struct translation translation;

	(void)state;
	translation_init(&translation, false);
	foreign_server_translate(
	    NULL, 0, translation_profile(&translation, SPAN("")));
	translated_expect(&translation, "");
	translation_free(&translation);
}

static void
test_port(void **state)
{
	(void)state;
	assert_int_equal(foreign_server_port(SPAN("2525")), 2525);
	assert_int_equal(foreign_server_port(SPAN("submission")), 587);
	assert_int_equal(foreign_server_port(SPAN("0")), 0);
	assert_int_equal(foreign_server_port(SPAN("65536")), 0);
	assert_int_equal(foreign_server_port(SPAN("imap")), 0);
	assert_int_equal(foreign_server_port(SPAN("")), 0);
}

int
main(void)
{
	struct rows all = {0};

	rows_add(&all, "server", servers, ROWS(servers), test_server);
	rows_add_one(&all, "no server", test_no_server);
	rows_add_one(&all, "port", test_port);
	return rows_end(&all);
}
