/*
 * What a run over a spool is to do, and what came of it: shared by runner.h and
 * its parts.
 */
#ifndef SPOOL_RUN_H
#define SPOOL_RUN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "profile/profiles.h"
#include "spool/folder.h"
#include "spool/run_event.h"
#include "spool/schedule.h"
#include "spool/waiting.h"

/* The order matters: each tries what the one before tries, and more. */
enum run_strength {
	RUN_DUE,   /* mails that are due, where the server is not put off */
	RUN_ASKS,  /* servers are asked whatever they did before */
	RUN_ALL,   /* mails are tried that are not due, too */
	RUN_FORCES /* even those that wait for a chosen time */
};

struct run {
	/* Given by the caller; all pointers are borrowed. */
	const struct folder *folder;
	const struct profiles *profiles;  /* NULL: see config_error */
	const struct error *config_error; /* why there are no profiles */
	enum run_strength strength;
	/* Which mails are looked at; NULL: all. Held ones are not tried. */
	bool (*selects)(void *context, const struct waiting *waiting);
	void *context;
	int64_t time_limit; /* milliseconds; 0: queue-run-time of the profile */
	bool is_flush; /* by a child of a submission: nobody may run it later */
	const struct run_observer *observer;

	/* What came of it. */
	size_t left;	     /* mails that fit and still wait */
	size_t sent, failed; /* recipients */
	bool has_bad_config; /* of some profile */
	bool is_late;	     /* a mail waits for longer than queue-warn */

	/* Of the run itself. */
	int64_t started; /* clock_now */
	int64_t clock;	 /* the spool's clock */
	int error;	 /* errno of what ended the run; 0 */
	const char *failed_step;
};

/* Ends the run because of errno; for the parts of a run. */
void run_fail(struct run *runner, const char *step);
/* Whether a run is to end now: by a signal, a failure, or its time limit. */
bool run_is_over(const struct run *runner, int64_t time_limit);
/*
 * Whether the mail is to be tried now, by its own records; `schedule` is that
 * of its profile.
 */
bool run_is_due(const struct run *runner, const struct schedule *schedule,
    const struct waiting *waiting, int64_t now);

#endif
