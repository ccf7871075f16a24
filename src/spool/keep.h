/*
 * Keeps in the spool what a submission has not delivered: makes a mail of the
 * recipients that can be tried again, with the records of the first attempt.
 */
#ifndef SPOOL_KEEP_H
#define SPOOL_KEEP_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/error.h"
#include "envelope/envelope.h"
#include "message/message.h"
#include "message/plan.h"
#include "profile/profile.h"

/* All pointers are borrowed. */
struct keep {
	const struct profile *profile;
	const char *config; /* of --config, an absolute path; NULL: none */
	const struct message *message;
	const struct plan *plan;
	const struct server *server; /* the last one tried; NULL: none */
	bool was_tried;		     /* the outcomes are those of an attempt */
	int64_t not_before;	     /* seconds since 1970; 0: at once */
	bool is_unfiltered; /* the run that sends it runs filter-command */
	bool wants_copy;    /* the run that sends it makes a sent copy */
	bool wakes;	    /* a path unit is to run the queue now */
	uid_t uid;	    /* who handed it over; (uid_t)-1: not known */
};

/*
 * Whether there is a spool that would take a small mail now, or could be made.
 * Makes nothing; of *keep only profile and uid are used. False with a temporary
 * error.
 */
bool keep_is_possible(const struct keep *keep, struct error *err);
/*
 * Whether the spool would take a mail of about so many octets now; of *keep
 * only profile and uid are used. False with a temporary error.
 */
bool keep_check(const struct keep *keep, uint64_t size, struct error *err);

/*
 * Puts into the spool the recipients that are unsettled, delayed or in doubt.
 * Those in doubt are held in a mail of their own if the profile says `in-doubt
 * = hold`. A recipient is marked as kept once it is on disk. False with a
 * temporary error: the others are not in the spool.
 */
bool keep_recipients(
    const struct keep *keep, struct envelope *envelope, struct error *err);

/*
 * The server of the profile has just taken a mail: runs of the queue need not
 * leave it alone any longer.
 */
void keep_note_recovery(const struct profile *profile);

#endif
