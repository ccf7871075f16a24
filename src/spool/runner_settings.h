/* What the settings of a profile say about its mail in the queue. */
#ifndef SPOOL_RUNNER_SETTINGS_H
#define SPOOL_RUNNER_SETTINGS_H

#include <stdbool.h>
#include <stdint.h>

#include "profile/profile.h"
#include "spool/schedule.h"

struct runner_settings {
	struct schedule retry;
	int64_t lifetime; /* seconds by the spool's clock */
	int64_t warn;	  /* seconds: a run fails while a mail is older; 0 */
	int64_t run_time; /* milliseconds: the longest run */
	bool holds_in_doubt;
	bool notifies; /* notifications are made */
};

/* NULL: the defaults. */
struct runner_settings runner_settings_of(const struct profile *profile);

#endif
