/*
 * The mails of one profile in a run: one secret and one series of sessions for
 * all of them. Trouble of the server or of the login ends it; the mails wait.
 */
#ifndef SPOOL_PROFILE_RUN_H
#define SPOOL_PROFILE_RUN_H

#include "spool/run.h"

struct profile_run_mail {
	struct id id;
	int64_t since; /* when its waiting began, in seconds since 1970 */
	int64_t clock; /* its age by the spool's clock begins there */
	/* As its records said when it was looked at without a lock: */
	int64_t next, not_before;
	bool is_held;
	bool is_unsettled; /* settle_is_needed */

	bool is_due;  /* it is to be tried */
	bool is_left; /* it still waits */
	bool
	    from_sender; /* not from the null reverse-path, which was refused */
};

struct profile_run {
	char *name;   /* owned */
	char *config; /* of --config; NULL: the usual files; owned */
	struct profile_run_mail *mails;
	size_t count;
};

/* Looks after the mails, and counts for the runner. */
void profile_run_go(struct profile_run *run, struct run *runner);
void profile_run_free(struct profile_run *run);

#endif
