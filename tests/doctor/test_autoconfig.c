#include "rows.h"

#include "doctor/autoconfig.h"

#define HEAD "<?xml version=\"1.0\"?>\n<clientConfig version=\"1.1\">\n"
#define BEGIN HEAD "<emailProvider id=\"example.org\">"
#define END "</emailProvider></clientConfig>"
#define SERVER(host, port, socket)                              \
	"<outgoingServer type=\"smtp\">\n <hostname>" host      \
	"</hostname><port>" port "</port>\n<socketType>" socket \
	"</socketType><username>%EMAILADDRESS%</username></outgoingServer>"

#define LOGINS(logins)                                                       \
	"<outgoingServer type=\"smtp\">" logins "<hostname>a.net</hostname>" \
	"<port>465</port><socketType>SSL</socketType></outgoingServer>"
#define LOGIN(login) "<authentication>" login "</authentication>"
#define ISSUER(issuer) "<oAuth2><issuer>" issuer "</issuer></oAuth2>"
#define TWO_LOGINS LOGINS(LOGIN("OAuth2") LOGIN("password-cleartext"))
#define GOOGLE ISSUER("accounts.google.com")
#define WRONG ISSUER("no.net")
#define SERVER_WITH_ISSUER LOGINS(WRONG)
#define THREE_ISSUERS                                   \
	"<oAuth2><x><issuer>no.net</issuer></x>"        \
	"<issuer>\001</issuer><issuer>yes.net</issuer>" \
	"<issuer>no.net</issuer></oAuth2>"

struct document_row {
	const char *name, *text;
	/* "smtps://HOST:PORT local LOGIN oauth, ... ISSUER"; NULL: refused */
	const char *found;
	const char *reason;
};

static const struct document_row documents[] = {
    {"one server", BEGIN SERVER("out.example.net", "465", "SSL") END,
	"smtps://out.example.net:465", NULL},
    {"two, in their order",
	BEGIN SERVER("b.example.net", "587", "STARTTLS")
	    SERVER("a.example.net", "465", "SSL") END,
	"smtp://b.example.net:587, smtps://a.example.net:465", NULL},
    {"no more than four",
	BEGIN SERVER("a.net", "1", "SSL") SERVER("b.net", "2", "SSL")
	    SERVER("c.net", "3", "SSL") SERVER("d.net", "4", "SSL")
		SERVER("e.net", "5", "SSL") END,
	"smtps://a.net:1, smtps://b.net:2, smtps://c.net:3, "
	"smtps://d.net:4",
	NULL},
    {"without TLS it does not count",
	BEGIN SERVER("a.net", "25", "plain") SERVER("b.net", "2", "SSL") END,
	"smtps://b.net:2", NULL},
    {"the domain in the host",
	BEGIN SERVER("SMTP.%EMAILDOMAIN%", "465", " SSL\n") END,
	"smtps://smtp.example.org:465", NULL},
    {"the local part is the user",
	BEGIN "<outgoingServer a = '>' type='smtp'><hostname>a.net</hostname>"
	      "<port>465</port><socketType>SSL</socketType><username>"
	      "%EMAILLOCALPART%</username><x/></outgoingServer>" END,
	"smtps://a.net:465 local", NULL},
    {"incoming servers and comments",
	BEGIN "<!-- " SERVER("no.net", "1",
	    "SSL") " --><incomingServer "
		   "type=\"imap\"><hostname>no.net</hostname></"
		   "incomingServer>" SERVER("a.net", "2", "SSL") END,
	"smtps://a.net:2", NULL},
    {"the first known login",
	BEGIN LOGINS(LOGIN("NTLM") LOGIN(" password-encrypted ")
		LOGIN("password-cleartext")) END,
	"smtps://a.net:465 hidden", NULL},
    {"older names of logins", BEGIN LOGINS(LOGIN("plain") LOGIN("secure")) END,
	"smtps://a.net:465 password", NULL},
    {"a client that is known by its address",
	BEGIN LOGINS(LOGIN("client-IP-address")) LOGINS(LOGIN("none")) END,
	"smtps://a.net:465 none, smtps://a.net:465 none", NULL},
    {"OAuth, with an issuer behind the provider",
	BEGIN TWO_LOGINS "</emailProvider>" GOOGLE "</clientConfig>",
	"smtps://a.net:465 oauth oauth accounts.google.com", NULL},
    {"OAuth as the second login, with an issuer in the provider",
	BEGIN ISSUER("\nhttps://login.net/&quot; ")
	    LOGINS(LOGIN("password-cleartext") LOGIN("OAuth2")) END,
	"smtps://a.net:465 password oauth https://login.net/\"", NULL},
    {"the first issuer counts, and only in its place",
	HEAD "<x>" WRONG "</x><emailProvider><x>" WRONG
	     "</x>" SERVER_WITH_ISSUER THREE_ISSUERS END,
	"smtps://a.net:465 yes.net", NULL},
    {"a login in another element",
	BEGIN "<x>" LOGIN("OAuth2") "</x>" LOGINS("<x>" LOGIN("OAuth2") "</x>")
	    LOGIN("OAuth2") END,
	"smtps://a.net:465", NULL},
    {"another type",
	BEGIN "<outgoingServer type=\"exchange\"><hostname>a.net</hostname>"
	      "<port>1</port><socketType>SSL</socketType></outgoingServer>" END,
	NULL, "it names no server"},
    {"elsewhere in the document",
	HEAD "<x>" SERVER("a.net", "1", "SSL") "</x></clientConfig>", NULL,
	"it names no server"},
    {"deeper than a server's children",
	BEGIN "<outgoingServer type=\"smtp\"><x><hostname>a.net</hostname></x>"
	      "<port>1</port><socketType>SSL</socketType></outgoingServer>" END,
	NULL, "it names no server"},
    {"a host that is none",
	BEGIN SERVER("a b.net", "1", "SSL") SERVER("-x", "1", "SSL")
	    SERVER("&lt;a.net", "1", "SSL") SERVER("", "1", "SSL") END,
	NULL, "it names no server"},
    {"a port that is none",
	BEGIN SERVER("a.net", "0", "SSL") SERVER("a.net", "65536", "SSL")
	    SERVER("a.net", "1x", "SSL") SERVER("a.net", "", "SSL") END,
	NULL, "it names no server"},
    {"a DOCTYPE",
	"<!DOCTYPE x [<!ENTITY a \"b\">]>" BEGIN SERVER("a.net", "1", "SSL")
	    END,
	NULL, "it has a DOCTYPE"},
    {"cut off", BEGIN SERVER("a.net", "1", "SSL"), NULL, "cut off"},
    {"cut off in a tag", BEGIN "<outgoing", NULL, "cut off"},
    {"cut off in a comment", BEGIN "<!-- ", NULL, "cut off"},
    {"tags that do not fit", BEGIN "</clientConfig>", NULL, "not well-formed"},
    {"too deep",
	"<a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a></a></a></a></"
	"a>",
	NULL, "too deep"},
    {"a page of HTML", "<html><p>not found</html>", NULL, "not well-formed"},
    {"no XML", "not found", NULL, "cut off"},
    {"nothing", "", NULL, "cut off"},
};

static void
add_server(struct buf *list, const struct autoconfig_server *server)
{
	static const char *const logins[] = {
	    "", " password", " hidden", " oauth", " none"};

	buf_add_format(list, "%ssmtp%s://%s:%u%s%s%s",
	    list->len > 0 ? ", " : "", server->is_smtps ? "s" : "",
	    server->host, server->port, server->has_local_user ? " local" : "",
	    logins[server->login], server->has_oauth ? " oauth" : "");
}

static void
test_document(void **state)
{
	const struct document_row *row = *state;
	struct autoconfig found;
	struct buf reason = {0}, list = {0};
	bool done = autoconfig_read(
	    &found, span_from(row->text), SPAN("example.org"), &reason);

	for (size_t i = 0; i < found.count; i++)
		add_server(&list, &found.servers[i]);
	if (found.issuer[0] != '\0')
		buf_add_format(&list, " %s", found.issuer);
	assert_int_equal(done, row->found != NULL);
	assert_string_equal(
	    buf_text(&list), row->found != NULL ? row->found : "");
	if (row->reason != NULL)
		assert_contains(buf_text(&reason), row->reason);
	else
		assert_int_equal(reason.len, 0);
	buf_free(&reason);
	buf_free(&list);
}

/* An issuer has its limit, which is not that of other texts. */
static void
test_issuer(void **state)
{
	struct buf text = {0}, reason = {0};
	struct autoconfig found;

	(void)state;
	for (size_t len = AUTOCONFIG_ISSUER_MAX - 1;
	     len <= AUTOCONFIG_ISSUER_MAX + 1; len++) {
		bool fits = len <= AUTOCONFIG_ISSUER_MAX;

		buf_clear(&text);
		buf_add_text(&text, BEGIN LOGINS("") "<oAuth2><issuer>");
		for (size_t i = 0; i < len; i++)
			buf_add_char(&text, 'x');
		buf_add_text(&text, "</issuer></oAuth2>" END);
		assert_true(autoconfig_read(
		    &found, buf_span(&text), SPAN("example.org"), &reason));
		assert_int_equal(strlen(found.issuer), fits ? len : 0);
	}
	buf_free(&text);
	buf_free(&reason);
}

int
main(void)
{
	struct rows all = {0};

	rows_add(&all, "document", documents, ROWS(documents), test_document);
	rows_add_one(&all, "the longest issuer", test_issuer);
	return rows_end(&all);
}
