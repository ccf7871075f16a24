/*
 * What a block of octets holds, counted in one pass at the speed of memory:
 * the facts of a message and the way to the wire are drawn from it. A sum over
 * blocks tells whether they are the same once more. Knows nothing of lines.
 */
#ifndef MAIL_OCTETS_H
#define MAIL_OCTETS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/text.h"

struct octet_counts {
	size_t lf, cr;
	size_t crlf; /* LF behind CR */
	size_t dots; /* behind CR or LF; where they are wanted */
	bool has_eight_bit, has_nul;
};

/* `before` is the octet in front of the block. */
struct octet_counts octets_count(
    struct span block, char before, bool wants_dots);
/*
 * *found is where the octet comes next, from `at` on, or the block's length.
 * Searched again only when the last one found lies behind, so that a block
 * without it is searched once; `at` is 0 at the first call.
 */
void octets_find_again(
    struct span block, char octet, size_t at, size_t *found);
/* Joins a block to the sum over all blocks before it. */
uint64_t octets_sum(uint64_t sum, struct span block);

#endif
