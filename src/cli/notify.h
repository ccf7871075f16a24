/*
 * notify-command: a command of the user that is told of trouble with mail in
 * the queue, once for each event and profile of a run. The facts are in its
 * environment (NOTIFY_...), never in the command line.
 */
#ifndef CLI_NOTIFY_H
#define CLI_NOTIFY_H

#include <stddef.h>

#include "spool/run.h"

/* All zero to begin with. */
struct notify {
	struct notify_event *events;
	size_t count;
};

/* Keeps an event for notify_run, if its profile has a command for it. */
void notify_add(struct notify *notify, const struct run_event *event);
/* Runs the commands, each for at most 10 seconds, and forgets the events. */
void notify_run(struct notify *notify);
void notify_free(struct notify *notify);

#endif
