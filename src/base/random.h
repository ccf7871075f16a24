/* Unpredictable octets from the kernel: for nonces, Message-IDs and draws. */
#ifndef BASE_RANDOM_H
#define BASE_RANDOM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

/* False if the system has no source of random octets. */
bool random_octets(void *data, size_t len);
/*
 * Draws a number below `count`, which is not 0; each is equally likely. False
 * if the system has no source of random octets.
 */
bool random_number(uint32_t count, uint32_t *number);
/*
 * Adds `count` random characters from a set of 32 digits and small letters, 5
 * bits each. False if the system has no source of random octets, or the buf is
 * full.
 */
bool random_add_name(struct buf *buf, size_t count);

#endif
