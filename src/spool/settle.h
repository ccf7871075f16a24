/*
 * What becomes of a mail after its records: it is finished, reported, held,
 * buried or left waiting. Everything is decided from what the records say, so
 * that a run takes up whatever a killed one left.
 */
#ifndef SPOOL_SETTLE_H
#define SPOOL_SETTLE_H

#include <stdbool.h>
#include <stdint.h>

#include "spool/claim.h"
#include "spool/run.h"
#include "spool/tell.h"

/* All pointers are borrowed, but for tell.made. */
struct settle {
	struct tell tell; /* the facts, for notifications and for the rest */
	const char *profile_name;
	const struct run_observer *observer;
	/* In this run the mail, or its server, was tried without success. */
	bool was_tried;
	bool is_unsure; /* an attempt has just ended in doubt */
	bool lacks_dsn; /* the server has the mail, and does not offer DSN */
};

enum settle_result {
	SETTLE_FINISHED, /* the mail is gone */
	SETTLE_WAITS,	 /* it can be tried, now or later */
	SETTLE_HELD,
	SETTLE_BUSY,   /* another process or mail is in the way */
	SETTLE_DEAD,   /* it was moved to `dead` */
	SETTLE_FAILED, /* errno: a record is not on disk */
};

/*
 * A process ended between the end of the content and its outcome: the open
 * recipients are in doubt from then on. False with errno.
 */
bool settle_interrupted(const struct settle *settle, struct claim *claim);
/* Whether settle_mail has something to do, even if no server can be asked. */
bool settle_is_needed(const struct waiting *waiting);
/* Does all that can be done about the mail without a server. */
enum settle_result settle_mail(struct settle *settle, struct claim *claim);
/* Moves the mail to `dead`; `why` is for its record and for people. */
enum settle_result settle_bury(
    const struct settle *settle, struct claim *claim, const char *why);
/*
 * The same for a mail whose files are damaged; but what was left of a
 * notification stays, since it is made anew.
 */
enum settle_result settle_damaged(
    const struct settle *settle, struct claim *claim);

#endif
