#include "rows.h"

#include "profile/queue_policy.h"

struct use_row {
	const char *name;
	enum queue_use set;
	bool caller_retries;
	enum queue_use wanted;
};

static const struct use_row uses[] = {
    {"not set, the caller retries", QUEUE_UNSET, true, QUEUE_NEVER},
    {"not set, nobody retries", QUEUE_UNSET, false, QUEUE_ON_TEMPFAIL},
    {"never", QUEUE_NEVER, false, QUEUE_NEVER},
    {"on-tempfail", QUEUE_ON_TEMPFAIL, true, QUEUE_ON_TEMPFAIL},
    {"always", QUEUE_ALWAYS, true, QUEUE_ALWAYS},
};

static void
test_use(void **state)
{
	const struct use_row *row = *state;
	struct queue_policy policy = {.use = row->set};

	assert_int_equal(
	    queue_policy_use(&policy, row->caller_retries), row->wanted);
}

int
main(void)
{
	return rows_run("use", uses, ROWS(uses), test_use);
}
