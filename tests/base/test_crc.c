#include "rows.h"

#include "base/crc.h"

struct sum_row {
	const char *name;
	const char *octets;
	size_t len;
	uint32_t sum;
};

static const char zeros[32];

/* RFC 3720 appendix B.4, and the usual check value. */
static const struct sum_row sums[] = {
    {"nothing", "", 0, 0},
    {"nine digits", "123456789", 9, 0xe3069283},
    {"32 zeros", zeros, 32, 0x8a9136aa},
    {"32 ones",
	"\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"
	"\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff",
	32, 0x62a8ab43},
};

static void
test_sum(void **state)
{
	const struct sum_row *row = *state;

	assert_int_equal(crc_add(0, row->octets, row->len), row->sum);
	for (size_t cut = 0; cut <= row->len; cut++)
		assert_int_equal(crc_add(crc_add(0, row->octets, cut),
				     row->octets + cut, row->len - cut),
		    row->sum);
}

int
main(void)
{
	return rows_run("checksum", sums, ROWS(sums), test_sum);
}
