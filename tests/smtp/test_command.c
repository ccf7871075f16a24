#include "rows.h"

#include "smtp/extension.h"
#include "smtp/given.h"

struct command_row {
	const char *name;
	unsigned offered;
	unsigned notify;
	enum dsn_return how;
	const char *id, *original;
	const char *mail, *rcpt;
	bool is_utf8;
};

#define MAIL "MAIL FROM:<me@example.org>"
#define RCPT "RCPT TO:<a+b@x>"

static const struct command_row commands[] = {
    {"nothing asked, nothing offered", 0, 0, DSN_RETURN_UNSET, NULL, NULL, MAIL,
	RCPT, false},
    {"nothing asked", EXTENSION_DSN, 0, DSN_RETURN_UNSET, NULL, NULL, MAIL,
	RCPT, false},
    {"not offered", EXTENSION_SIZE | EXTENSION_8BITMIME, DSN_NEVER,
	DSN_RETURN_FULL, "x", NULL,

	MAIL " SIZE=16 BODY=8BITMIME", RCPT, false},
    {"all", EXTENSION_DSN | EXTENSION_SIZE | EXTENSION_8BITMIME,
	DSN_SUCCESS | DSN_FAILURE | DSN_DELAY, DSN_RETURN_HEADERS,
	"a b+=", NULL, MAIL " SIZE=16 BODY=8BITMIME RET=HDRS ENVID=a+20b+2B+3D",
	RCPT " NOTIFY=SUCCESS,FAILURE,DELAY ORCPT=rfc822;a+2Bb@x", false},
    {"NOTIFY alone", EXTENSION_DSN, DSN_NEVER, DSN_RETURN_UNSET, NULL, NULL,
	MAIL, RCPT " NOTIFY=NEVER ORCPT=rfc822;a+2Bb@x", false},
    {"RET alone", EXTENSION_DSN, 0, DSN_RETURN_FULL, NULL, NULL,
	MAIL " RET=FULL", RCPT, false},
    {"another original", EXTENSION_DSN, DSN_DELAY, DSN_RETURN_UNSET, NULL,
	"rfc822;list@y", MAIL, RCPT " NOTIFY=DELAY ORCPT=rfc822;list@y", false},
    {"UTF-8", EXTENSION_8BITMIME | EXTENSION_SMTPUTF8, 0, DSN_RETURN_UNSET,
	NULL, NULL, MAIL " BODY=8BITMIME SMTPUTF8", RCPT, true},
};

static void
test_command(void **state)
{
	const struct command_row *row = *state;
	struct session session = {0};
	struct mail_request request = {0};
	struct buf mail = {0}, rcpt = {0};
	struct given given;
	struct recipient *recipient;

	given_init(&given,
	    strstr(row->mail, "8BIT") ? SPAN("A: b\n\n\xc3\xa4x\r\n.\n")
				      : SPAN(GIVEN_MESSAGE),
	    "a+b@x");
	session.extensions.offered = row->offered;
	recipient = &given.envelope.recipients[0];
	recipient->dsn.notify = row->notify;
	if (row->original != NULL)
		recipient->dsn.original = mem_copy_text(row->original);
	if (row->id != NULL)
		given.envelope.envelope_id = mem_copy_text(row->id);
	given.envelope.dsn_return = row->how;
	request.envelope = &given.envelope;
	request.size = given.letter.size;
	request.has_eight_bit = message_facts(given.message)->has_eight_bit;
	request.is_utf8 = row->is_utf8;
	extensions_add_mail(&session.extensions, &request, &mail);
	assert_string_equal(buf_text(&mail), row->mail);
	extensions_add_rcpt(&session.extensions, recipient, &rcpt);
	assert_string_equal(buf_text(&rcpt), row->rcpt);
	assert_int_equal(extensions_rcpt_octets(&session.extensions, recipient),
	    rcpt.len + 2);
	buf_clear(&mail);
	session.extensions.offered = 0;
	extensions_add_mail(&session.extensions, &request, &mail);
	assert_string_equal(buf_text(&mail), MAIL);
	buf_free(&mail);
	buf_free(&rcpt);
	given_free(&given);
}

/* RFC 3461 section 4.2: at most 500 octets, so then it goes without. */
static void
test_long_path(void **state)
{
	struct session session = {.extensions = {.offered = EXTENSION_DSN}};
	struct recipient recipient = {.dsn = {.notify = DSN_DELAY}};
	struct buf path = {0}, rcpt = {0};

	(void)state;
	while (path.len < 240)
		buf_add_char(&path, '+');
	buf_add_text(&path, "@x");
	recipient.forward_path = mem_copy_text(buf_text(&path));
	extensions_add_rcpt(&session.extensions, &recipient, &rcpt);
	assert_non_null(strstr(buf_text(&rcpt), "> NOTIFY=DELAY"));
	assert_null(strstr(buf_text(&rcpt), "ORCPT"));
	assert_int_equal(
	    extensions_rcpt_octets(&session.extensions, &recipient),
	    rcpt.len + 2);
	free(recipient.forward_path);
	buf_free(&path);
	buf_free(&rcpt);
}

struct noted {
	unsigned count;
};

static void
see(void *context, enum observed what, struct span text)
{
	struct noted *noted = context;

	assert_int_equal(what, OBSERVED_NOTE);
	assert_true(span_starts(text,
	    SPAN("warning: the server does not "
		 "offer DSN")));
	noted->count++;
}

static void
test_warning(void **state)
{
	struct noted noted = {0};
	struct observer observer = {see, &noted};
	struct session session = {0};
	struct recipient recipients[2] = {{0}};
	struct envelope envelope = {.recipients = recipients, .count = 2};

	(void)state;
	extensions_warn(
	    &session.extensions, &observer, envelope_asks_dsn(&envelope));
	assert_int_equal(noted.count, 0);
	recipients[1].dsn.notify = DSN_NEVER;
	extensions_warn(
	    &session.extensions, &observer, envelope_asks_dsn(&envelope));
	assert_int_equal(noted.count, 1);
	recipients[1].dsn.notify = 0;
	envelope.dsn_return = DSN_RETURN_FULL;
	extensions_warn(
	    &session.extensions, &observer, envelope_asks_dsn(&envelope));
	assert_int_equal(noted.count, 2);
	session.extensions.offered = EXTENSION_DSN;
	extensions_warn(
	    &session.extensions, &observer, envelope_asks_dsn(&envelope));
	assert_int_equal(noted.count, 2);
}

int
main(void)
{
	struct rows all = {0};

	rows_add(&all, "command", commands, ROWS(commands), test_command);
	rows_add_one(&all, "a long path has no ORCPT", test_long_path);
	rows_add_one(&all, "a warning", test_warning);
	return rows_end(&all);
}
