#include "rows.h"

#include "serve/server_reply.h"

#define X100                                                 \
	"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx" \
	"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"

#define TABS_20 "\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t"
#define MASKED_20                                            \
	"\\x09\\x09\\x09\\x09\\x09\\x09\\x09\\x09\\x09\\x09" \
	"\\x09\\x09\\x09\\x09\\x09\\x09\\x09\\x09\\x09\\x09"

/* What a server said, LF between its lines; or our own words. */
struct heard_row {
	const char *name;
	const char *heard;
	enum stage stage;
	const char *said;
};

static const struct heard_row heard_rows[] = {
    {"accepted", "250 2.1.5 ok", STAGE_RCPT, "250 2.1.5 ok\r\n"},
    {"accepted, without a status", "251 ok", STAGE_RCPT, "251 2.0.0 ok\r\n"},
    {"refused", "550 5.1.1 no", STAGE_RCPT, "550 5.1.1 no\r\n"},
    {"refused, without a status", "552 no", STAGE_RCPT, "552 5.0.0 no\r\n"},
    {"not now", "452 4.5.3 too many", STAGE_RCPT, "452 4.5.3 too many\r\n"},
    {"its 421 is not ours", "421 4.3.2 bye", STAGE_MAIL, "451 4.3.2 bye\r\n"},
    {"several lines", "550-5.7.1 a\n550-5.7.1 b\n550 5.7.1 c", STAGE_CONTENT,
	"550-5.7.1 a\r\n550-5.7.1 b\r\n550 5.7.1 c\r\n"},
    {"an empty text", "550", STAGE_RCPT, "550 5.0.0 \r\n"},
    {"masked", "550 \x1b[2J\t\\\xc3\xa4\x7f", STAGE_RCPT,
	"550 5.0.0 \\x1b[2J\\x09\\x5c\\xc3\\xa4\\x7f\r\n"},
    {"a carriage return", "550 a\rb", STAGE_RCPT, "550 5.0.0 a\\x0db\r\n"},
    {"a long line is cut in two", "550 " X100 X100 X100 X100 "y", STAGE_RCPT,
	"550-5.0.0 " X100 X100 X100 X100 "\r\n550 5.0.0 y\r\n"},
    {"masked, too: 512 octets are a line",
	"550 " X100 X100 X100 "xxxxxxxxxx" TABS_20 TABS_20 "y", STAGE_RCPT,
	"550-5.0.0 " X100 X100 X100 "xxxxxxxxxx" MASKED_20
	"\\x09\\x09\r\n550 5.0.0 "
	"\\x09\\x09\\x09\\x09\\x09\\x09\\x09\\x09\\x09\\x09"
	"\\x09\\x09\\x09\\x09\\x09\\x09\\x09\\x09"
	"y\r\n"},
};

static void
hear(struct reply *reply, const char *text)
{
	struct span rest = span_from(text), line;

	while (span_next_word(&rest, "\n", &line))
		reply_take_line(reply, line);
}

static void
check(const struct outcome *outcome, const char *said)
{
	struct server_io io;

	server_io_init(&io, -1, -1, 1000);
	server_reply_outcome(&io, outcome);
	assert_string_equal(buf_text(&io.output), said);
	server_io_free(&io);
}

static void
test_heard(void **state)
{
	const struct heard_row *row = *state;
	struct outcome outcome = {0};
	struct reply reply = {0};

	hear(&reply, row->heard);
	outcome_from_reply(&outcome, row->stage, &reply);
	check(&outcome, row->said);
	outcome_free(&outcome);
	reply_free(&reply);
}

struct own_row {
	const char *name;
	enum stage stage;
	enum cause cause;
	bool in_doubt;
	const char *said;
};

static const struct own_row owns[] = {
    {"no connection", STAGE_CONNECT, CAUSE_TEMPORARY, false,
	"451 4.4.1 why\r\n"},
    {"no name", STAGE_CONNECT, CAUSE_NO_HOST, false, "451 4.4.1 why\r\n"},
    {"no TLS", STAGE_TLS, CAUSE_PROTOCOL, false, "451 4.7.5 why\r\n"},
    {"protocol", STAGE_MAIL, CAUSE_PROTOCOL, false, "451 4.5.0 why\r\n"},
    {"login", STAGE_AUTH, CAUSE_LOGIN, false,
	"451 4.7.0 the relay's own login failed\r\n"},
    {"no secret", STAGE_AUTH, CAUSE_TEMPORARY, false, "451 4.4.1 why\r\n"},
    {"in doubt", STAGE_CONTENT, CAUSE_TEMPORARY, true, "451 4.4.2 why\r\n"},
    {"content", STAGE_MAIL, CAUSE_CONTENT, false, "554 5.6.0 why\r\n"},
};

/* The client gets the sentence without the hint, which is for the
 * administrator. */
static void
test_own(void **state)
{
	const struct own_row *row = *state;
	struct outcome outcome = {0};

	outcome_set_own(
	    &outcome, row->stage, row->cause, "why\nhint: see there");
	outcome.in_doubt = row->in_doubt;
	check(&outcome, row->said);
	outcome_free(&outcome);
}

struct login_row {
	const char *name;
	const char *heard;
	enum stage stage;
};

static const struct login_row logins[] = {
    {"refused", "535 5.7.8 no", STAGE_AUTH},
    {"not now", "454 4.7.0 no", STAGE_AUTH},
    {"in several lines", "535-5.7.8 no\n535 5.7.8 never", STAGE_AUTH},
    {"wanted at MAIL", "530 5.7.0 no", STAGE_MAIL},
    {"wanted at RCPT", "530 no", STAGE_RCPT},
    {"a stronger one is wanted", "534 5.7.9 no", STAGE_MAIL},
    {"refused at DATA", "535 5.7.8 no", STAGE_DATA},
    {"TLS is wanted first", "538 5.7.11 no", STAGE_MAIL},
};

/* The client is not told about a refused login of ours. */
static void
test_login(void **state)
{
	const struct login_row *row = *state;
	struct outcome outcome = {0};
	struct reply reply = {0};

	hear(&reply, row->heard);
	outcome_from_reply(&outcome, row->stage, &reply);
	check(&outcome, "451 4.7.0 the relay's own login failed\r\n");
	outcome_free(&outcome);
	reply_free(&reply);
}

/* The reply has no more lines than a client will read. */
static void
test_many_lines(void **state)
{
	struct server_io io;
	struct buf text = {0};
	size_t lines = 0;

	(void)state;
	for (int i = 0; i < 1000; i++)
		buf_add_text(&text, "line\n");
	server_io_init(&io, -1, -1, 1000);
	server_reply_text(&io, 550, (struct status){5, 0, 0}, buf_span(&text));
	for (size_t i = 0; i < io.output.len; i++)
		lines += io.output.data[i] == '\n';
	assert_int_equal(lines, 32);
	assert_true(
	    span_starts(span_skip(buf_span(&io.output),
			    io.output.len - sizeof("550 5.0.0 line...\r")),
		SPAN("550 5.0.0 line...\r\n")));
	server_io_free(&io);
	buf_free(&text);
}

/* Foreign octets in a sentence of ours are masked already: not twice. */
static void
test_masked_once(void **state)
{
	struct server_io io;

	(void)state;
	server_io_init(&io, -1, -1, 1000);
	server_reply_text(&io, 553, (struct status){5, 1, 3},
	    SPAN("cannot use '\\xff': \xc3\xa4"));
	assert_string_equal(buf_text(&io.output),
	    "553 5.1.3 cannot use '\\xff': \\xc3\\xa4\r\n");
	server_io_free(&io);
}

int
main(void)
{
	struct rows all = {0};

	rows_add(&all, "heard", heard_rows, ROWS(heard_rows), test_heard);
	rows_add(&all, "own", owns, ROWS(owns), test_own);
	rows_add(&all, "a login", logins, ROWS(logins), test_login);
	rows_add_one(&all, "masked once", test_masked_once);
	rows_add_one(&all, "many lines", test_many_lines);
	return rows_end(&all);
}
