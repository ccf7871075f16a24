#include "rows.h"

#include "profile/mechanism.h"
#include "smtp/extension.h"
#include "smtp/given.h"

#define PLAIN 1
#define LOGIN 2
#define CRAM 4

struct ehlo_row {
	const char *name;
	const char *text; /* of the reply, LF between lines */
	unsigned offered;
	uint64_t size_limit;
	unsigned mechanisms; /* those three */
};

static const struct ehlo_row ehlos[] = {
    {"Postfix",
	"mx.example\nPIPELINING\nSIZE 10240000\nVRFY\nETRN\nSTARTTLS\n"
	"AUTH PLAIN LOGIN CRAM-MD5\nENHANCEDSTATUSCODES\n8BITMIME\nDSN\n"
	"SMTPUTF8\nCHUNKING",
	EXTENSION_PIPELINING | EXTENSION_SIZE | EXTENSION_STARTTLS |
	    EXTENSION_AUTH | EXTENSION_STATUS_CODES | EXTENSION_8BITMIME |
	    EXTENSION_DSN | EXTENSION_SMTPUTF8 | EXTENSION_CHUNKING,
	10240000, PLAIN | LOGIN | CRAM},
    {"qmail", "mx.example\nPIPELINING\n8BITMIME",
	EXTENSION_PIPELINING | EXTENSION_8BITMIME, 0, 0},
    {"SMTPUTF8 without 8BITMIME", "mx.example\nSMTPUTF8", 0, 0, 0},
    {"one line", "mx.example", 0, 0, 0},
    {"no text at all", "", 0, 0, 0},
    /* The first line is a name. */
    {"the name is a keyword", "STARTTLS", 0, 0, 0},
    {"the name is a keyword, more follow", "STARTTLS\nSIZE 5", EXTENSION_SIZE,
	5, 0},
    {"the name is empty", "\nSTARTTLS", EXTENSION_STARTTLS, 0, 0},

    {"lower case",
	"x\npipelining\n8bitmime\nstarttls\nsize 7\n"
	"auth plain",
	EXTENSION_PIPELINING | EXTENSION_8BITMIME | EXTENSION_STARTTLS |
	    EXTENSION_SIZE | EXTENSION_AUTH,
	7, PLAIN},
    {"blanks around", "x\n  PIPELINING  \n\tSTARTTLS\t",
	EXTENSION_PIPELINING | EXTENSION_STARTTLS, 0, 0},
    {"Yahoo", "x\n8 BITMIME", EXTENSION_8BITMIME, 0, 0},
    {"twice", "x\n8BITMIME\n8BITMIME", EXTENSION_8BITMIME, 0, 0},
    {"a longer word", "x\nSTARTTLSX\nPIPELININGS\nSIZES 5\nAUTHX PLAIN", 0, 0,
	0},
    {"a shorter word", "x\nSTARTTL\nPIPE\nSIZ", 0, 0, 0},
    {"a keyword as a parameter", "x\nHELP STARTTLS", 0, 0, 0},
    {"empty lines", "x\n\n\nSIZE 5\n", EXTENSION_SIZE, 5, 0},

    {"SIZE alone", "x\nSIZE", EXTENSION_SIZE, 0, 0},
    {"SIZE and a blank", "x\nSIZE ", EXTENSION_SIZE, 0, 0},
    {"SIZE 0", "x\nSIZE 0", EXTENSION_SIZE, 0, 0},
    {"SIZE=100", "x\nSIZE=100", EXTENSION_SIZE, 100, 0},
    {"SIZE -1", "x\nSIZE -1", EXTENSION_SIZE, 0, 0},
    {"SIZE 0x10", "x\nSIZE 0x10", EXTENSION_SIZE, 0, 0},
    {"the greatest SIZE", "x\nSIZE 18446744073709551615", EXTENSION_SIZE,
	UINT64_MAX, 0},
    {"SIZE beyond it", "x\nSIZE 18446744073709551616", EXTENSION_SIZE, 0, 0},
    {"SIZE far beyond it", "x\nSIZE 99999999999999999999", EXTENSION_SIZE, 0,
	0},
    {"SIZE and more", "x\nSIZE 100 200", EXTENSION_SIZE, 100, 0},

    {"the old form", "x\nAUTH=LOGIN PLAIN", EXTENSION_AUTH, 0, PLAIN | LOGIN},
    {"both forms", "x\nAUTH PLAIN\nAUTH=LOGIN", EXTENSION_AUTH, 0,
	PLAIN | LOGIN},
    {"the old Exchange", "x\nX-EXPS GSSAPI NTLM LOGIN\nX-EXPS=LOGIN",
	EXTENSION_AUTH, 0, LOGIN},
    {"AUTH empty", "x\nAUTH", EXTENSION_AUTH, 0, 0},
    {"AUTH with unknown ones", "x\nAUTH GSSAPI PLAINER XPLAIN SCRAM-SHA-512",
	EXTENSION_AUTH, 0, 0},
    {"AUTH in mixed case and with blanks", "x\nAuth   Login  pLAIN ",
	EXTENSION_AUTH, 0, PLAIN | LOGIN},
};

static void
test_ehlo(void **state)
{
	const struct ehlo_row *row = *state;
	/* What was known before is forgotten. */
	struct extensions got = {~0U, 77, ~0U, 1, 2, 3};
	struct reply reply = {.code = 250};
	unsigned mechanisms = 0;

	buf_add_text(&reply.text, row->text);
	extensions_read(&got, &reply);
	assert_int_equal(got.offered, row->offered);
	assert_int_equal(got.size_limit, row->size_limit);
	if (row->mechanisms & PLAIN)
		mechanisms |= mechanism_bit(SPAN("PLAIN"));
	if (row->mechanisms & LOGIN)
		mechanisms |= mechanism_bit(SPAN("LOGIN"));
	if (row->mechanisms & CRAM)
		mechanisms |= mechanism_bit(SPAN("CRAM-MD5"));
	assert_int_equal(got.mechanisms, mechanisms);
	assert_int_equal(extensions_has(&got, EXTENSION_STARTTLS),
	    (row->offered & EXTENSION_STARTTLS) != 0);
	reply_free(&reply);
}

struct limits_row {
	const char *name;
	const char *parameters;
	unsigned recipients, transactions, domains;
};

/* RFC 9422 section 4 */
static const struct limits_row limits[] = {
    {"all", " RCPTMAX=100 MAILMAX=5 RCPTDOMAINMAX=1", 100, 5, 1},
    {"Exim", " MAILMAX=1000 RCPTMAX=50000", 50000, 1000, 0},
    {"lower case", " rcptmax=7", 7, 0, 0},
    {"another name", " X-Y=z RCPTMAX=7 RCPTMAXX=1", 7, 0, 0},
    {"no number", " RCPTMAX=x MAILMAX=5", 0, 5, 0},
    {"zero", " RCPTMAX=0 MAILMAX=5", 0, 5, 0},
    {"seven digits", " RCPTMAX=1000000 MAILMAX=999999", 0, 999999, 0},
    {"negative", " RCPTMAX=-1", 0, 0, 0},
    {"malformed at its end", " RCPTMAX=7 MAILMAX", 0, 0, 0},
    {"no name", " RCPTMAX=7 =5", 0, 0, 0},
    {"no value", " RCPTMAX= MAILMAX=5", 0, 0, 0},
    {"nothing", "", 0, 0, 0},
};

static void
test_limits(void **state)
{
	const struct limits_row *row = *state;
	struct extensions got = {0};
	struct reply reply = {.code = 250};

	buf_add_format(&reply.text, "x\nLIMITS%s", row->parameters);
	extensions_read(&got, &reply);
	assert_int_equal(got.offered, EXTENSION_LIMITS);
	assert_int_equal(got.recipients_max, row->recipients);
	assert_int_equal(got.transactions_max, row->transactions);
	assert_int_equal(got.domains_max, row->domains);
	reply_free(&reply);
}

/* As many keywords as a reply can hold. */
static void
test_many(void **state)
{
	struct extensions got;
	struct reply reply = {.code = 250};

	(void)state;
	buf_add_text(&reply.text, "mx.example\n");
	for (unsigned i = 0; i < 1000; i++)
		buf_add_format(&reply.text, "X-KEYWORD-%u a b c\n", i);
	buf_add_text(&reply.text, "STARTTLS");
	extensions_read(&got, &reply);
	assert_int_equal(got.offered, EXTENSION_STARTTLS);
	reply_free(&reply);
}

struct names_row {
	const char *name, *reply, *names;
};

static const struct names_row names_rows[] = {
    {"none", "250 mx", ""},
    {"one line", "250-mx\n250 AUTH PLAIN XYZ", "PLAIN XYZ"},
    {"two forms, each name once",
	"250-mx\n250-AUTH PLAIN LOGIN\n"
	"250 AUTH=login NTLM",
	"PLAIN LOGIN NTLM"},
    {"the first line does not count", "250-AUTH A\n250 AUTH B", "B"},
    {"behind an empty first line", "250-\n250 AUTH B", "B"},
    {"another keyword", "250-mx\n250 AUTHX A", ""},
};

static void
test_names(void **state)
{
	const struct names_row *row = *state;
	struct span lines = span_from(row->reply);
	struct reply reply = {0};
	struct buf names = {0};
	enum reply_progress progress = REPLY_MORE;

	while (progress == REPLY_MORE) {
		size_t end = span_find(lines, '\n');

		progress = reply_take_line(&reply, span_head(lines, end));
		lines = span_skip(lines, end + 1);
	}
	extensions_add_mechanisms(&reply, &names);
	assert_string_equal(buf_text(&names), row->names);
	buf_free(&names);
	reply_free(&reply);
}

/* The command lines that the extensions make. */

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
	struct observer observer = {.see = see, .context = &noted};
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

	rows_add(&all, "EHLO", ehlos, ROWS(ehlos), test_ehlo);
	rows_add(&all, "LIMITS", limits, ROWS(limits), test_limits);
	rows_add_one(&all, "1000 keywords", test_many);
	rows_add(&all, "names", names_rows, ROWS(names_rows), test_names);
	rows_add(&all, "command", commands, ROWS(commands), test_command);
	rows_add_one(&all, "a long path has no ORCPT", test_long_path);
	rows_add_one(&all, "a warning", test_warning);
	return rows_end(&all);
}
