/* CRC-32C (RFC 3720 appendix B.4): finds what a crash or a disk damaged. */
#ifndef BASE_CRC_H
#define BASE_CRC_H

#include <stddef.h>
#include <stdint.h>

/*
 * The checksum of the octets after those whose checksum is `sum`; 0 for the
 * first ones. The same on every machine and however the octets are cut.
 */
uint32_t crc_add(uint32_t sum, const void *data, size_t len);

#endif
