/*
 * Makes the copy of a mail at the end of its submission. As sendmail nothing is
 * printed, because callers treat any output as a failure and send again.
 */
#include "cli/copy.h"

#include <stdio.h>

#include "smtp/sent_copy.h"

void
copy_keep(const struct submission *submission, const struct envelope *envelope,
    const struct options *options)
{
	struct error err = {0};

	if (submission->letter == NULL ||
	    !sent_copy_is_due(submission->profile, envelope) ||
	    sent_copy_of(submission, envelope, &err))
		return;
	observer_note(submission->observer, "warning: %s", err.text);
	/* With -v the observer prints it. */
	if (!options_role_is_sendmail(options->role) && options->verbose == 0)
		fprintf(stderr, "smtpost: warning: %s\n", err.text);
}
