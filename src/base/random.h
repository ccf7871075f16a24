/* Unpredictable octets from the kernel. */
#ifndef BASE_RANDOM_H
#define BASE_RANDOM_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

/* False only where the system has no source of randomness. */
bool random_octets(void *data, size_t len);
/* Adds `count` random characters of [0-9a-z]: 5 bits of entropy each. */
bool random_add_name(struct buf *buf, size_t count);

#endif
