#include "rows.h"

#include <syslog.h>

#include "cli/log.h"
#include "cli/log_record.h"
#include "cli/ended.h"

struct line_row {
	const char *name;
	struct log_facts facts;
	const char *to;
	enum stage stage;
	const char *reply;
	const char *line;
};

static void
add_words(struct buf *line, const struct log_facts *facts,
    const struct recipient *recipient)
{
	struct log_record record = {0};

	log_record_recipient(&record, facts, recipient);
	log_record_add_words(line, &record);
	log_record_free(&record);
}

static void
add_warning(struct buf *line, const struct log_facts *facts, struct span text)
{
	struct log_record record = {0};

	log_record_warning(&record, facts, LOG_NOTICE, text);
	log_record_add_words(line, &record);
	log_record_free(&record);
}

#define FACTS                                                                 \
	{                                                                     \
		"work", "smtps://mx.example.com:465", "me@example.com",       \
		    "<1@example.com>", 1234, 1001, NULL, LOG_RECIPIENTS_FULL, \
		    NULL                                                      \
	}
#define SMTPS "profile=work server=smtps://mx.example.com:465 uid=1001 "

static const struct line_row line_rows[] = {
    {"relayed", FACTS, "alice@example.com", STAGE_CONTENT,
	"250 2.0.0 Ok: queued as 4D2F1",
	SMTPS "from=<me@example.com> to=<alice@example.com> size=1234 "
	      "code=250 enhanced=2.0.0 outcome=relayed stage=data "
	      "message-id=<1@example.com> text=Ok: queued as 4D2F1"},
    {"refused", FACTS, "bob@example.com", STAGE_RCPT,
	"550-5.1.1 Sorry\n550 5.1.1 No such user",
	SMTPS "from=<me@example.com> to=<bob@example.com> size=1234 "
	      "code=550 enhanced=5.1.1 outcome=failed stage=rcpt "
	      "message-id=<1@example.com> text=Sorry No such user"},
    {"nothing is known",
	{"default", NULL, "", NULL, 0, 0, NULL, LOG_RECIPIENTS_FULL, NULL},
	"x@y", STAGE_GREETING, "421",
	"profile=default server=- uid=0 from=<> to=<x@y> size=0 code=421 "
	"enhanced=- outcome=deferred stage=greeting message-id=- text=-"},
    {"directly, by DANE",
	{"mx", "smtp://mx.example.org:25", "", NULL, 9, 0, NULL,
	    LOG_RECIPIENTS_FULL, "dane-ee"},
	"x@y", STAGE_CONTENT, "250 ok",
	"profile=mx server=smtp://mx.example.org:25 uid=0 from=<> to=<x@y> "
	"size=9 code=250 enhanced=- outcome=relayed stage=data "
	"verified-by=dane-ee message-id=- text=ok"},
    /* Foreign text can neither end the line nor begin a word. */
    {"injection by the server", FACTS, "a@x", STAGE_MAIL,
	"451 a\rb\tc\033[2J\\ to=<b@x>",
	SMTPS "from=<me@example.com> to=<a@x> size=1234 code=451 "
	      "enhanced=- outcome=deferred stage=mail "
	      "message-id=<1@example.com> "
	      "text=a\\x0db\\x09c\\x1b[2J\\x5c to=<b@x>"},
    {"injection by the sender",
	{"a b", "smtp+unix:/run/a b", "\"x> to=<y\"@z", "<1 \n2@\xe2\x80\xae>",
	    1, 2, NULL, LOG_RECIPIENTS_FULL, NULL},
	"\"b c\\\"\"@x", STAGE_CONTENT, "250 ok",
	"profile=a\\x20b server=smtp+unix:/run/a\\x20b uid=2 "
	"from=<\"x>\\x20to=<y\"@z> to=<\"b\\x20c\\x5c\"\"@x> size=1 "
	"code=250 enhanced=- outcome=relayed stage=data "
	"message-id=<1\\x20\\x0a2@\\xe2\\x80\\xae> text=ok"},
};

static void
test_line(void **state)
{
	const struct line_row *row = *state;
	struct buf line = {0};
	struct ended ended;

	ended_init(&ended, REPORT_NONE);
	add_recipient(&ended, row->to, NULL, row->stage, row->reply);
	add_words(&line, &row->facts, &ended.envelope.recipients[0]);
	assert_string_equal(buf_text(&line), row->line);
	buf_free(&line);
	ended_free(&ended);
}

static void
test_queued(void **state)
{
	struct log_facts facts = FACTS;
	struct buf line = {0};
	struct ended ended;
	struct recipient *recipient;

	(void)state;
	ended_init(&ended, REPORT_NONE);
	add_recipient(
	    &ended, "alice@example.com", NULL, STAGE_MAIL, "451 later");
	recipient = &ended.envelope.recipients[0];
	recipient->kept = KEPT_QUEUED;
	facts.queue_id = "6929CB1F03A2";
	add_words(&line, &facts, recipient);
	assert_string_equal(buf_text(&line),
	    SMTPS "from=<me@example.com> to=<alice@example.com> size=1234 "
		  "code=451 enhanced=- outcome=queued queue-id=6929CB1F03A2 "
		  "stage=mail message-id=<1@example.com> text=later");
	buf_clear(&line);
	/* It is sent again, unless it is held. */
	recipient->outcome.in_doubt = true;
	add_words(&line, &facts, recipient);
	assert_non_null(
	    strstr(buf_text(&line), " text=possible duplicate: later"));
	buf_clear(&line);
	recipient->kept = KEPT_HELD;
	add_words(&line, &facts, recipient);
	assert_non_null(strstr(buf_text(&line), " outcome=unknown"));
	assert_non_null(strstr(buf_text(&line), " text=later"));
	buf_free(&line);
	ended_free(&ended);
}

/* printf bob@example.com | sha256sum */
#define DIGEST "5ff860bf1190596c"

static void
test_recipients(void **state)
{
	struct log_facts facts = FACTS;
	struct buf line = {0};
	struct ended ended;

	(void)state;
	ended_init(&ended, REPORT_NONE);
	add_recipient(&ended, "Bob@example.com", NULL, STAGE_RCPT,
	    "550 <bob@Example.com>: not bob@example.co, bob@example.com");
	facts.recipients = LOG_RECIPIENTS_HASH;
	add_words(&line, &facts, &ended.envelope.recipients[0]);
	assert_non_null(strstr(buf_text(&line), " to=<" DIGEST "> size="));
	assert_non_null(strstr(buf_text(&line),
	    " text=<" DIGEST ">: not bob@example.co, " DIGEST));
	buf_clear(&line);
	facts.recipients = LOG_RECIPIENTS_NONE;
	add_words(&line, &facts, &ended.envelope.recipients[0]);
	assert_non_null(strstr(buf_text(&line), " to=- size="));
	assert_non_null(
	    strstr(buf_text(&line), " text=<->: not bob@example.co, -"));
	buf_free(&line);
	ended_free(&ended);
}

static void
test_own_words(void **state)
{
	const struct log_facts facts = FACTS;
	struct buf line = {0};
	struct ended ended;
	struct outcome *outcome;

	(void)state;
	ended_init(&ended, REPORT_NONE);
	add_recipient(&ended, "a@x", NULL, STAGE_MAIL, "250 ok");
	outcome = &ended.envelope.recipients[0].outcome;
	outcome_set_own(
	    outcome, STAGE_CONTENT, CAUSE_TEMPORARY, "no answer\nhint: wait");
	outcome->in_doubt = true;
	add_words(&line, &facts, &ended.envelope.recipients[0]);
	assert_string_equal(buf_text(&line),
	    SMTPS "from=<me@example.com> to=<a@x> size=1234 code=- "
		  "enhanced=- outcome=unknown stage=data "
		  "message-id=<1@example.com> text=no answer");
	buf_free(&line);
	ended_free(&ended);
}

static void
test_warning(void **state)
{
	const struct log_facts facts = FACTS, bare = {.profile = "x"};
	struct buf line = {0};

	(void)state;
	add_warning(&line, &facts, SPAN("dropped -N\nhint: no"));
	assert_string_equal(buf_text(&line),
	    SMTPS "message-id=<1@example.com> warning=dropped -N");
	buf_clear(&line);
	add_warning(&line, &bare, SPAN("a\0b \\x0a"));
	assert_string_equal(
	    buf_text(&line), "profile=x server=- uid=0 warning=a\\x00b \\x0a");
	buf_free(&line);
}

/* All values are as long as possible, and no octet is printable. */
static void
test_longest(void **state)
{
	static char text[5001];
	const struct log_facts facts = {text, text, text, text, UINT64_MAX, 1,
	    NULL, LOG_RECIPIENTS_FULL, "dane-insecure-mx"};
	struct buf line = {0};
	struct ended ended;

	(void)state;
	memset(text, '\377', sizeof(text) - 1);
	ended_init(&ended, REPORT_NONE);
	add_recipient(&ended, text, NULL, STAGE_MAIL, "250 ok");
	reply_set_own(
	    &ended.envelope.recipients[0].outcome.reply, "%.1000s", text);
	add_words(&line, &facts, &ended.envelope.recipients[0]);
	assert_false(line.full);
	assert_true(line.len < 8192);
	assert_string_equal(buf_text(&line) + line.len - 7, "\\xff...");
	buf_free(&line);
	ended_free(&ended);
}

struct stamp_row {
	const char *name;
	enum log_form to;
	enum log_format format;
	const char *expected;
};

#define TIME "2026-11-22T12:34:56Z"
#define WORDS "profile=a\\x20b server=- uid=7 warning=x \\x09\"y\""
#define JSON                                                         \
	"{\"time\":\"" TIME "\",\"pid\":42,\"priority\":\"notice\"," \
	"\"profile\":\"a b\",\"server\":null,\"uid\":7,"             \
	"\"warning\":\"x \\\\x09\\\"y\\\"\"}"
#define FIELDS                                                            \
	"PRIORITY=5\nSYSLOG_FACILITY=2\n"                                 \
	"SYSLOG_IDENTIFIER=smtpost\nSYSLOG_PID=42\nSMTPOST_PROFILE=a b\n" \
	"SMTPOST_UID=7\nSMTPOST_WARNING=x \t\"y\"\n"

static const struct stamp_row stamp_rows[] = {
    {"syslog", LOG_FORM_SYSLOG, LOG_FORMAT_TEXT,
	"<21>Nov 22 12:34:56 smtpost[42]: " WORDS},
    {"syslog, JSON", LOG_FORM_SYSLOG, LOG_FORMAT_JSON,
	"<21>Nov 22 12:34:56 smtpost[42]: " JSON},
    {"a file", LOG_FORM_FILE, LOG_FORMAT_TEXT,
	TIME " smtpost[42]: " WORDS "\n"},
    {"a file, JSON", LOG_FORM_FILE, LOG_FORMAT_JSON, JSON "\n"},
    {"standard error", LOG_FORM_STDERR, LOG_FORMAT_TEXT,
	TIME " smtpost[42]: " WORDS "\n"},
    {"standard error, JSON", LOG_FORM_STDERR, LOG_FORMAT_JSON, JSON "\n"},
    {"journal", LOG_FORM_JOURNAL, LOG_FORMAT_TEXT,
	"MESSAGE=" WORDS "\n" FIELDS},
    {"journal, JSON", LOG_FORM_JOURNAL, LOG_FORMAT_JSON,
	"MESSAGE=" JSON "\n" FIELDS},
};

/* The octets of one write. */
static void
test_stamp(void **state)
{
	const struct stamp_row *row = *state;
	const struct log_facts facts = {.profile = "a b", .uid = 7};
	const struct log_stamp stamp = {row->to, row->format, 1795350896, 42};
	struct log_record record = {0};
	struct buf out = {0};

	log_record_warning(
	    &record, &facts, LOG_NOTICE, SPAN("x \t\"y\"\nhint: z"));
	log_record_add_stamped(&out, &stamp, &record);
	assert_string_equal(buf_text(&out), row->expected);
	log_record_free(&record);
	buf_free(&out);
}

/* A value with a line feed is sent with its length. */
static void
test_journal_binary(void **state)
{
	struct buf out = {0};

	(void)state;
	log_record_add_journal_entry(&out, "A", SPAN("x\ny"));
	assert_int_equal(out.len, 2 + 8 + 3 + 1);
	assert_memory_equal(out.data, "A\n\3\0\0\0\0\0\0\0x\ny\n", out.len);
	buf_free(&out);
}

/* More warnings than are kept: the last record says so. */
static void
test_too_many_warnings(void **state)
{
	char path[] = "/tmp/smtpost-test-log.XXXXXX", text[1024] = {0};
	struct profile profile = {.log = LOG_FORM_FILE, .log_file = path};
	const struct observer *observer;
	struct log_watch watch;
	int fd = mkstemp(path);

	(void)state;
	assert_true(fd >= 0);
	profile.name = path;
	observer = log_watch_init(&watch, NULL);
	for (int i = 0; i < 2000; i++)
		observer_show(observer, OBSERVED_WARNING,
		    SPAN("this warning comes two thousand times over"));
	log_warnings(&profile, &watch, 1);
	log_watch_free(&watch);
	assert_true(lseek(fd, -100, SEEK_END) > 0);
	assert_true(read(fd, text, sizeof(text) - 1) > 0);
	assert_non_null(
	    strstr(text, "warning=further warnings were not kept\n"));
	close(fd);
	unlink(path);
}

int
main(void)
{
	struct rows all = {0};

	rows_add(&all, "line", line_rows, ROWS(line_rows), test_line);
	rows_add_one(&all, "queued", test_queued);
	rows_add_one(&all, "recipients are not named", test_recipients);
	rows_add_one(&all, "our own words", test_own_words);
	rows_add_one(&all, "a warning", test_warning);
	rows_add_one(&all, "the longest line", test_longest);
	setenv("TZ", "UTC", 1);
	rows_add(&all, "stamp", stamp_rows, ROWS(stamp_rows), test_stamp);
	rows_add_one(&all, "binary for the journal", test_journal_binary);
	rows_add_one(&all, "too many warnings", test_too_many_warnings);
	return rows_end(&all);
}
