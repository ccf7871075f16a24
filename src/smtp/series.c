/*
 * Series of letters. Each has a session of its own.
 */
#include "smtp/series.h"

void
series_submit(struct series *series, struct submission *submission,
    struct envelope *envelope)
{
	submission->profile = series->profile;
	submission->secret = series->secret;
	submission->observer = series->observer;
	submission_run(submission, envelope);
}

void
series_end(struct series *series)
{
	(void)series;
}
