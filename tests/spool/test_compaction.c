/*
 * A file that is written anew says the same as before, whatever its records
 * are: they are made by chance here.
 */
#include "rows.h"

#include "base/mem.h"
#include "spool/compaction.h"
#include "spool/record.h"

#define RECIPIENTS 5
#define ROUNDS 2000

static unsigned seed;

static unsigned
chance(unsigned below)
{
	seed = seed * 1103515245u + 12345u;
	return (seed >> 16) % below;
}

static void
fill(struct waiting *waiting)
{
	static const char *const paths[RECIPIENTS] = {"a@example.org",
	    "b@example.org", "c@example.org", "d@example.org", "e@example.org"};
	struct envelope_index index = {0};

	assert_true(id_read(&waiting->id, SPAN("6929CB1F03A2")));
	waiting->envelope.reverse_path = mem_copy_text("me@example.com");
	for (size_t i = 0; i < RECIPIENTS; i++)
		envelope_add(&waiting->envelope, &index, paths[i]);
	waiting->recipients =
	    mem_new(RECIPIENTS, sizeof(waiting->recipients[0]));
	envelope_index_free(&index);
}

static void
add_result(struct buf *text, struct waiting *waiting, int64_t now)
{
	struct outcome outcome = {0};
	size_t who[RECIPIENTS], count = 0;

	for (size_t i = 0; i < RECIPIENTS; i++)
		if (chance(2) == 0)
			who[count++] = i;
	if (count == 0)
		who[count++] = chance(RECIPIENTS);
	outcome_set_own(&outcome, STAGE_CONTENT, CAUSE_TEMPORARY,
	    "said at %lld", (long long)now);
	if (chance(8) == 0)
		outcome.action = ACTION_RELAYED;
	else
		outcome.in_doubt = chance(4) == 0;
	record_add_result(text, waiting, now, who, count, &outcome);
	outcome_free(&outcome);
}

static void
add_record(struct buf *text, struct waiting *waiting, int64_t now)
{
	static const char *const words[] = {
	    "hold", "release", "dead", "warned", "profile", "notified"};
	size_t who[] = {0, 3};
	unsigned choice = chance(20);

	if (choice < 5)
		record_add_try(text, waiting, now, chance(9999), "host");
	else if (choice < 7)
		record_add_doubt(
		    text, waiting, now, "smtp://mx.example:25", NULL, 0);
	else if (choice < 12)
		add_result(text, waiting, now);
	else if (choice < 15)
		record_add_next(text, waiting, now, now + 300);
	else if (choice < 16)
		record_add_not_before(text, waiting, now, now + 7);
	else if (choice < 17)
		record_add_notification(text, waiting, now, &waiting->id,
		    chance(2) == 0 ? NOTIFICATION_DELAYED : NOTIFICATION_FAILED,
		    who, 1 + chance(2));
	else
		record_add_word(text, waiting, now, words[chance(6)], "x");
}

static void
compare_texts(const char *one, const char *other)
{
	assert_int_equal(one == NULL, other == NULL);
	if (one != NULL)
		assert_string_equal(one, other);
}

static void
compare_recipients(const struct waiting *one, const struct waiting *other)
{
	assert_int_equal(one->envelope.count, other->envelope.count);
	for (size_t i = 0; i < one->envelope.count; i++) {
		const struct outcome *a = &one->envelope.recipients[i].outcome;
		const struct outcome *b =
		    &other->envelope.recipients[i].outcome;

		assert_int_equal(a->action, b->action);
		assert_int_equal(a->stage, b->stage);
		assert_int_equal(a->cause, b->cause);
		assert_int_equal(a->in_doubt, b->in_doubt);
		assert_true(span_equal(
		    buf_span(&a->reply.text), buf_span(&b->reply.text)));
		assert_int_equal(one->recipients[i].doubt > 0,
		    other->recipients[i].doubt > 0);
		assert_int_equal(one->recipients[i].is_notified,
		    other->recipients[i].is_notified);
		assert_int_equal(one->recipients[i].notification,
		    other->recipients[i].notification);
	}
}

static void
compare(const struct waiting *one, const struct waiting *other)
{
	assert_int_equal(one->is_held, other->is_held);
	assert_int_equal(one->is_done, other->is_done);
	assert_int_equal(one->is_removed, other->is_removed);
	assert_int_equal(one->is_dead, other->is_dead);
	assert_int_equal(one->is_doubted, other->is_doubted);
	assert_int_equal(one->is_unsure, other->is_unsure);
	assert_int_equal(one->doubts, other->doubts);
	assert_int_equal(one->attempts, other->attempts);
	assert_int_equal(one->not_before, other->not_before);
	assert_int_equal(one->next, other->next);
	assert_int_equal(one->tried, other->tried);
	assert_int_equal(one->pid, other->pid);
	assert_int_equal(one->is_warned, other->is_warned);
	assert_int_equal(one->is_notifying, other->is_notifying);
	assert_int_equal(one->notifications, other->notifications);
	assert_int_equal(one->event, other->event);
	assert_string_equal(one->notification.text, other->notification.text);
	compare_texts(one->host, other->host);
	compare_texts(one->profile, other->profile);
	compare_recipients(one, other);
}

static void
read_file(struct waiting *waiting, const struct buf *text)
{
	assert_int_equal(waiting_read(waiting, buf_span(text)), WAITING_READ);
	assert_int_equal(waiting->len, text->len);
}

/* Writes the file anew; *text is the new one. */
static void
compact(struct buf *text, struct waiting *waiting)
{
	struct waiting before = {0}, after = {0};
	struct buf shorter = {0};
	uint32_t sum;

	read_file(&before, text);
	compaction_make(&shorter, &sum, &before, buf_span(text), 1764412999);
	read_file(&after, &shorter);
	assert_int_equal(after.sum, sum);
	assert_int_equal(after.head_len, before.head_len);
	assert_true(after.is_rewritten);
	compare(&before, &after);
	buf_free(text);
	*text = shorter;
	waiting_free(&before);
	waiting_free(waiting);
	*waiting = after;
}

/* Records go on behind a file that was written anew, and it is done again. */
static void
test_same_facts(void **state)
{
	(void)state;
	for (seed = 1; seed <= ROUNDS * 7919; seed += 7919) {
		unsigned start = seed, count = 1 + chance(60);
		struct waiting waiting = {0};
		struct buf text = {0};

		fill(&waiting);
		record_add_head(&text, &waiting);
		for (int part = 0; part < 3; part++) {
			for (unsigned i = 0; i < count; i++)
				add_record(&text, &waiting, 1764412191 + i);
			compact(&text, &waiting);
		}
		buf_free(&text);
		waiting_free(&waiting);
		seed = start;
	}
}

/* Many attempts shrink to the last one. */
static void
test_size(void **state)
{
	struct outcome outcome = {0};
	struct waiting waiting = {0};
	struct buf text = {0};
	size_t who[] = {0, 1, 2, 3, 4};

	(void)state;
	buf_init(&text, WAITING_OCTETS_MAX);
	fill(&waiting);
	record_add_head(&text, &waiting);
	outcome_set_own(&outcome, STAGE_RCPT, CAUSE_TEMPORARY, "greylisted");
	for (int64_t now = 1; now <= 10000; now++) {
		record_add_try(&text, &waiting, now, 4711, "host");
		record_add_result(&text, &waiting, now, who, 5, &outcome);
		record_add_next(&text, &waiting, now, now + 1);
	}
	waiting_free(&waiting);
	assert_int_equal(waiting_read(&waiting, buf_span(&text)), WAITING_READ);
	assert_true(compaction_is_due(&waiting));
	compact(&text, &waiting);
	assert_false(compaction_is_due(&waiting));
	assert_true(text.len < waiting.head_len + 400);
	assert_int_equal(waiting.attempts, 10000);
	outcome_free(&outcome);
	waiting_free(&waiting);
	buf_free(&text);
}

int
main(void)
{
	struct rows all = {0};

	rows_add_one(&all, "it says the same", test_same_facts);
	rows_add_one(&all, "only the last attempt is left", test_size);
	return rows_end(&all);
}
