/*
 * Which mails of the queue a call is about: those whose IDs are its operands
 * and which fit every --where KEY=VALUE. Without IDs all mails are looked at.
 */
#ifndef CLI_QUEUE_SELECT_H
#define CLI_QUEUE_SELECT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "cli/options.h"
#include "spool/listing.h"

struct queue_condition {
	enum {
		CONDITION_SENDER,
		CONDITION_RECIPIENT,
		CONDITION_OLDER,
		CONDITION_STATE,
	} kind;
	struct span glob; /* borrowed from argv */
	int64_t seconds;
	enum listing_state state;
};

struct queue_select {
	struct id *ids; /* owned; none of them twice */
	bool *found;	/* owned, parallel: set for each mail that is there */
	size_t id_count;
	size_t matches; /* how many mails were found in all */
	struct queue_condition *conditions; /* owned */
	size_t condition_count;
};

/*
 * Reads operands and conditions. False with ERROR_USAGE, also if there are
 * neither and is_needed is set. Freed in any case.
 */
bool queue_select_make(struct queue_select *select,
    const struct options *options, bool is_needed, struct error *err);
void queue_select_free(struct queue_select *select);
/*
 * The place that notes that this ID was found; NULL: it is not among the IDs.
 */
bool *queue_select_find(const struct queue_select *select, const struct id *id);
/* The error that no mail has this ID, or (NULL) that none fits. */
void queue_select_set_missing(
    const struct queue_select *select, const char *id, struct error *err);
/* Whether a mail fits all conditions; `now` is in seconds since 1970. */
bool queue_select_fits(const struct queue_select *select,
    const struct listing *listing, int64_t now);
/* Whether a condition names this state. */
bool queue_select_names_state(
    const struct queue_select *select, enum listing_state state);

#endif
