/*
 * What happens in a run of the queue, for the log, for notify-command and for
 * people. A run prints nothing itself.
 */
#ifndef SPOOL_RUN_EVENT_H
#define SPOOL_RUN_EVENT_H

#include "profile/profile.h"
#include "smtp/observer.h"
#include "smtp/submission.h"
#include "spool/waiting.h"

enum run_event_kind {
	/* About a mail. Several can come of one attempt. */
	RUN_EVENT_TRIED,    /* an attempt ended; each recipient's outcome */
	RUN_EVENT_SENT,	    /* recipients have it */
	RUN_EVENT_DEFERRED, /* recipients are tried again */
	RUN_EVENT_FAILED,   /* recipients were refused */
	RUN_EVENT_DOUBTED,  /* a killed run may have delivered it */
	RUN_EVENT_UNKNOWN,  /* it is held: it may have been delivered */
	RUN_EVENT_EXPIRED,  /* its lifetime is over */
	RUN_EVENT_DEAD,	    /* it was moved to the folder `dead` */
	RUN_EVENT_SKIPPED,  /* it could not be looked at: the text says why */
	/* About a profile, once a run. */
	RUN_EVENT_PROFILE, /* there is none, or its configuration is broken */
	RUN_EVENT_SERVER,  /* no server can be used */
	RUN_EVENT_TLS,	   /* the same, because of TLS */
	RUN_EVENT_LOGIN,   /* no login */
};

/* All of it is borrowed. NULL: there is none. */
struct run_event {
	enum run_event_kind kind;
	const char *profile_name;
	const struct profile *profile;
	const struct waiting *waiting; /* the mail */
	size_t count;		       /* of recipients that it is about; 0 */
	const char *text;	       /* what the server, or smtpost, said */
	/* Of RUN_EVENT_TRIED: */
	const struct envelope *envelope; /* who was tried, and the outcomes */
	const struct submission *submission;
	const struct plan *plan;
};

struct run_observer {
	void (*see)(void *context, const struct run_event *event);
	void *context;			 /* borrowed */
	const struct observer *dialogue; /* of the sessions; NULL: none */
};

/* The observer may be NULL: then nothing is done. */
void run_event_show(
    const struct run_observer *observer, const struct run_event *event);

#endif
