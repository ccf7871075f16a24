/*
 * The descriptors of a child: those of its parent would keep locks, pipes and
 * sockets of the parent in use, and some may not be for the child to read.
 */
#ifndef BASE_DESCRIPTORS_H
#define BASE_DESCRIPTORS_H

#include <stdbool.h>

/*
 * Closes all descriptors but `kept` (above 2; -1: none), and opens /dev/null
 * as the standard streams. False with errno where that cannot be done.
 */
bool descriptors_leave(int kept);
/* Closes all descriptors from `first` on. */
void descriptors_close_from(int first);

#endif
