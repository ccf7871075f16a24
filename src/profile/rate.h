/*
 * A rate, as in the setting client-rate: so many of something in a while.
 */
#ifndef PROFILE_RATE_H
#define PROFILE_RATE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/text.h"

/* What struct client_count can remember of a user. */
#define RATE_MAX 10000

struct rate {
	unsigned count; /* up to RATE_MAX; 0: no limit */
	int64_t period; /* milliseconds */
};

/* "100/h"; the unit is s, m, h or d. False: it is no rate. */
bool rate_parse(struct span text, struct rate *rate);
/* Adds the same form; nothing where there is no limit. */
void rate_add(struct buf *out, const struct rate *rate);

#endif
