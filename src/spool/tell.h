/*
 * Tells the sender of a mail what became of it: makes a notification
 * (notification.h) and puts it into the spool, exactly once through any crash.
 */
#ifndef SPOOL_TELL_H
#define SPOOL_TELL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "spool/claim.h"
#include "spool/notification.h"
#include "spool/runner_settings.h"

/* What is known about the mail and its server; borrowed, but for `made`. */
struct tell {
	const struct folder *folder;
	const struct profile *profile; /* NULL: not known */
	const struct runner_settings *settings;
	const struct server *server;   /* the last one tried; NULL: none */
	const struct outcome *trouble; /* of the server; NULL: none */
	bool offers_utf8;	       /* the server takes SMTPUTF8 */
	int64_t now;		       /* seconds since 1970 */
	int64_t clock;		       /* the spool's */

	char host[256]; /* for tell.c */

	/* Out: the notifications that were made; freed by the caller. */
	struct id *made;
	size_t made_count;
};

enum tell_result {
	TELL_DONE,	/* it is in the spool, and the mail's records say so */
	TELL_NOBODY,	/* there is nothing to tell */
	TELL_FORBIDDEN, /* of a failure, but no notification may be made */
	TELL_BUSY,	/* another process has the file of that name */
	TELL_LATER,	/* errno: it could not be made */
};

/*
 * Tells of the event, or ends what a killed process began. A notification that
 * was made is added to tell->made.
 */
enum tell_result tell_sender(
    struct tell *tell, struct claim *claim, enum notification_event event);
/*
 * Whether a notification may be sent. It must wait until the records of the
 * mail that it is about say that it is made; otherwise a second one could be
 * made.
 */
bool tell_may_be_sent(
    const struct folder *folder, const struct waiting *notification);

#endif
