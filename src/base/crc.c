/*
 * CRC-32C by a table with one entry for each octet. The table is computed at
 * the first call, so no column of 256 numbers has to be believed.
 */
#include "base/crc.h"

#define POLYNOMIAL 0x82f63b78U /* of CRC-32C, its lowest bit first */

static uint32_t table[256];

static void
make_table(void)
{
	for (uint32_t octet = 0; octet < 256; octet++) {
		uint32_t sum = octet;

		for (int bit = 0; bit < 8; bit++)
			sum = sum & 1 ? sum >> 1 ^ POLYNOMIAL : sum >> 1;
		table[octet] = sum;
	}
}

uint32_t
crc_add(uint32_t sum, const void *data, size_t len)
{
	const unsigned char *at = data;

	if (table[1] == 0)
		make_table();
	sum = ~sum;
	for (size_t i = 0; i < len; i++)
		sum = table[(sum ^ at[i]) & 0xff] ^ sum >> 8;
	return ~sum;
}
