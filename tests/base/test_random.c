#include "rows.h"

#include "base/random.h"

struct octets_row {
	const char *name;
	size_t len;
};

/* One call of getentropy returns at most 256 octets. */
static const struct octets_row octet_counts[] = {
    {"none", 0},
    {"one", 1},
    {"one call's worth", 256},
    {"more than one call's", 257},
    {"many", 100000},
};

static void
test_octets(void **state)
{
	const struct octets_row *row = *state;
	unsigned char *octets = malloc(row->len + 1);
	size_t counts[256] = {0};

	assert_non_null(octets);
	octets[row->len] = 0x5a;
	assert_true(random_octets(octets, row->len));
	assert_int_equal(octets[row->len], 0x5a);
	for (size_t i = 0; i < row->len; i++)
		counts[octets[i]]++;
	/* 390 expected; 20 standard deviations are some 395. */
	for (size_t i = 0; row->len >= 100000 && i < 256; i++)
		if (counts[i] == 0 || counts[i] > 790)
			fail_msg("octet %zu came %zu times", i, counts[i]);
	free(octets);
}

struct number_row {
	const char *name;
	uint32_t count;
};

static const struct number_row numbers[] = {
    {"of one", 1},
    {"of two", 2},
    {"of seven", 7},
    {"of a hundred", 100},
    {"of more than half of all", UINT32_C(0x80000001)},
    {"of all but one", UINT32_MAX},
};

/* Each of few numbers comes; of many, half are in the lower half. */
static void
test_number(void **state)
{
	const struct number_row *row = *state;
	size_t counts[100] = {0}, low = 0;

	for (int i = 0; i < 10000; i++) {
		uint32_t number = UINT32_MAX;

		assert_true(random_number(row->count, &number));
		assert_true(number < row->count);
		if (number < 100)
			counts[number]++;
		low += number < row->count / 2;
	}
	for (size_t i = 0; i < row->count && row->count <= 100; i++)
		assert_true(counts[i] > 0);
	/* Ten standard deviations on both sides of a half */
	if (row->count >= 100)
		assert_in_range(low, 4500, 5500);
}

static const struct octets_row name_lengths[] = {
    {"none", 0},
    {"one", 1},
    {"twenty", 20},
    {"one block", 64},
    {"over a block", 65},
    {"many", 1000},
};

static void
test_name(void **state)
{
	const struct octets_row *row = *state;
	struct buf first = {0}, second = {0};

	assert_true(random_add_name(&first, row->len));
	assert_true(random_add_name(&second, row->len));
	assert_int_equal(first.len, row->len);
	assert_int_equal(
	    strspn(buf_text(&first), "0123456789abcdefghijklmnopqrstuvwxyz"),
	    row->len);
	if (row->len >= 20)
		assert_false(span_equal(buf_span(&first), buf_span(&second)));
	buf_free(&first);
	buf_free(&second);
}

static void
test_name_full(void **state)
{
	struct buf buf;

	(void)state;
	buf_init(&buf, 10);
	assert_false(random_add_name(&buf, 11));
	buf_free(&buf);
}

int
main(void)
{
	struct rows all = {0};

	rows_add(&all, "octets", octet_counts, ROWS(octet_counts), test_octets);
	rows_add(&all, "number", numbers, ROWS(numbers), test_number);
	rows_add(&all, "name", name_lengths, ROWS(name_lengths), test_name);
	rows_add_one(&all, "a full buf is reported", test_name_full);
	return rows_end(&all);
}
