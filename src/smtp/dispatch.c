/*
 * Chooses between the servers of a profile and those of its recipients. The
 * rest of the program calls nothing else to send a letter.
 */
#include "smtp/dispatch.h"

#include "smtp/mx_run.h"

void
dispatch_run(struct series *series)
{
	if (profile_is_direct(series->profile))
		mx_run(series);
	else
		series_run(series);
}

void
dispatch_run_one(struct submission *submission, struct envelope *envelope)
{
	if (profile_is_direct(submission->profile))
		mx_run_one(submission, envelope);
	else
		series_run_one(submission, envelope);
}
