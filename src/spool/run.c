/* The state of a run: why it ends, and which mails it tries. */
#include "spool/run.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/signals.h"
#include "base/wait.h"

void
run_event_show(
    const struct run_observer *observer, const struct run_event *event)
{
	if (observer != NULL && observer->see != NULL)
		observer->see(observer->context, event);
}

void
run_fail(struct run *runner, const char *step)
{
	if (runner->error != 0)
		return;
	runner->error = errno != 0 ? errno : EIO;
	runner->failed_step = step;
}

void
run_leave(
    struct run *runner, const struct profile *profile, const struct id *id)
{
	struct waiting waiting = {.id = *id, .uid = (unsigned long)getuid()};
	const struct run_event event = {.kind = RUN_EVENT_SKIPPED,
	    .profile = profile,
	    .waiting = &waiting,
	    .text = strerror(errno)};

	if (errno == EMFILE || errno == ENFILE || errno == ENOMEM)
		run_fail(runner, "take a mail");
	else
		run_event_show(runner->observer, &event);
}

bool
run_is_over(const struct run *runner, int64_t time_limit)
{
	if (runner->time_limit != 0 && runner->time_limit < time_limit)
		time_limit = runner->time_limit;
	return runner->error != 0 || signals_caught() != 0 ||
	    clock_now() - runner->started >= time_limit;
}

bool
run_is_due(const struct run *runner, const struct schedule *schedule,
    const struct waiting *waiting, int64_t now)
{
	if (waiting->is_held)
		return false;
	if (runner->strength >= RUN_FORCES)
		return true;
	if (runner->strength == RUN_ALL)
		return waiting->not_before <= now;
	return schedule_state(schedule, waiting, now) == SCHEDULE_DUE;
}
