/*
 * The log of the setting `log`, for the administrator of the machine: one
 * record for each recipient, and the warnings. It is opened only when there is
 * a record to write. A failure becomes a note for the observer and changes no
 * result; a hanging daemon delays the program by a few seconds at most.
 */
#ifndef CLI_LOG_H
#define CLI_LOG_H

#include <sys/types.h>

#include "cli/options.h"
#include "smtp/observer.h"
#include "smtp/submission.h"

/* An observer that keeps the warnings for the log. */
struct log_watch {
	struct observer observer;
	const struct observer *next; /* borrowed; NULL: none */
	struct buf warnings;	     /* a line each; bounded, see buf.h */
};

/* Notes which options of a caller of sendmail were ignored. */
void log_note_options(
    const struct options *options, const struct observer *observer);
/*
 * The observer to give to the submission. It also passes everything on to
 * `next`. It is part of the watch, which must outlive it.
 */
const struct observer *log_watch_init(
    struct log_watch *watch, const struct observer *next);
/*
 * Logs the warnings that were kept, and drops them. If there were too many to
 * keep, a last record says so.
 */
void log_warnings(
    const struct profile *profile, struct log_watch *watch, uid_t uid);
void log_watch_free(struct log_watch *watch);

/*
 * Logs every recipient, once all are settled; uid is that of the submitter, and
 * queue_id the mail in the queue that was tried (NULL: it is the first attempt,
 * and the envelope says what was kept).
 */
void log_submission(const struct profile *profile,
    const struct envelope *envelope, const struct submission *submission,
    const struct plan *plan, uid_t uid, const char *queue_id);
/* Logs an error that came before the first connection. */
void log_error(
    const struct profile *profile, const struct error *err, uid_t uid);

#endif
