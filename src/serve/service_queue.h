/*
 * The queue of the service: whether mail of a profile may wait in it, and the
 * way of that mail into the spool of the user who runs the service.
 */
#ifndef SERVE_SERVICE_QUEUE_H
#define SERVE_SERVICE_QUEUE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "cli/options.h"
#include "serve/relay.h"

/* The queue as one profile uses it, for the mail of one client. */
struct service_queue {
	const struct profile *profile;	 /* borrowed */
	const struct options *options;	 /* borrowed */
	const struct observer *observer; /* borrowed; may be NULL */
	uid_t user;			 /* the client, or LOG_NO_USER */
	enum queue_use use;		 /* what the settings ask for */
	struct buf why_not; /* why it cannot be done; empty: it can */
	bool is_up;	    /* runs of the queue know that the server is */
};

/* Decides without any system call; the other fields are set. */
void service_queue_init(struct service_queue *queue);
void service_queue_free(struct service_queue *queue);
/* Whether all mail waits without an attempt (queue = always). */
bool service_queue_is_always(const struct service_queue *queue);
/*
 * Whether mail of about so many octets may wait. False without an error: it may
 * not; with a temporary error: the spool cannot take it now.
 */
bool service_queue_may_take(
    struct service_queue *queue, uint64_t size, struct error *err);
/*
 * Puts the recipients that are delayed or in doubt into the spool and marks
 * them. False with a temporary error: those that are not marked are not there.
 */
bool service_queue_add(struct service_queue *queue, struct transfer *transfer,
    const struct letter *letter, const struct server *upstream,
    struct error *err);
/*
 * After a mail: if the server took it, runs of the queue need not leave the
 * server alone any longer.
 */
void service_queue_note_recovery(
    struct service_queue *queue, const struct envelope *envelope);

#endif
