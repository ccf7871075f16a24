/*
 * Decides whether the mail of a submission may wait in the queue, and puts
 * there what the server has not taken.
 */
#ifndef CLI_QUEUE_ADD_H
#define CLI_QUEUE_ADD_H

#include <stdbool.h>
#include <stdint.h>

#include "cli/notify.h"
#include "cli/options.h"
#include "cli/outgoing.h"
#include "smtp/submission.h"

struct queue_add {
	const struct options *options;	 /* borrowed */
	struct outgoing *outgoing;	 /* borrowed */
	struct submission *submission;	 /* borrowed */
	const struct observer *observer; /* borrowed; may be NULL */
	enum queue_use use;		 /* what the settings and options ask */
	struct buf why_not;   /* why it cannot be done; empty: it can */
	struct error failure; /* ERROR_NONE, or why the mail is not kept */
};

/*
 * Decides by the profile and the options, without a system call. The caller has
 * set the other pointers, and calls queue_add_free.
 */
void queue_add_init(struct queue_add *queue);
/*
 * False with ERROR_USAGE: the mail is to wait for a time, and the queue cannot
 * keep it.
 */
bool queue_add_check(struct queue_add *queue, struct error *err);
/* Whether the mail is to wait without an attempt, if the queue can keep it. */
bool queue_add_waits(const struct queue_add *queue);
/* The secret is from a terminal, which a later run does not have. */
void queue_add_note_prompt(struct queue_add *queue);
/*
 * If the mail is to wait without an attempt: puts it into the queue and settles
 * all open recipients. False: it is to be sent now.
 */
bool queue_add_at_once(struct queue_add *queue);
/* After an attempt: puts what is deferred or in doubt into the queue. */
void queue_add_rest(struct queue_add *queue);
void queue_add_free(struct queue_add *queue);

/*
 * Adds the reason why no later run could send the mail of this call; nothing if
 * one could.
 */
void queue_add_find_obstacle(struct buf *why, const struct profile *profile,
    const struct options *options);
/* Notes that the mail is not kept in the queue, and the first line of why. */
void queue_add_note_obstacle(const struct observer *observer, const char *why);
/*
 * Adds what notify-command is told of recipients that wait or are held. The
 * caller runs it (notify_run) after the report.
 */
void queue_add_notify(struct notify *notify, const struct profile *profile,
    const struct envelope *envelope);

/* The absolute path of --config; NULL: none. Caller frees. */
char *queue_add_config_path(const struct options *options);

#endif
