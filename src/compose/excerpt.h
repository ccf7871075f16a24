/*
 * The beginning and the end of a stream of any length, in constant memory. The
 * mail of --run shows the output of the command so.
 */
#ifndef COMPOSE_EXCERPT_H
#define COMPOSE_EXCERPT_H

#include <stdint.h>

#include "base/buf.h"

/* Octets kept of the beginning, and as many of the end. */
#define EXCERPT_HALF ((size_t)128 * 1024)

/* All zero to begin with. */
struct excerpt {
	struct buf first; /* the beginning */
	char *last; /* EXCERPT_HALF octets in a ring; owned; NULL: not needed */
	uint64_t size; /* octets of the whole stream */
};

void excerpt_add(struct excerpt *excerpt, struct span data);
void excerpt_free(struct excerpt *excerpt);
/* Whether the stream is empty, or its last octet ends a line. */
bool excerpt_ends_line(const struct excerpt *excerpt);
/*
 * Adds what was kept to `out`. If octets are left out, a line between the two
 * parts says how many, and ends in `note`; no UTF-8 character is cut in two.
 */
void excerpt_write(
    const struct excerpt *excerpt, const char *note, struct buf *out);

#endif
