/*
 * Several letters of one profile, one after the other in one session as far as
 * the server allows: one connection and one login for all of them.
 */
#ifndef SMTP_SERIES_H
#define SMTP_SERIES_H

#include <stdbool.h>

#include "smtp/submission.h"

struct series {
	const struct profile *profile;	 /* borrowed */
	struct secret *secret;		 /* borrowed; NULL: no login */
	const struct observer *observer; /* borrowed; may be NULL */
};

/*
 * Submits one letter, as submission_run does; submission->profile, secret and
 * observer are those of the series. The session stays open for the next one.
 */
void series_submit(struct series *series, struct submission *submission,
    struct envelope *envelope);
/* Says QUIT to the server, if a session is open. */
void series_end(struct series *series);

#endif
