#include "rows.h"

#include "doctor/autoconfig.h"

#define HEAD "<?xml version=\"1.0\"?>\n<clientConfig version=\"1.1\">\n"
#define BEGIN HEAD "<emailProvider id=\"example.org\">"
#define END "</emailProvider></clientConfig>"
#define SERVER(host, port, socket)                              \
	"<outgoingServer type=\"smtp\">\n <hostname>" host      \
	"</hostname><port>" port "</port>\n<socketType>" socket \
	"</socketType><username>%EMAILADDRESS%</username></outgoingServer>"

struct document_row {
	const char *name, *text;
	const char *found; /* "smtps://HOST:PORT local, ..."; NULL: refused */
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
	"smtps://a.net:1, smtps://b.net:2, smtps://c.net:3, smtps://d.net:4",
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
	"<a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a></a></a></a></a>",
	NULL, "too deep"},
    {"a page of HTML", "<html><p>not found</html>", NULL, "not well-formed"},
    {"no XML", "not found", NULL, "cut off"},
    {"nothing", "", NULL, "cut off"},
};

static void
test_document(void **state)
{
	const struct document_row *row = *state;
	struct autoconfig found;
	struct buf reason = {0}, list = {0};
	bool done = autoconfig_read(
	    &found, span_from(row->text), SPAN("example.org"), &reason);

	for (size_t i = 0; i < found.count; i++)
		buf_add_format(&list, "%ssmtp%s://%s:%u%s", i > 0 ? ", " : "",
		    found.servers[i].is_smtps ? "s" : "", found.servers[i].host,
		    found.servers[i].port,
		    found.servers[i].has_local_user ? " local" : "");
	assert_int_equal(done, row->found != NULL);
	assert_string_equal(
	    buf_text(&list), row->found != NULL ? row->found : "");
	if (row->reason != NULL)
		assert_non_null(strstr(buf_text(&reason), row->reason));
	else
		assert_int_equal(reason.len, 0);
	buf_free(&reason);
	buf_free(&list);
}

int
main(void)
{
	struct rows all = {0};

	rows_add(&all, "document", documents, ROWS(documents), test_document);
	return rows_end(&all);
}
