/*
 * Hears the events of a run: writes the log, shows the dialogue (-v), and
 * gathers what notify-command is told.
 */
#ifndef CLI_QUEUE_WATCH_H
#define CLI_QUEUE_WATCH_H

#include "cli/log.h"
#include "cli/notify.h"
#include "cli/trace.h"
#include "spool/run.h"

struct queue_watch {
	struct run_observer observer; /* for the run */
	struct trace trace;
	struct log_watch warnings;
	unsigned verbose;
	struct notify notify;
};

/* `verbose`: how often -v was given. */
void queue_watch_begin(struct queue_watch *watch, unsigned verbose);
/* A run has ended: tells notify-command. */
void queue_watch_end(struct queue_watch *watch);
void queue_watch_free(struct queue_watch *watch);

#endif
