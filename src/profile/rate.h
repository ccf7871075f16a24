/* A rate, as in the setting client-rate: a number of events in a period. */
#ifndef PROFILE_RATE_H
#define PROFILE_RATE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/text.h"

/* The number of events that struct client_count remembers of a user. */
#define RATE_MAX 10000

struct rate {
	unsigned count; /* up to RATE_MAX; 0: no limit */
	int64_t period; /* milliseconds */
};

/* Reads "100/h"; the unit is s, m, h or d. False: the text is not a rate. */
bool rate_parse(struct span text, struct rate *rate);
/* Adds the rate in the same form; nothing if there is no limit. */
void rate_add(struct buf *out, const struct rate *rate);

#endif
