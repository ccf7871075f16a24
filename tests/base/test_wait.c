#include "rows.h"

#include <errno.h>
#include <sys/resource.h>
#include <sys/select.h>
#include <unistd.h>

#include "base/wait.h"

static void
test_deadlines(void **state)
{
	int64_t now = clock_now();

	(void)state;
	assert_true(now > 0);
	assert_true(clock_now() >= now);
	assert_true(deadline_in(1000) >= now + 1000);
	assert_true(deadline_in(1000) < now + 60000);
	assert_true(deadline_in(DEADLINE_NEVER) == DEADLINE_NEVER);
	assert_true(deadline_in(DEADLINE_NEVER - 1) == DEADLINE_NEVER);
	assert_true(deadline_earlier(1, 2) == 1);
	assert_true(deadline_earlier(DEADLINE_NEVER, 2) == 2);
}

static void
test_ready(void **state)
{
	int fds[2];
	struct pollfd poll = {.events = POLLIN};

	(void)state;
	assert_int_equal(pipe(fds), 0);
	poll.fd = fds[0];
	assert_int_equal(wait_for(&poll, 1, deadline_in(0)), WAIT_TIMEOUT);
	assert_int_equal(write(fds[1], "x", 1), 1);
	assert_int_equal(wait_for(&poll, 1, DEADLINE_NEVER), WAIT_READY);
	assert_true(poll.revents & POLLIN);
	/* A ready descriptor is reported even if the deadline has passed. */
	assert_int_equal(wait_for(&poll, 1, clock_now() - 5000), WAIT_READY);
	close(fds[0]);
	close(fds[1]);
}

static void
test_timeout(void **state)
{
	int64_t start = clock_now();

	(void)state;
	assert_int_equal(wait_for(NULL, 0, deadline_in(60)), WAIT_TIMEOUT);
	assert_true(clock_now() - start >= 60);
	assert_true(clock_now() - start < 10000);
	assert_int_equal(wait_for(NULL, 0, start), WAIT_TIMEOUT);
}

static void
test_failure(void **state)
{
	struct pollfd poll = {.fd = -1, .events = POLLIN};
#ifdef HAVE_PPOLL
	struct rlimit limit;
	struct pollfd *many;
	size_t count;
#endif

	(void)state;
	/* A negative descriptor is ignored. */
	assert_int_equal(wait_for(&poll, 1, deadline_in(10)), WAIT_TIMEOUT);
#ifdef HAVE_PPOLL
	/* The system refuses more entries than there can be descriptors. */
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
	count = (size_t)limit.rlim_max;
	if (count > 4 * 1024 * 1024)
		count = (size_t)limit.rlim_cur;
	count *= 2; /* valgrind keeps some for itself */
	many = calloc(count, sizeof(*many));
	assert_non_null(many);
	for (size_t i = 0; i < count; i++)
		many[i].fd = -1;
	assert_int_equal(
	    wait_for(many, (nfds_t)count, deadline_in(10)), WAIT_FAILED);
	free(many);
#else
	poll.fd = FD_SETSIZE;
	assert_int_equal(wait_for(&poll, 1, deadline_in(10)), WAIT_FAILED);
#endif
	assert_int_equal(errno, EINVAL);
}

struct ticks {
	struct wait_tick tick;
	int count;
};

static void
count_tick(void *context)
{
	struct ticks *ticks = context;

	ticks->count++;
	ticks->tick.due = deadline_in(20);
	if (ticks->count == 3)
		wait_set_tick(NULL);
}

/* A tick is called on time, even where nothing is waited for, and ends no wait.
 */
static void
test_tick(void **state)
{
	struct ticks ticks = {.tick = {clock_now(), count_tick, &ticks}};
	struct pollfd poll = {.events = POLLIN};
	int64_t start = clock_now();
	int fds[2];

	(void)state;
	assert_int_equal(pipe(fds), 0);
	poll.fd = fds[0];
	wait_set_tick(&ticks.tick);
	assert_int_equal(wait_for(NULL, 0, 0), WAIT_TIMEOUT);
	assert_int_equal(ticks.count, 1);
	assert_int_equal(wait_for(NULL, 0, deadline_in(5)), WAIT_TIMEOUT);
	assert_int_equal(wait_for(&poll, 1, start + 200), WAIT_TIMEOUT);
	assert_true(clock_now() >= start + 200);
	assert_int_equal(ticks.count, 3);
	ticks.count = 0;
	ticks.tick.due = clock_now();
	wait_set_tick(&ticks.tick);
	assert_int_equal(write(fds[1], "x", 1), 1);
	assert_int_equal(wait_for(&poll, 1, DEADLINE_NEVER), WAIT_READY);
	assert_int_equal(ticks.count, 1);
	wait_set_tick(NULL);
	close(fds[0]);
	close(fds[1]);
}

int
main(void)
{
	struct rows all = {0};

	rows_add_one(&all, "deadlines", test_deadlines);
	rows_add_one(&all, "ready", test_ready);
	rows_add_one(&all, "timeout", test_timeout);
	rows_add_one(&all, "failure", test_failure);
	rows_add_one(&all, "tick", test_tick);
	return rows_end(&all);
}
