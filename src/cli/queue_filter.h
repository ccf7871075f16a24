/*
 * What a call of --queue-run or -q asks for: how hard it tries, and which mails
 * it is about. mailq chooses mails by -q, too.
 */
#ifndef CLI_QUEUE_FILTER_H
#define CLI_QUEUE_FILTER_H

#include "cli/options.h"
#include "cli/queue_select.h"
#include "spool/run.h"

struct queue_filter {
	enum run_strength strength;
	struct queue_select select; /* --queue-run ID ... */
	/* -qI, -qR, -qS: a part of the ID, of a recipient, of the sender. */
	char letter;	    /* 0: none */
	struct span part;   /* borrowed */
	bool is_negated;    /* -q!I and so on: all others */
	bool finds_nothing; /* -qL, -qQ: lost and quarantined mail */
};

/* False with ERROR_USAGE; freed in any case. */
bool queue_filter_make(struct queue_filter *filter,
    const struct options *options, struct error *err);
void queue_filter_free(struct queue_filter *filter);
/* Whether it fits every mail. */
bool queue_filter_is_empty(const struct queue_filter *filter);
/* Whether the mail fits; `context` is a struct queue_filter. */
bool queue_filter_fits(void *context, const struct waiting *waiting);

#endif
