/*
 * Converts the settings of the queue to seconds, since the files of a spool
 * hold nothing finer.
 */
#include "spool/runner_settings.h"

#define SECOND ((int64_t)1000)
#define MINUTE ((int64_t)60)
#define HOUR (60 * MINUTE)
#define DAY (24 * HOUR)

/* At least one second, or mails would be tried without a pause. */
static int64_t
seconds(int64_t milliseconds)
{
	return milliseconds < SECOND ? 1 : milliseconds / SECOND;
}

struct runner_settings
runner_settings_of(const struct profile *profile)
{
	const struct queue_policy *queue;

	if (profile == NULL)
		return (struct runner_settings){
		    .retry = {.first = 5 * MINUTE, .longest = 4 * HOUR},
		    .lifetime = 5 * DAY,
		    .warn = DAY,
		    .run_time = HOUR * SECOND,
		    .notifies = true,
		};
	queue = &profile->queue;
	return (struct runner_settings){
	    .retry = {.first = seconds(queue->retry.first),
		.longest = seconds(queue->retry.longest)},
	    .lifetime = seconds(queue->lifetime),
	    .warn = queue->warn > 0 ? seconds(queue->warn) : 0,
	    .run_time = queue->run_time,
	    .holds_in_doubt = queue->in_doubt == IN_DOUBT_HOLD,
	    .notifies = queue->notifications,
	};
}
