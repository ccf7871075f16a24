/* What extensions mean, in words. */
#include "rows.h"

#include "cli/extension_text.h"

struct meaning_row {
	const char *name; /* the line */
	const char *text; /* NULL: unknown */
};

static const struct meaning_row meanings[] = {
    {"SIZE 35882577", "messages of up to 35.9 MB"},
    {"size 1000000", "messages of up to 1.0 MB"},
    {"SIZE 999999", "messages of up to 999999 octets"},
    {"SIZE 18446744073709551615", "messages of up to 18446744073709.6 MB"},
    {"SIZE", "messages of any size, or it does not say"},
    {"SIZE 0", "messages of any size, or it does not say"},
    {"SIZE 99999999999999999999", "messages of any size, or it does not say"},
    {"SIZE -1", "messages of any size, or it does not say"},
    {"AUTH PLAIN LOGIN CRAM-MD5", "login by passwords"},
    {"AUTH=LOGIN", "login by passwords"},
    {"AUTH XOAUTH2 SCRAM-SHA-256-PLUS oauthbearer",
	"login by passwords, OAuth"},
    {"AUTH GSSAPI EXTERNAL GS2-KRB5", "login by client certificates, Kerberos"},
    {"AUTH", "login, in ways that smtpost does not know"},
    {"AUTH X-OTHER", "login, in ways that smtpost does not know"},
    {"LIMITS RCPTMAX=100", "at most 100 recipients of a message"},
    {"LIMITS MAILMAX=5 X=1 rcptdomainmax=1",
	"at most 5 messages in a session, 1 domain of the recipients of a "
	"message"},
    {"LIMITS", "limits that smtpost does not know"},
    {"LIMITS RCPTMAX=1000000", "limits that smtpost does not know"},
    {"FUTURERELEASE 2592000 2030-01-01T00:00:00Z",
	"the server can send a message later, up to 30 days"},
    {"FUTURERELEASE", "the server can send a message later"},
    {"8BITMIME", "text in 8 bits is sent as it is"},
    {"8bitmime x", "text in 8 bits is sent as it is"},
    {"8BITMIMEX", NULL},
    {"XCLIENT NAME ADDR", "a proxy can name the real client (Postfix)"},
    {"", NULL},
    {" ", NULL},
};

static void
test_meaning(void **state)
{
	const struct meaning_row *row = *state;
	struct buf out = {0};
	bool is_known = extension_text_add(&out, span_from(row->name));

	assert_int_equal(is_known, row->text != NULL);
	assert_string_equal(buf_text(&out), is_known ? row->text : "");
	buf_free(&out);
}

int
main(void)
{
	struct rows all = {0};

	rows_add(&all, "meaning", meanings, ROWS(meanings), test_meaning);
	return rows_end(&all);
}
