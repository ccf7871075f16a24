/*
 * Finds the known name that a misspelt word was meant to be: the one that is
 * nearest by the number of letters added, dropped, replaced, or exchanged with
 * their neighbour. For the hint "did you mean ...?".
 */
#ifndef BASE_NEAREST_H
#define BASE_NEAREST_H

#include <stddef.h>

#include "base/text.h"

struct nearest {
	struct span wanted; /* borrowed */
	const char *name;   /* the nearest so far; borrowed; NULL: none */
	size_t distance;    /* its distance; without a name, the bound */
};

/* Begins a search. A name with half of its letters wrong is not near. */
struct nearest nearest_to(struct span wanted);
/* Considers one more known name; of equally near names the first is kept. */
void nearest_consider(struct nearest *nearest, const char *name);

#endif
