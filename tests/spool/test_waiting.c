#include "rows.h"

#include "base/mem.h"
#include "spool/compaction.h"
#include "spool/line.h"
#include "spool/record.h"
#include "spool/waiting.h"

#define MANY ((size_t)40000)

/* A mail to three recipients, with nothing left out. */
static void
fill(struct waiting *waiting)
{
	struct envelope_index index = {0};

	assert_true(id_read(&waiting->id, SPAN("6929CB1F03A2")));
	waiting->arrived = 1764412191;
	waiting->clock = 88120;
	waiting->uid = 1000;
	waiting->profile = mem_copy_text("work #1");
	waiting->config = mem_copy_text("/home/u/a b.conf");
	waiting->content_size = 12345;
	waiting->content_sum = 0x9c03d2e1;
	waiting->message_id = mem_copy_text("<x@example.com>");
	waiting->wants_copy = waiting->is_unfiltered = true;
	waiting->envelope.reverse_path = mem_copy_text("me@example.com");
	waiting->envelope.envelope_id = mem_copy_text("-");
	waiting->envelope.dsn_return = DSN_RETURN_HEADERS;
	waiting->envelope.requires_tls = true;
	envelope_add(&waiting->envelope, &index, "alice@example.org");
	envelope_add(&waiting->envelope, &index, "\"b c\"@example.org");
	envelope_add(&waiting->envelope, &index, "j\xc3\xb6rg@example.org");
	waiting->envelope.recipients[1].dsn.notify = DSN_FAILURE | DSN_DELAY;
	waiting->envelope.recipients[2].dsn.original =
	    mem_copy_text("utf-8;j\xc3\xb6rg@example.org");
	waiting->recipients = mem_new(3, sizeof(waiting->recipients[0]));
	envelope_index_free(&index);
}

static void
test_head(void **state)
{
	struct waiting written = {0}, read = {0};
	struct buf text = {0};

	(void)state;
	fill(&written);
	record_add_head(&text, &written);
	assert_int_equal(waiting_read(&read, buf_span(&text)), WAITING_READ);
	assert_int_equal(read.len, text.len);
	assert_int_equal(read.sum, written.sum);
	assert_string_equal(read.id.text, "6929CB1F03A2");
	assert_int_equal(read.arrived, 1764412191);
	assert_int_equal(read.clock, 88120);
	assert_int_equal(read.uid, 1000);
	assert_string_equal(read.profile, "work #1");
	assert_string_equal(read.config, "/home/u/a b.conf");
	assert_int_equal(read.content_size, 12345);
	assert_int_equal(read.content_sum, 0x9c03d2e1);
	assert_string_equal(read.message_id, "<x@example.com>");
	assert_true(read.wants_copy);
	assert_true(read.is_unfiltered);
	assert_true(read.envelope.requires_tls);
	assert_string_equal(read.envelope.reverse_path, "me@example.com");
	assert_string_equal(read.envelope.envelope_id, "-");
	assert_int_equal(read.envelope.dsn_return, DSN_RETURN_HEADERS);
	assert_int_equal(read.envelope.count, 3);
	assert_string_equal(
	    read.envelope.recipients[1].forward_path, "\"b c\"@example.org");
	assert_int_equal(
	    read.envelope.recipients[1].dsn.notify, DSN_FAILURE | DSN_DELAY);
	assert_string_equal(read.envelope.recipients[2].dsn.original,
	    "utf-8;j\xc3\xb6rg@example.org");
	buf_free(&text);
	waiting_free(&written);
	waiting_free(&read);
}

/* The head and every record once. */
static void
write_all(struct waiting *waiting, struct buf *text)
{
	static const size_t all[] = {0, 1, 2}, two[] = {0, 2};
	struct outcome outcome = {0};

	fill(waiting);
	record_add_head(text, waiting);
	record_add_try(text, waiting, 1764412655, 4711, "laptop");
	outcome_set_own(
	    &outcome, STAGE_CONNECT, CAUSE_TEMPORARY, "connection #1 refused");
	record_add_result(text, waiting, 1764412656, all, 3, &outcome);
	record_add_next(text, waiting, 1764412656, 1764412999);
	record_add_try(text, waiting, 1764413000, 4712, "laptop");
	record_add_doubt(
	    text, waiting, 1764413001, "smtps://m.example:465", NULL, 0);
	outcome.action = ACTION_FAILED;
	outcome.stage = STAGE_RCPT;
	outcome.cause = CAUSE_REFUSED;
	outcome.reply.code = 550;
	outcome.reply.status = (struct status){5, 1, 1};
	record_add_result(text, waiting, 1764413002, two, 2, &outcome);
	assert_true(waiting->is_doubted);
	record_add_next(text, waiting, 1764413002, 1764413999);
	record_add_notification(text, waiting, 1764413003, &waiting->id,
	    NOTIFICATION_FAILED, two, 2);
	/* Only the second of these attempts ends in doubt. */
	assert_int_equal(waiting->doubts, 0);
	outcome_set_own(&outcome, STAGE_CONTENT, CAUSE_TEMPORARY, "no reply");
	outcome.in_doubt = true;
	record_add_result(text, waiting, 1764413004, &two[1], 1, &outcome);
	record_add_next(text, waiting, 1764413004, 1764413999);
	record_add_next(text, waiting, 1764413005, 1764413999);
	outcome_free(&outcome);
}

static void
check_all(const struct waiting *waiting)
{
	const struct recipient *recipients = waiting->envelope.recipients;

	assert_int_equal(waiting->attempts, 2);
	assert_int_equal(waiting->pid, 4712);
	assert_string_equal(waiting->host, "laptop");
	assert_int_equal(waiting->next, 1764413999);
	assert_int_equal(waiting->doubts, 1);
	assert_false(waiting->is_doubted);
	assert_true(waiting->is_notifying);
	assert_int_equal(recipients[0].outcome.action, ACTION_FAILED);
	assert_int_equal(recipients[0].outcome.reply.code, 550);
	assert_int_equal(recipients[0].outcome.reply.status.subject, 1);
	assert_int_equal(recipients[1].outcome.action, ACTION_DELAYED);
	assert_int_equal(recipients[1].outcome.stage, STAGE_CONNECT);
	assert_true(recipients[2].outcome.in_doubt);
	assert_true(waiting->recipients[0].is_notified);
	assert_false(waiting->recipients[1].is_notified);
}

static void
test_records(void **state)
{
	struct waiting written = {0}, read = {0};
	struct buf text = {0};

	(void)state;
	write_all(&written, &text);
	check_all(&written);
	assert_int_equal(waiting_read(&read, buf_span(&text)), WAITING_READ);
	check_all(&read);
	assert_int_equal(read.len, text.len);
	assert_int_equal(read.sum, written.sum);
	buf_free(&text);
	waiting_free(&written);
	waiting_free(&read);
}

/* Who is at stake, in the facts and after reading the file: "yny" of three. */
static void
assert_stake(
    const struct waiting *written, const struct buf *text, const char *stake)
{
	struct waiting read = {0};

	assert_int_equal(waiting_read(&read, buf_span(text)), WAITING_READ);
	for (size_t i = 0; i < 3; i++) {
		assert_int_equal(
		    waiting_is_at_stake(written, i), stake[i] == 'y');
		assert_int_equal(
		    waiting_is_at_stake(&read, i), stake[i] == 'y');
	}
	assert_true(read.is_doubted);
	waiting_free(&read);
}

/* A doubt is of those whom the last records name. */
static void
test_stake(void **state)
{
	static const size_t two[] = {0, 2}, one[] = {1};
	struct waiting waiting = {0};
	struct buf text = {0};

	(void)state;
	fill(&waiting);
	record_add_head(&text, &waiting);
	record_add_doubt(&text, &waiting, 1, "smtp://a.example:25", two, 2);
	assert_stake(&waiting, &text, "yny");
	/* Nothing is known of the first two yet. */
	record_add_doubt(&text, &waiting, 2, "smtp://b.example:25", one, 1);
	assert_stake(&waiting, &text, "yyy");
	record_add_next(&text, &waiting, 3, 9);
	record_add_doubt(&text, &waiting, 4, "smtp://b.example:25", one, 1);
	assert_stake(&waiting, &text, "nyn");
	record_add_next(&text, &waiting, 5, 9);
	record_add_doubt(&text, &waiting, 6, "smtp://c.example:25", NULL, 0);
	assert_stake(&waiting, &text, "yyy");
	record_add_next(&text, &waiting, 7, 9);
	record_add_doubt(&text, &waiting, 8, "smtp://a.example:25", two, 2);
	assert_stake(&waiting, &text, "yny");
	buf_free(&text);
	waiting_free(&waiting);
}

/* Whatever a crash leaves of the file: records that are whole count. */
static void
test_torn(void **state)
{
	struct waiting written = {0};
	struct buf text = {0};
	size_t whole = 0;

	(void)state;
	fill(&written);
	record_add_head(&text, &written);
	whole = text.len;
	waiting_free(&written);
	buf_clear(&text);
	write_all(&written, &text);
	for (size_t cut = 0; cut <= text.len; cut++) {
		struct waiting read = {0};
		enum waiting_result result =
		    waiting_read(&read, span_head(buf_span(&text), cut));

		assert_int_equal(
		    result, cut < whole ? WAITING_DAMAGED : WAITING_READ);
		assert_true(read.len <= cut);
		if (cut >= whole)
			assert_int_equal(text.data[read.len - 1], '\n');
		waiting_free(&read);
	}
	buf_free(&text);
	waiting_free(&written);
}

/* One octet that is another one: nothing from its line on counts. */
static void
test_damaged(void **state)
{
	struct waiting written = {0};
	struct buf text = {0};

	(void)state;
	write_all(&written, &text);
	for (size_t at = 0; at < text.len; at++) {
		struct waiting read = {0};

		text.data[at] ^= 0x04;
		waiting_read(&read, buf_span(&text));
		assert_true(read.len <= at);
		text.data[at] ^= 0x04;
		waiting_free(&read);
	}
	buf_free(&text);
	waiting_free(&written);
}

struct keyword_row {
	const char *name;
	const char *line;
	enum waiting_result result;
};

static const struct keyword_row keyword_rows[] = {
    {"an unknown record is skipped", "colour 1 blue", WAITING_READ},
    {"one of very many words, too",
	"colour 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18", WAITING_READ},
    {"one with words of another form, too", "colour  1 \\y #", WAITING_READ},
    {"a record that must be known", "Colour 1 blue", WAITING_NEWER},
    {"a known record with more words",
	"hold 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18", WAITING_READ},
    {"a result without its words", "result 1 blue", WAITING_DAMAGED},
    {"a record without a keyword", " hold 1", WAITING_DAMAGED},
};

static void
test_keyword(void **state)
{
	const struct keyword_row *row = *state;
	struct waiting written = {0}, read = {0};
	struct buf text = {0};
	size_t from;

	fill(&written);
	record_add_head(&text, &written);
	from = text.len;
	buf_add_text(&text, row->line);
	line_end(&text, from, &written.sum);
	assert_int_equal(waiting_read(&read, buf_span(&text)), row->result);
	buf_free(&text);
	waiting_free(&written);
	waiting_free(&read);
}

/* A change of the head's facts, which makes it one that is refused. */
struct head_row {
	const char *name;
	const char *forward_path, *reverse_path, *original;
};

static const struct head_row head_rows[] = {
    {"a recipient that is another command", "a@b>\r\nRCPT TO:<c@d", NULL, NULL},
    {"a sender that is another command", NULL, "a@b>\r\nRSET\r\n", NULL},
    {"an original recipient that is one", NULL, NULL, "rfc822;a\r\nRSET"},
    {"an original recipient and a parameter", NULL, NULL,
	"rfc822;a NOTIFY=NEVER"},
};

static void
replace(char **text, const char *with)
{
	if (with == NULL)
		return;
	free(*text);
	*text = mem_copy_text(with);
}

static void
test_refused_head(void **state)
{
	const struct head_row *row = *state;
	struct waiting written = {0}, read = {0};
	struct recipient *recipient;
	struct buf text = {0};

	fill(&written);
	recipient = &written.envelope.recipients[1];
	replace(&recipient->forward_path, row->forward_path);
	replace(&recipient->dsn.original, row->original);
	replace(&written.envelope.reverse_path, row->reverse_path);
	record_add_head(&text, &written);
	assert_int_equal(waiting_read(&read, buf_span(&text)), WAITING_DAMAGED);
	buf_free(&text);
	waiting_free(&written);
	waiting_free(&read);
}

/* A mail to so many recipients. */
static void
fill_many(struct waiting *waiting, size_t count)
{
	struct envelope_index index = {0};
	char address[32];

	fill(waiting);
	for (size_t i = waiting->envelope.count; i < count; i++) {
		snprintf(address, sizeof(address), "r%zu@example.org", i);
		envelope_add(&waiting->envelope, &index, address);
	}
	free(waiting->recipients);
	waiting->recipients = mem_new(count, sizeof(*waiting->recipients));
	envelope_index_free(&index);
}

/* Every other recipient has this outcome, so the numbers make no ranges. */
static void
test_many(void **state)
{
	struct waiting written = {0}, read = {0};
	struct outcome outcome = {0};
	struct buf text = {0};
	size_t *who = mem_new(MANY / 2, sizeof(*who));

	(void)state;
	fill_many(&written, MANY);
	for (size_t i = 0; i < MANY / 2; i++)
		who[i] = 2 * i + 1;
	buf_init(&text, WAITING_OCTETS_MAX);
	record_add_head(&text, &written);
	outcome_set_own(&outcome, STAGE_RCPT, CAUSE_TEMPORARY, "later");
	record_add_result(&text, &written, 1, who, MANY / 2, &outcome);
	record_add_next(&text, &written, 1, 2);
	assert_int_equal(waiting_read(&read, buf_span(&text)), WAITING_READ);
	assert_int_equal(read.len, text.len);
	assert_int_equal(read.next, 2);
	for (size_t i = 0; i < MANY; i++)
		assert_int_equal(read.envelope.recipients[i].outcome.action,
		    i % 2 == 1 ? ACTION_DELAYED : ACTION_NONE);
	free(who);
	outcome_free(&outcome);
	buf_free(&text);
	waiting_free(&written);
	waiting_free(&read);
}

/* A hostile file must not keep its reader busy for long. */
static void
test_steps(void **state)
{
	enum { EACH = 10000 };
	static size_t who[EACH];
	struct waiting written = {0}, read = {0};
	struct buf text = {0};
	size_t len = 0;

	(void)state;
	for (size_t i = 0; i < EACH; i++)
		who[i] = i;
	fill_many(&written, EACH);
	buf_init(&text, WAITING_OCTETS_MAX);
	record_add_head(&text, &written);
	for (size_t i = 0; i <= WAITING_STEPS_MAX / EACH; i++) {
		len = text.len;
		record_add_notification(&text, &written, 1, &written.id,
		    NOTIFICATION_FAILED, who, EACH);
	}
	assert_int_equal(waiting_read(&read, buf_span(&text)), WAITING_DAMAGED);
	waiting_free(&read);
	read = (struct waiting){0};
	text.len = len;
	assert_int_equal(waiting_read(&read, buf_span(&text)), WAITING_READ);
	assert_int_equal(read.steps, WAITING_STEPS_MAX);
	assert_true(compaction_is_due(&read));
	buf_free(&text);
	waiting_free(&written);
	waiting_free(&read);
}

int
main(void)
{
	struct rows all = {0};

	rows_add_one(&all, "a head is read as it was written", test_head);
	rows_add_one(
	    &all, "records are read as they were written", test_records);
	rows_add_one(&all, "an outcome of very many recipients", test_many);
	rows_add_one(&all, "a file that takes too long to read", test_steps);
	rows_add_one(&all, "a doubt of some recipients", test_stake);
	rows_add_one(&all, "a file cut anywhere", test_torn);
	rows_add_one(&all, "a file with one wrong octet", test_damaged);
	rows_add(
	    &all, "keyword", keyword_rows, ROWS(keyword_rows), test_keyword);
	rows_add(&all, "refused head", head_rows, ROWS(head_rows),
	    test_refused_head);
	return rows_end(&all);
}
