/*
 * One mail of a batch while it is sent: its shipment, and the lines about it in
 * the state file.
 */
#ifndef CLI_PARCEL_H
#define CLI_PARCEL_H

#include <stdbool.h>
#include <stddef.h>

#include "cli/manifest.h"
#include "cli/shipment.h"
#include "cli/state_file.h"

struct parcel {
	size_t index; /* of the mail in its source */
	struct shipment shipment;
	struct mail_source_mail mail;
	bool was_open;	 /* some recipient was to be tried */
	bool is_at_once; /* it went into the queue without an attempt */

	/* For parcel.c only: */
	struct state_file *file; /* NULL: no states are written */
	struct state_key key;
	struct journal journal;
	/* By recipient: the state now, and the last one in the file. */
	unsigned char *states, *recorded;
	/* Direct delivery: the part that has sessions, as the journal's. */
	struct envelope *part;
	const size_t *members;
	size_t noted; /* what is before this recipient is in the file */
};

/*
 * Prepares the mail once more. Recipients that earlier runs settled get their
 * outcome. NULL if it cannot be read any more, with err and with the name of
 * the mail in *name, which the caller frees.
 */
struct parcel *parcel_make(struct manifest *manifest, size_t index,
    struct state_file *file, const struct observer *observer, char **name,
    struct error *err);
void parcel_free(struct parcel *parcel);
/*
 * Called before the mail is put into the queue: notes that the open recipients,
 * and the deferred ones, are in doubt. False if that could not be written.
 */
bool parcel_note_doubt(struct parcel *parcel);
/* Notes all outcomes. False if that could not be written. */
bool parcel_note_outcomes(struct parcel *parcel);
/* Defers the open recipients, which were not tried, for this reason. */
void parcel_leave(struct parcel *parcel, const char *why);
/* Whether a server or the queue has taken the mail for some recipient. */
bool parcel_is_taken(const struct parcel *parcel);

#endif
