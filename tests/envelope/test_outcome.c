#include "rows.h"

#include "envelope/outcome.h"

struct reply_row {
	const char *name;
	const char *line;
	enum action action;
	enum cause cause;
	const char *word;
};

static const struct reply_row replies[] = {
    {"2yz", "250 2.0.0 Ok", ACTION_RELAYED, CAUSE_TEMPORARY, "relayed"},
    {"an unknown 2yz", "299 x", ACTION_RELAYED, CAUSE_TEMPORARY, "relayed"},
    {"4yz", "451 4.3.0 later", ACTION_DELAYED, CAUSE_TEMPORARY, "deferred"},
    {"421", "421 bye", ACTION_DELAYED, CAUSE_TEMPORARY, "deferred"},
    {"5yz", "550 5.1.1 no", ACTION_FAILED, CAUSE_REFUSED, "failed"},
    {"3yz belongs nowhere", "354 go", ACTION_DELAYED, CAUSE_PROTOCOL,
	"deferred"},
};

static void
test_from_reply(void **state)
{
	const struct reply_row *row = *state;
	struct outcome outcome = {.in_doubt = true};
	struct reply reply = {0};

	assert_int_equal(
	    reply_take_line(&reply, span_from(row->line)), REPLY_DONE);
	outcome_from_reply(&outcome, STAGE_CONTENT, &reply);
	assert_int_equal(outcome.action, row->action);
	assert_int_equal(outcome.stage, STAGE_CONTENT);
	assert_false(outcome.in_doubt);
	if (row->action != ACTION_RELAYED)
		assert_int_equal(outcome.cause, row->cause);
	assert_string_equal(outcome_name(&outcome), row->word);
	/* A copy: the reply can go. */
	assert_int_equal(outcome.reply.code, reply.code);
	reply_free(&reply);
	assert_true(outcome.reply.text.len > 0);
	outcome_free(&outcome);
	assert_int_equal(outcome.action, ACTION_NONE);
}

static void
test_no_reply(void **state)
{
	struct outcome outcome = {0};
	struct reply reply = {0};

	(void)state;
	outcome_from_reply(&outcome, STAGE_DATA, &reply);
	assert_int_equal(outcome.action, ACTION_DELAYED);
	assert_int_equal(outcome.cause, CAUSE_PROTOCOL);
	outcome_free(&outcome);
}

struct own_row {
	const char *name;
	enum cause cause;
	enum action action;
};

static const struct own_row owns[] = {
    {"temporary", CAUSE_TEMPORARY, ACTION_DELAYED},
    {"refused", CAUSE_REFUSED, ACTION_DELAYED},
    {"no host", CAUSE_NO_HOST, ACTION_DELAYED},
    {"protocol", CAUSE_PROTOCOL, ACTION_DELAYED},
    {"login", CAUSE_LOGIN, ACTION_DELAYED},
    {"content", CAUSE_CONTENT, ACTION_FAILED},
};

static void
test_own(void **state)
{
	const struct own_row *row = *state;
	struct outcome outcome = {.in_doubt = true};

	outcome_set_own(&outcome, STAGE_TLS, row->cause, "%s: %d", "why", 3);
	assert_int_equal(outcome.action, row->action);
	assert_int_equal(outcome.cause, row->cause);
	assert_int_equal(outcome.stage, STAGE_TLS);
	assert_int_equal(outcome.reply.code, 0);
	assert_false(outcome.in_doubt);
	assert_string_equal(buf_text(&outcome.reply.text), "why: 3");
	outcome_free(&outcome);
}

/* A text that is cut ends in "...". */
static void
test_own_too_long(void **state)
{
	struct outcome outcome = {0};
	char longer[3000];

	(void)state;
	memset(longer, 'x', sizeof(longer) - 1);
	longer[sizeof(longer) - 1] = '\0';
	outcome_set_own(&outcome, STAGE_TLS, CAUSE_LOGIN, "%s", longer);
	assert_true(outcome.reply.text.len < sizeof(longer));
	assert_memory_equal(
	    outcome.reply.text.data + outcome.reply.text.len - 3, "...", 3);
	outcome_free(&outcome);
}

static void
test_copy(void **state)
{
	struct outcome from = {0}, to = {0};

	(void)state;
	outcome_set_own(&from, STAGE_AUTH, CAUSE_LOGIN, "first");
	outcome_set_own(&to, STAGE_MAIL, CAUSE_CONTENT, "second");
	from.in_doubt = true;
	outcome_copy(&to, &from);
	outcome_free(&from);
	assert_int_equal(to.action, ACTION_DELAYED);
	assert_int_equal(to.stage, STAGE_AUTH);
	assert_int_equal(to.cause, CAUSE_LOGIN);
	assert_true(to.in_doubt);
	assert_string_equal(buf_text(&to.reply.text), "first");
	outcome_free(&to);
}

struct name_row {
	const char *name;
	struct outcome outcome;
};

static const struct name_row names[] = {
    {"deferred", {.action = ACTION_NONE}},
    {"relayed", {.action = ACTION_RELAYED}},
    {"deferred", {.action = ACTION_DELAYED}},
    {"failed", {.action = ACTION_FAILED}},
    {"unknown", {.action = ACTION_DELAYED, .in_doubt = true}},
};

static void
test_name(void **state)
{
	const struct name_row *row = *state;

	assert_string_equal(outcome_name(&row->outcome), row->name);
}

int
main(void)
{
	struct rows all = {0};

	rows_add(&all, "from a reply", replies, ROWS(replies), test_from_reply);
	rows_add_one(&all, "from no reply", test_no_reply);
	rows_add(&all, "of our own", owns, ROWS(owns), test_own);
	rows_add_one(&all, "words too long end visibly", test_own_too_long);
	rows_add_one(&all, "copies", test_copy);
	rows_add(&all, "word", names, ROWS(names), test_name);
	return rows_end(&all);
}
