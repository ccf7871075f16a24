/*
 * A mail of the queue as it is shown: read without its lock, so that no runner
 * passes it over, and without writing anything. It may change at any moment.
 */
#ifndef SPOOL_LISTING_H
#define SPOOL_LISTING_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "spool/envelope_file.h"

enum listing_state {
	LISTING_WAITING,
	LISTING_SENDING, /* a process on this host is trying it */
	LISTING_HELD,
	LISTING_DEAD, /* it lies in the folder `dead` */
};

struct listing {
	struct id id;
	enum listing_state state;
	enum envelope_file file;
	int error; /* errno of ENVELOPE_FILE_FAILED */
	int64_t arrived;
	uint64_t size;		/* octets of the content */
	struct waiting waiting; /* all zero unless it is whole */
	struct buf text;	/* the octets of ID.env */
	char *why_dead; /* why it was put aside; NULL: it was not; owned */
};

/*
 * Reads a mail of the folder `mail`, or of `dead`. False: it is not there any
 * more, or nothing is left to do for it. *listing is all-zero before the first
 * mail, and can be used again for the next one.
 */
bool listing_read(struct listing *listing, const struct folder *folder,
    bool is_dead, const struct id *id);
void listing_free(struct listing *listing);
/* "waiting", "sending", "held" or "dead". */
const char *listing_state_name(enum listing_state state);
bool listing_read_state_name(struct span name, enum listing_state *state);
/* Why it cannot be read; NULL where it can. */
const char *listing_fault_text(const struct listing *listing);
/* Whether a recipient waits: it neither has the mail nor was it refused. */
bool listing_is_open(const struct recipient *recipient);
/* How many recipients wait. */
size_t listing_count_open(const struct listing *listing);
/* Whether the mail may have arrived although nobody knows. */
bool listing_is_in_doubt(const struct listing *listing);

#endif
