/*
 * What the settings of the queue say: which mail is kept, where, how much of
 * it, and how long it is tried. All times are in milliseconds.
 */
#ifndef PROFILE_QUEUE_POLICY_H
#define PROFILE_QUEUE_POLICY_H

#include <stdbool.h>
#include <stdint.h>

/* The order in an enum is that of its words in the settings table. */
enum queue_use {
	QUEUE_UNSET, /* see queue_policy_use */
	QUEUE_NEVER,
	QUEUE_ON_TEMPFAIL,
	QUEUE_ALWAYS,
};

enum in_doubt { IN_DOUBT_RETRY, IN_DOUBT_HOLD };

/* The pauses between the attempts to send a mail. */
struct queue_pauses {
	int64_t first, longest;
};

/* What a spool may hold; neither is 0. */
struct queue_limit {
	uint64_t mails, octets;
};

struct queue_policy {
	enum queue_use use;
	char *dir; /* NULL: the place that belongs to the user; owned */
	int64_t lifetime;
	struct queue_pauses retry;
	int64_t warn; /* the age that makes a run fail; 0: none does */
	bool flush;
	int64_t run_time;
	struct queue_limit limit;
	enum in_doubt in_doubt;
	bool notifications;
	char *notify_command; /* NULL: none; owned */
};

/*
 * Which mail is kept; never QUEUE_UNSET. `caller_retries` says that the caller
 * looks at the exit status and tries again: so it is as smtpost, unless the
 * mail is of --run, --at or --delay, but not as sendmail or in the service.
 */
enum queue_use queue_policy_use(
    const struct queue_policy *policy, bool caller_retries);
void queue_policy_free(struct queue_policy *policy);

#endif
