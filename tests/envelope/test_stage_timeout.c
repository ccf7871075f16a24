#include "rows.h"

#include "envelope/stage_timeout.h"

#define MINUTES ((int64_t)60 * 1000)

struct stage_row {
	const char *name;
	enum stage stage;
	int64_t timeout;
};

/* As in RFC 5321 section 4.5.3.2, for the stages that it names. */
static const struct stage_row stages[] = {
    {"-", STAGE_NONE, 5 * MINUTES},
    {"connect", STAGE_CONNECT, 5 * MINUTES},
    {"greeting", STAGE_GREETING, 5 * MINUTES},
    {"ehlo", STAGE_EHLO, 5 * MINUTES},
    {"tls", STAGE_TLS, 5 * MINUTES},
    {"auth", STAGE_AUTH, 5 * MINUTES},
    {"mail", STAGE_MAIL, 5 * MINUTES},
    {"rcpt", STAGE_RCPT, 5 * MINUTES},
    {"data", STAGE_DATA, 2 * MINUTES},
    {"data", STAGE_CONTENT, 10 * MINUTES},
    {"quit", STAGE_QUIT, 5 * MINUTES},
};

static void
test_stage(void **state)
{
	const struct stage_row *row = *state;

	assert_string_equal(outcome_stage_name(row->stage), row->name);
	assert_int_equal(stage_timeout(row->stage), row->timeout);
}

static void
test_order(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(stages) / sizeof(stages[0]); i++)
		assert_int_equal(stages[i].stage, i);
}

int
main(void)
{
	struct rows all = {0};

	rows_add(&all, "stage", stages, ROWS(stages), test_stage);
	rows_add_one(
	    &all, "stages are in the order in which they come", test_order);
	return rows_end(&all);
}
