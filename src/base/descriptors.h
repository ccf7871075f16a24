/*
 * The descriptors of a child that is forked and calls no exec: those of its
 * parent would keep locks, pipes and sockets of the parent in use.
 */
#ifndef BASE_DESCRIPTORS_H
#define BASE_DESCRIPTORS_H

#include <stdbool.h>

/*
 * Closes all descriptors but `kept` (above 2; -1: none), and opens /dev/null
 * as the standard streams. False with errno where that cannot be done.
 */
bool descriptors_leave(int kept);

#endif
