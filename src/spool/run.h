/*
 * A run over a spool: what it is to do, what happens in it, and what came of
 * it; for runner.h and its parts. A run prints nothing. Its observer hears of
 * the events, and tells the log, notify-command and people.
 */
#ifndef SPOOL_RUN_H
#define SPOOL_RUN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "profile/profiles.h"
#include "smtp/submission.h"
#include "spool/folder.h"
#include "spool/schedule.h"
#include "spool/waiting.h"

enum run_event_kind {
	/* About a mail. Several can come of one attempt. */
	RUN_EVENT_TRIED,    /* an attempt ended; each recipient's outcome */
	RUN_EVENT_SENT,	    /* recipients have it */
	RUN_EVENT_DEFERRED, /* recipients are tried again */
	RUN_EVENT_FAILED,   /* recipients were refused */
	RUN_EVENT_DOUBTED,  /* a killed run may have delivered it */
	RUN_EVENT_RESENT,   /* it goes to recipients who may have it */
	RUN_EVENT_UNKNOWN,  /* it is held: it may have been delivered */
	RUN_EVENT_EXPIRED,  /* its lifetime is over */
	RUN_EVENT_DEAD,	    /* it was moved to the folder `dead` */
	RUN_EVENT_SKIPPED,  /* it could not be looked at: the text says why */
	RUN_EVENT_NO_COPY,  /* it was sent, but its copy could not be kept */
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

/* The order matters: each tries what the one before tries, and more. */
enum run_strength {
	RUN_DUE,   /* mails that are due, where the server is not put off */
	RUN_ASKS,  /* servers are asked whatever they did before */
	RUN_ALL,   /* mails are tried that are not due, too */
	RUN_FORCES /* even those that wait for a chosen time */
};

struct run {
	/* Given by the caller; all pointers are borrowed. */
	const struct folder *folder;
	const struct profiles *profiles;  /* NULL: see config_error */
	const struct error *config_error; /* why there are no profiles */
	enum run_strength strength;
	/* Which mails are looked at; NULL: all. Held ones are not tried. */
	bool (*selects)(void *context, const struct waiting *waiting);
	void *context;
	int64_t time_limit; /* milliseconds; 0: only that of the profile */
	bool is_flush; /* started by a submission: it may be the only run */
	/*
	 * Another process of the same owner may have a password that this one
	 * lacks.
	 */
	bool stands_in;
	const struct run_observer *observer;

	/* What came of it. */
	size_t left;	     /* mails that fit and still wait */
	size_t sent, failed; /* recipients */
	bool has_bad_config; /* of some profile */
	bool is_late;	     /* a mail waits for longer than queue-warn */

	/* Of the run itself. */
	int64_t started;    /* clock_now */
	int64_t clock;	    /* the spool's clock */
	bool lacks_flights; /* as in struct series */
	int error;	    /* errno of what ended the run; 0 */
	const char *failed_step;
};

/* Ends the run because of errno; for the parts of a run. */
void run_fail(struct run *runner, const char *step);
/*
 * A mail could not be taken because of errno, and is left alone. The run ends
 * where the others could not be taken either. `profile` is NULL if not known.
 */
void run_leave(
    struct run *runner, const struct profile *profile, const struct id *id);
/* Whether a run is to end now: by a signal, a failure, or its time limit. */
bool run_is_over(const struct run *runner, int64_t time_limit);
/*
 * Whether the mail is to be tried now, by its own records; `schedule` is that
 * of its profile.
 */
bool run_is_due(const struct run *runner, const struct schedule *schedule,
    const struct waiting *waiting, int64_t now);

#endif
