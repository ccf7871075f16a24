/*
 * The log of setting `log`: one record a recipient and the warnings, for
 * whoever looks after the machine. It is opened only when something is
 * written. Whatever goes wrong with it is a note of the trace and changes no
 * result; a log daemon that hangs is not waited for.
 */
#ifndef CLI_LOG_H
#define CLI_LOG_H

#include <sys/types.h>

#include "base/error.h"
#include "cli/options.h"
#include "envelope/envelope.h"
#include "fixup/fixup.h"
#include "profile/profile.h"
#include "smtp/dialogue.h"
#include "smtp/submission.h"

/* Keeps the warnings that an observer sees, for the log. */
struct log_watch {
	struct observer observer;
	const struct observer *next; /* borrowed; NULL: nobody */
	struct buf warnings;	     /* a line each; what is too many is lost */
};

/* What was dropped of the options. */
void log_note_options(
    const struct options *options, const struct observer *observer);
/* The observer to give to the engine: it hands everything on to `next`. */
const struct observer *log_watch_init(
    struct log_watch *watch, const struct observer *next);
/* Writes what was kept, and forgets it. */
void log_warnings(
    const struct profile *profile, struct log_watch *watch, uid_t uid);
void log_watch_free(struct log_watch *watch);

/* When every recipient is settled. The uid is that of whoever submitted. */
void log_submission(const struct profile *profile,
    const struct envelope *envelope, const struct submission *submission,
    const struct plan *plan, uid_t uid);
/* What ended the work before the wire, once a profile was chosen. */
void log_error(
    const struct profile *profile, const struct error *err, uid_t uid);

#endif
