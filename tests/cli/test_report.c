/* Tests of report.c; test_report_json.c has those of JSON. */
#include "rows.h"

#include "cli/ended.h"
#include "cli/json.h"

static void
test_text(void **state)
{
	struct ended ended;

	(void)state;
	ended_init(&ended, REPORT_TEXT);
	fill_partly(&ended);
	assert_printed(&ended, report_print,
	    "rcpt\t250\t2.1.5\talice@example.com\trelayed\tOk\n"
	    "rcpt\t550\t5.1.1\tbob@example.com\tfailed\tNo such user here\n"
	    "data\t250\t2.0.0\t-\trelayed\tOk: queued as 4D2F1\n");
	ended_free(&ended);
}

static void
test_none(void **state)
{
	struct ended ended;

	(void)state;
	ended_init(&ended, REPORT_NONE);
	fill_partly(&ended);
	assert_printed(&ended, report_print, "");
	ended_free(&ended);
}

struct line_row {
	const char *name;
	enum stage stage;
	struct span reply; /* empty: the text is our own */
	enum cause cause;
	const char *own;
	bool in_doubt;
	const char *line;
};

#define S(text)                        \
	{                              \
		text, sizeof(text) - 1 \
	}

/* The line of the reply that ended the session */
static const struct line_row line_rows[] = {
    {"connect", STAGE_CONNECT, S(""), CAUSE_TEMPORARY,
	"cannot connect: refused", false,
	"connect\t-\t-\t-\tdeferred\tcannot connect: refused\n"},
    {"greeting", STAGE_GREETING, S("554 no"), 0, NULL, false,
	"greeting\t554\t-\t-\tfailed\tno\n"},
    {"ehlo", STAGE_EHLO, S("451 4.7.0 later"), 0, NULL, false,
	"ehlo\t451\t4.7.0\t-\tdeferred\tlater\n"},
    {"tls", STAGE_TLS, S(""), CAUSE_PROTOCOL, "not trusted\nhint: look", false,
	"tls\t-\t-\t-\tdeferred\tnot trusted\n"},
    {"auth", STAGE_AUTH, S("454 later"), 0, NULL, false,
	"auth\t454\t-\t-\tdeferred\tlater\n"},
    {"mail", STAGE_MAIL, S("550 no"), 0, NULL, false,
	"mail\t550\t-\t-\tfailed\tno\n"},
    {"at RCPT: the line of the transaction", STAGE_RCPT, S("421 bye"), 0, NULL,
	false, "data\t421\t-\t-\tdeferred\tbye\n"},
    {"in doubt", STAGE_CONTENT, S(""), CAUSE_TEMPORARY, "no answer", true,
	"data\t-\t-\t-\tunknown\tno answer\n"},
    {"the last line counts", STAGE_MAIL, S("550-5.7.1 a\n550 5.7.1 b"), 0, NULL,
	false, "mail\t550\t5.7.1\t-\tfailed\tb\n"},
    {"an empty text", STAGE_MAIL, S("550"), 0, NULL, false,
	"mail\t550\t-\t-\tfailed\t-\n"},
    {"an empty last line", STAGE_MAIL, S("550-a\n550 "), 0, NULL, false,
	"mail\t550\t-\t-\tfailed\t-\n"},
    /* Text of the server is masked. */
    {"tabs", STAGE_MAIL, S("550 a\tb"), 0, NULL, false,
	"mail\t550\t-\t-\tfailed\ta\\x09b\n"},
    {"carriage return", STAGE_MAIL, S("550 a\rb"), 0, NULL, false,
	"mail\t550\t-\t-\tfailed\ta\\x0db\n"},
    {"escape sequences", STAGE_MAIL, S("550 \033]0;x\007\033[2J"), 0, NULL,
	false, "mail\t550\t-\t-\tfailed\t\\x1b]0;x\\x07\\x1b[2J\n"},
    {"NUL and DEL", STAGE_MAIL, S("550 a\0b\177"), 0, NULL, false,
	"mail\t550\t-\t-\tfailed\ta\\x00b\\x7f\n"},
    {"backslash", STAGE_MAIL, S("550 a\\x41"), 0, NULL, false,
	"mail\t550\t-\t-\tfailed\ta\\x5cx41\n"},
    {"UTF-8 passes", STAGE_MAIL, S("550 \xc3\xa4\xe2\x82\xac"), 0, NULL, false,
	"mail\t550\t-\t-\tfailed\t\xc3\xa4\xe2\x82\xac\n"},
    {"C1", STAGE_MAIL,
	S("550 \xc2\x9b"
	  "2J"),
	0, NULL, false, "mail\t550\t-\t-\tfailed\t\\xc2\\x9b2J\n"},
    {"bidirectional controls", STAGE_MAIL,
	S("550 \xe2\x80\xae"
	  "x"),
	0, NULL, false, "mail\t550\t-\t-\tfailed\t\\xe2\\x80\\xaex\n"},
    {"a line separator", STAGE_MAIL,
	S("550 \xe2\x80\xa8"
	  "x"),
	0, NULL, false, "mail\t550\t-\t-\tfailed\t\\xe2\\x80\\xa8x\n"},
    /* Two of its octets happen to be a character. */
    {"GB18030", STAGE_MAIL, S("535 Error: \xc7\xeb\xca\xb9"), 0, NULL, false,
	"mail\t535\t-\t-\tfailed\tError: \\xc7\\xeb\xca\xb9\n"},
    {"cut UTF-8", STAGE_MAIL, S("550 a\xe2\x82"), 0, NULL, false,
	"mail\t550\t-\t-\tfailed\ta\\xe2\\x82\n"},
};

static void
test_line(void **state)
{
	const struct line_row *row = *state;
	struct outcome *ending;
	struct ended ended;

	ended_init(&ended, REPORT_TEXT);
	ending = add_ending(&ended, row->stage, row->reply);
	if (row->own != NULL)
		outcome_set_own(ending, row->stage, row->cause, "%s", row->own);
	ending->in_doubt = row->in_doubt;
	assert_printed(&ended, report_print, row->line);
	ended_free(&ended);
}

/* Recipients have lines even if the server was not asked about them. */
static void
test_unasked(void **state)
{
	struct ended ended;

	(void)state;
	ended_init(&ended, REPORT_TEXT);
	add_recipient(&ended, "a@x", NULL, STAGE_GREETING, "554 no");
	add_recipient(&ended, "\"a\\\\b c\"@x", NULL, STAGE_GREETING, "554 no");
	add_ending(&ended, STAGE_GREETING, SPAN("554 no"));
	assert_printed(&ended, report_print,
	    "rcpt\t-\t-\ta@x\tfailed\t-\n"
	    "rcpt\t-\t-\t\"a\\x5c\\x5cb c\"@x\tfailed\t-\n"
	    "greeting\t554\t-\t-\tfailed\tno\n");
	ended_free(&ended);
}

/* What waits in the queue, and what is held there because it is in doubt. */
static void
add_kept(struct ended *ended)
{
	struct envelope *envelope = &ended->envelope;

	add_recipient(
	    ended, "a@x", "250 ok", STAGE_CONTENT, "451-4.7.1 b\n451 c\td");
	add_recipient(ended, "b@x", NULL, STAGE_CONTENT, "250 e");
	add_recipient(ended, "c@x", NULL, STAGE_CONTENT, "250 f");
	envelope->recipients[1].outcome.in_doubt = true;
	envelope->recipients[2].outcome.in_doubt = true;
	envelope->recipients[0].kept = KEPT_QUEUED;
	envelope->recipients[1].kept = KEPT_HELD;
	envelope->recipients[2].kept = KEPT_QUEUED;
	envelope->queued_id = mem_copy_text("6929CB1F03A2");
	envelope->held_id = mem_copy_text("6929CB1F03A3");
}

static void
test_kept(void **state)
{
	struct ended ended;
	char *text;

	(void)state;
	ended_init(&ended, REPORT_TEXT);
	add_kept(&ended);
	assert_printed(&ended, report_print,
	    "rcpt\t250\t-\ta@x\tqueued\tqueued as 6929CB1F03A2: c\\x09d\n"
	    "rcpt\t-\t-\tb@x\tunknown\theld as 6929CB1F03A3: e\n"
	    "rcpt\t-\t-\tc@x\tqueued\tqueued as 6929CB1F03A2: possible "
	    "duplicate: f\n");
	ended_free(&ended);
	ended_init(&ended, REPORT_JSON);
	add_kept(&ended);
	text = print(&ended, report_print);
	assert_true(json_is_valid(span_from(text)));
	assert_non_null(
	    strstr(text, "\"queue-id\":\"6929CB1F03A2\",\"in-doubt\":false}"));
	assert_non_null(
	    strstr(text, "\"queue-id\":\"6929CB1F03A3\",\"in-doubt\":true}"));
	assert_non_null(strstr(text,
	    "\"outcome\":\"unknown\",\"exit\":80,"
	    "\"queue-id\":\"6929CB1F03A2\""));
	free(text);
	ended_free(&ended);
}

static void
test_transactions(void **state)
{
	struct ended ended;

	(void)state;
	ended_init(&ended, REPORT_TEXT);
	add_recipient(&ended, "a@x", "250 ok", STAGE_CONTENT, "250 first");
	add_recipient(&ended, "b@x", "250 ok", STAGE_CONTENT, "451 second");
	add_ending(&ended, STAGE_CONTENT, SPAN("250 first"));
	add_ending(&ended, STAGE_CONTENT, SPAN("451 second"));
	assert_printed(&ended, report_print,
	    "rcpt\t250\t-\ta@x\trelayed\tok\n"
	    "rcpt\t250\t-\tb@x\tdeferred\tok\n"
	    "data\t250\t-\t-\trelayed\tfirst\n"
	    "data\t451\t-\t-\tdeferred\tsecond\n");
	ended_free(&ended);
}

/*
 * The largest reply that there can be, and all of it to be escaped: what is
 * kept of it are the last lines, no more than REPLY_KEPT_MAX octets.
 */
static const struct largest_row {
	const char *name;
	enum report_form form;
	size_t lines, len;  /* and how long each of them is */
	size_t least, most; /* octets that are printed, and few more */
} largest_rows[] = {
    {"five long lines", REPORT_TEXT, 5, 12284, 4 * 2048, 4 * 2048},
    {"five long lines, json", REPORT_JSON, 5, 12284, 5 * 2048, 6 * 2048},
    {"many lines", REPORT_TEXT, 1000, 60, 4 * 60, 4 * 60},
    {"many lines, json", REPORT_JSON, 1000, 60, 5 * 33 * 60, 6 * 2048},
    {"one long line, not cut", REPORT_TEXT, 1, 2048, 4 * 2048, 4 * 2048},
};

static void
test_largest(void **state)
{
	const struct largest_row *row = *state;
	struct ended ended;
	struct buf line;
	char *text;

	ended_init(&ended, row->form);
	buf_init(&line, 100000);
	for (size_t lines = 1; lines <= row->lines; lines++) {
		buf_add_text(&line, lines < row->lines ? "550-" : "550 ");
		for (size_t j = 0; j < row->len; j++)
			buf_add_char(&line, '\xff');
		if (lines < row->lines)
			buf_add_char(&line, '\n');
	}
	add_ending(&ended, STAGE_MAIL, buf_span(&line));
	text = print(&ended, report_print);
	assert_in_range(strlen(text), row->least, row->most + 600);
	assert_int_equal(text[strlen(text) - 1], '\n');
	if (row->form == REPORT_JSON)
		assert_true(json_is_valid(span_from(text)));
	free(text);
	buf_free(&line);
	ended_free(&ended);
}

static void
test_full_device(void **state)
{
	struct ended ended;
	FILE *out = fopen("/dev/full", "w");

	(void)state;
	if (out == NULL)
		rows_skip("there is no /dev/full");
	for (int i = 0; i < 2; i++) {
		ended_init(&ended, i ? REPORT_JSON : REPORT_TEXT);
		fill_partly(&ended);
		assert_false(report_print(&ended.report, out));
		ended_free(&ended);
	}
	fclose(out);
}

int
main(void)
{
	struct rows all = {0};

	rows_add_one(&all, "text", test_text);
	rows_add_one(&all, "none", test_none);
	rows_add(&all, "line", line_rows, ROWS(line_rows), test_line);
	rows_add_one(&all, "nobody was asked", test_unasked);
	rows_add_one(&all, "in the queue", test_kept);
	rows_add_one(&all, "several transactions", test_transactions);
	rows_add(&all, "the largest reply", largest_rows, ROWS(largest_rows),
	    test_largest);
	rows_add_one(&all, "a full device", test_full_device);
	return rows_end(&all);
}
