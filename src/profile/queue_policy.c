/*
 * What is not set is decided here. A program that calls sendmail never tries
 * again, so its mail is kept; a person who calls smtpost reads the status.
 */
#include "profile/queue_policy.h"

#include <stdlib.h>

enum queue_use
queue_policy_use(const struct queue_policy *policy, bool caller_retries)
{
	if (policy->use != QUEUE_UNSET)
		return policy->use;
	return caller_retries ? QUEUE_NEVER : QUEUE_ON_TEMPFAIL;
}

void
queue_policy_free(struct queue_policy *policy)
{
	free(policy->dir);
	free(policy->notify_command);
	*policy = (struct queue_policy){0};
}
