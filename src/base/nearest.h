/*
 * Which of the known names was meant: the nearest one by the number of
 * letters added, dropped, replaced, or exchanged with their neighbour.
 */
#ifndef BASE_NEAREST_H
#define BASE_NEAREST_H

#include <stddef.h>

#include "base/text.h"

struct nearest {
	struct span wanted; /* borrowed */
	const char *name;   /* borrowed: the nearest so far; NULL: none */
	size_t distance;    /* one more than what would still be near */
};

/* With half of a name wrong another one was meant: "on" is not "no". */
struct nearest nearest_to(struct span wanted);
/* Looks at one more known name; the first of several equally near stays. */
void nearest_consider(struct nearest *nearest, const char *name);

#endif
