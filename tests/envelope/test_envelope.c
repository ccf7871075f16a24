#include "rows.h"

#include "base/mem.h"
#include "envelope/envelope.h"

struct add_row {
	const char *name;
	const char *first, *second;
	bool is_same;
};

static const struct add_row adds[] = {
    {"the same", "a@example.org", "a@example.org", true},
    {"domain in another case", "a@example.org", "a@EXAMPLE.Org", true},
    {"local part in another case", "a@example.org", "A@example.org", false},
    {"another local part", "a@example.org", "b@example.org", false},
    {"another domain", "a@example.org", "a@example.com", false},
    {"a longer domain", "a@example.org", "a@example.org.uk", false},
    {"a longer local part", "a@example.org", "aa@example.org", false},
    {"quoted, with an at sign", "\"a@b\"@example.org", "\"a@b\"@EXAMPLE.org",
	true},
    {"quoted, in another case after its at sign", "\"a@b\"@example.org",
	"\"a@B\"@example.org", false},
    {"without a domain", "Postmaster", "postmaster", true},
    {"with and without a domain", "postmaster", "postmaster@example.org",
	false},
};

static void
test_add(void **state)
{
	const struct add_row *row = *state;
	struct envelope envelope = {0};
	struct envelope_index index = {0};

	assert_true(envelope_add(&envelope, &index, row->first));
	assert_int_equal(
	    envelope_add(&envelope, &index, row->second), !row->is_same);
	assert_int_equal(envelope.count, row->is_same ? 1 : 2);
	/* The first spelling stays. */
	assert_string_equal(envelope.recipients[0].forward_path, row->first);
	if (!row->is_same)
		assert_string_equal(
		    envelope.recipients[1].forward_path, row->second);
	envelope_index_free(&index);
	envelope_free(&envelope);
	assert_int_equal(envelope.count, 0);
}

static void
test_many(void **state)
{
	struct envelope envelope = {0};
	struct envelope_index index = {0};
	char path[64];

	(void)state;
	for (unsigned round = 0; round < 2; round++) {
		for (unsigned i = 0; i < 20000; i++) {
			snprintf(path, sizeof(path), "user%u@example.org", i);
			if (envelope_add(&envelope, &index, path) ==
			    (round > 0))
				fail_msg("%s in round %u", path, round);
		}
	}
	assert_int_equal(envelope.count, 20000);
	for (unsigned i = 0; i < 20000; i++) {
		snprintf(path, sizeof(path), "user%u@example.org", i);
		assert_string_equal(envelope.recipients[i].forward_path, path);
	}
	envelope_index_free(&index);
	envelope_free(&envelope);
}

static void
make(struct envelope *envelope)
{
	struct envelope_index index = {0};

	*envelope = (struct envelope){0};
	assert_true(envelope_add(envelope, &index, "open@example.org"));
	assert_true(envelope_add(envelope, &index, "accepted@example.org"));
	assert_true(envelope_add(envelope, &index, "settled@example.org"));
	assert_true(envelope_add(envelope, &index, "both@example.org"));
	envelope_index_free(&index);
	envelope->recipients[1].accepted = true;
	outcome_set_own(&envelope->recipients[2].outcome, STAGE_RCPT,
	    CAUSE_CONTENT, "before");
	envelope->recipients[3].accepted = true;
	outcome_set_own(&envelope->recipients[3].outcome, STAGE_RCPT,
	    CAUSE_CONTENT, "before");
}

static void
test_first_open(void **state)
{
	struct envelope envelope;
	struct outcome outcome = {.action = ACTION_RELAYED};

	(void)state;
	make(&envelope);
	assert_int_equal(envelope_first_open(&envelope), 0);
	outcome_copy(&envelope.recipients[0].outcome, &outcome);
	assert_int_equal(envelope_first_open(&envelope), 1);
	assert_true(envelope_has_open(&envelope));
	outcome_copy(&envelope.recipients[1].outcome, &outcome);
	assert_false(envelope_has_open(&envelope));
	assert_int_equal(envelope_first_open(&envelope), envelope.count);
	envelope_free(&envelope);
}

/* Only open recipients and the reverse-path count. */
static void
test_needs_utf8(void **state)
{
	struct envelope_index index = {0};
	struct envelope envelope;
	struct outcome outcome = {.action = ACTION_RELAYED};

	(void)state;
	make(&envelope);
	envelope.reverse_path = mem_copy_text("me@example.org");
	assert_false(envelope_needs_utf8(&envelope));
	assert_true(envelope_add(&envelope, &index, "b\xc3\xa4r@example.org"));
	envelope_index_free(&index);
	for (int round = 0; round < 2; round++) {
		assert_true(envelope_needs_utf8(&envelope));
		envelope_first_open(&envelope);
	}
	outcome_copy(&envelope.recipients[4].outcome, &outcome);
	for (int round = 0; round < 2; round++) {
		assert_false(envelope_needs_utf8(&envelope));
		envelope_first_open(&envelope);
	}
	free(envelope.reverse_path);
	envelope.reverse_path = mem_copy_text("m\xc3\xa4@example.org");
	assert_true(envelope_needs_utf8(&envelope));
	envelope_free(&envelope);
}

struct settle_row {
	const char *name;
	void (*settle)(
	    struct envelope *envelope, const struct outcome *outcome);
	bool settled[4]; /* by this call */
	bool is_open;	 /* one is still open */
};

static const struct settle_row settles[] = {
    {"every open one", envelope_settle_open, {true, true, false, false}, false},
};

static void
test_settle(void **state)
{
	const struct settle_row *row = *state;
	struct envelope envelope;
	struct outcome outcome = {0};

	make(&envelope);
	outcome_set_own(&outcome, STAGE_DATA, CAUSE_LOGIN, "now");
	assert_true(envelope_has_open(&envelope));
	row->settle(&envelope, &outcome);
	outcome_free(&outcome); /* they have copies */
	for (size_t i = 0; i < envelope.count; i++) {
		struct outcome *got = &envelope.recipients[i].outcome;
		bool before = i >= 2;

		if (row->settled[i]) {
			assert_int_equal(got->action, ACTION_DELAYED);
			assert_int_equal(got->stage, STAGE_DATA);
			assert_int_equal(got->cause, CAUSE_LOGIN);
			assert_string_equal(buf_text(&got->reply.text), "now");
		} else {
			assert_int_equal(
			    got->action, before ? ACTION_FAILED : ACTION_NONE);
			assert_string_equal(
			    buf_text(&got->reply.text), before ? "before" : "");
		}
	}
	assert_int_equal(envelope_has_open(&envelope), row->is_open);
	envelope_free(&envelope);
}

static void
test_nobody(void **state)
{
	struct envelope envelope = {0};
	struct outcome outcome = {.action = ACTION_RELAYED};

	(void)state;
	assert_false(envelope_has_open(&envelope));
	envelope_settle_open(&envelope, &outcome);
	envelope_free(&envelope);
}

struct surplus_row {
	const char *name;
	bool is_confirmed, is_taken;
	bool doubted[4];
};

/* Three outcomes that depend on counted replies, and one that does not. */
static const struct surplus_row surpluses[] = {
    {"somebody may have it", false, true, {false, true, true, true}},
    {"no recipient has it", false, false, {false, false, true, true}},
    {"confirmed before", true, true, {false, false, false, false}},
};

static void
test_surplus(void **state)
{
	const struct surplus_row *row = *state;
	struct envelope envelope;
	struct outcome outcome = {0};

	make(&envelope);
	envelope.recipients[1].on_surplus = SURPLUS_DOUBTS_IF_TAKEN;
	envelope.recipients[2].on_surplus = SURPLUS_DOUBTS;
	envelope.recipients[3].on_surplus = SURPLUS_DOUBTS;
	for (size_t i = 0; row->is_confirmed && i < envelope.count; i++)
		envelope.recipients[i].on_surplus = SURPLUS_CHANGES_NOTHING;
	outcome_set_own(&outcome, STAGE_CONTENT, CAUSE_PROTOCOL, "surplus");
	outcome.in_doubt = true;
	assert_int_equal(envelope_doubt(&envelope, &outcome, row->is_taken),
	    row->doubted[3]);
	for (size_t i = 0; i < envelope.count; i++)
		assert_int_equal(
		    envelope.recipients[i].outcome.in_doubt, row->doubted[i]);
	outcome_free(&outcome);
	envelope_free(&envelope);
}

/* A refusal that may be meant for another recipient becomes a delay. */
static void
test_refusal_withdrawn(void **state)
{
	struct envelope envelope;
	struct outcome surplus = {0};
	struct reply refusal = {.code = 550};
	struct recipient *first, *second;

	(void)state;
	make(&envelope);
	first = &envelope.recipients[0];
	second = &envelope.recipients[1];
	outcome_from_reply(&first->outcome, STAGE_MAIL, &refusal);
	outcome_from_reply(&second->outcome, STAGE_MAIL, &refusal);
	second->on_surplus = SURPLUS_DEFERS;
	outcome_set_own(&surplus, STAGE_CONTENT, CAUSE_PROTOCOL, "surplus");
	surplus.in_doubt = true;
	assert_false(envelope_doubt(&envelope, &surplus, true));
	assert_int_equal(first->outcome.action, ACTION_FAILED);
	assert_int_equal(second->outcome.action, ACTION_DELAYED);
	assert_int_equal(second->outcome.cause, CAUSE_PROTOCOL);
	assert_false(second->outcome.in_doubt);
	outcome_free(&surplus);
	envelope_free(&envelope);
}

int
main(void)
{
	struct rows all = {0};

	rows_add(&all, "add", adds, ROWS(adds), test_add);
	rows_add_one(&all, "20000 of them, each once", test_many);
	rows_add_one(
	    &all, "a refusal that may be another's", test_refusal_withdrawn);
	rows_add(&all, "settle", settles, ROWS(settles), test_settle);
	rows_add_one(&all, "the first open recipient", test_first_open);
	rows_add_one(&all, "a path that needs SMTPUTF8", test_needs_utf8);
	rows_add_one(&all, "no recipients", test_nobody);
	rows_add(
	    &all, "surplus reply:", surpluses, ROWS(surpluses), test_surplus);
	return rows_end(&all);
}
