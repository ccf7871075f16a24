/*
 * A client of the service does not look at exit statuses and may never try
 * again, so its mail waits here where nothing else is set. The client gets no
 * success before the mail is on disk.
 */
#include "serve/service_queue.h"

#include <stdlib.h>

#include "cli/queue_add.h"
#include "spool/keep.h"

void
service_queue_init(struct service_queue *queue)
{
	queue->use = queue_policy_use(&queue->profile->queue, false);
	if (queue->use != QUEUE_NEVER)
		queue_add_find_obstacle(
		    &queue->why_not, queue->profile, queue->options);
}

void
service_queue_free(struct service_queue *queue)
{
	buf_free(&queue->why_not);
}

bool
service_queue_is_always(const struct service_queue *queue)
{
	return queue->use == QUEUE_ALWAYS && queue->why_not.len == 0;
}

bool
service_queue_may_take(
    struct service_queue *queue, uint64_t size, struct error *err)
{
	const struct keep keep = {
	    .profile = queue->profile, .uid = queue->user};

	if (queue->use == QUEUE_NEVER)
		return false;
	if (queue->why_not.len > 0) {
		queue_add_note_obstacle(
		    queue->observer, buf_text(&queue->why_not));
		return false;
	}
	return keep_check(&keep, size, err);
}

bool
service_queue_add(struct service_queue *queue, struct transfer *transfer,
    const struct letter *letter, const struct server *upstream,
    struct error *err)
{
	char *config = queue_add_config_path(queue->options);
	const struct keep keep = {
	    .profile = queue->profile,
	    .config = config,
	    .message = letter->message,
	    .plan = letter->plan,
	    .server = upstream,
	    .is_unfiltered = queue->profile->filter_command != NULL &&
		!transfer->is_filtered,
	    .was_tried = queue->use != QUEUE_ALWAYS,
	    .wakes = queue->use == QUEUE_ALWAYS,
	    .uid = queue->user,
	};
	bool done = keep_recipients(&keep, &transfer->envelope, err);

	queue->is_up = false;
	free(config);
	return done;
}

void
service_queue_note_recovery(
    struct service_queue *queue, const struct envelope *envelope)
{
	bool is_taken = false;

	if (queue->is_up || queue->use == QUEUE_NEVER || queue->why_not.len > 0)
		return;
	for (size_t i = 0; i < envelope->count && !is_taken; i++)
		is_taken =
		    envelope->recipients[i].outcome.action == ACTION_RELAYED;
	if (is_taken)
		keep_note_recovery(queue->profile);
	queue->is_up = is_taken;
}
