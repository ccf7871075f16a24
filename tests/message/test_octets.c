#include "message/wire.h"
#include "message/storage.h"

#include "rows.h"

#define ROOM 9000

/* As the header says it, one octet at a time. */
static struct octet_counts
count_slowly(struct span block, char before)
{
	struct octet_counts counts = {0};

	for (size_t i = 0; i < block.len; i++) {
		unsigned char c = (unsigned char)block.at[i];
		bool starts = before == '\r' || before == '\n';

		counts.lf += c == '\n';
		counts.cr += c == '\r';
		counts.crlf += c == '\n' && before == '\r';
		counts.dots += c == '.' && starts;
		counts.has_eight_bit |= c > 127;
		counts.has_nul |= c == 0;
		before = (char)c;
	}
	return counts;
}

static void
assert_counts(struct span block, char before)
{
	struct octet_counts slow = count_slowly(block, before);
	struct octet_counts fast = wire_count(block, before, true);
	struct octet_counts few = wire_count(block, before, false);

	assert_int_equal(fast.dots, slow.dots);
	for (int i = 0; i < 2; i++, fast = few) {
		assert_int_equal(fast.lf, slow.lf);
		assert_int_equal(fast.cr, slow.cr);
		assert_int_equal(fast.crlf, slow.crlf);
		assert_int_equal(fast.has_eight_bit, slow.has_eight_bit);
		assert_int_equal(fast.has_nul, slow.has_nul);
	}
}

struct octets_row {
	const char *name;
	struct span alphabet;
};

/* What is frequent in one table makes what is rare in another. */
static const struct octets_row octets_rows[] = {
    {"nothing but LF", SPAN("\n")},
    {"nothing but CR LF", SPAN("\r\n")},
    {"dots and line ends", SPAN("\r\n.")},
    {"lines", SPAN("abcdefgh.\n")},
    {"lines with CR", SPAN("abcdefgh.\r\n\n")},
    {"eight bit", SPAN("abcdefghijklmnopqrst\377\n")},
    {"NUL", SPAN("abcdefghijklmnopqrst\0\n")},
    {"everything", SPAN("\r\n.\0a\200\177\001\013\014\016\215\212\256")},
};

static void
test_counts(void **state)
{
	static const char befores[] = "\r\n.a";
	const struct octets_row *row = *state;
	static char room[ROOM];
	uint32_t random = 1;

	for (size_t i = 0; i < ROOM; i++) {
		random = random * 1664525 + 1013904223;
		room[i] = row->alphabet.at[(random >> 16) % row->alphabet.len];
	}
	for (size_t from = 0; from < 20; from++) {
		for (size_t len = 0; len < 70; len++)
			for (int i = 0; i < 4; i++)
				assert_counts((struct span){room + from, len},
				    befores[i]);
		for (size_t len = 4000; len < 4180; len += 7)
			assert_counts((struct span){room + from, len}, ' ');
		assert_counts((struct span){room + from, ROOM - from}, ' ');
	}
}

/* One octet, wherever it is, makes another sum; so do two words swapped. */
static void
test_sum(void **state)
{
	char text[100];
	struct span block = {text, sizeof(text)};
	uint64_t before;

	(void)state;
	for (size_t i = 0; i < sizeof(text); i++)
		text[i] = (char)(i * 7);
	before = storage_sum(1, block);
	assert_true(storage_sum(1, block) == before);
	assert_false(storage_sum(2, block) == before);
	for (size_t i = 0; i < sizeof(text); i++) {
		assert_false(storage_sum(1, span_head(block, i)) == before);
		for (int bit = 1; bit < 256; bit *= 2) {
			text[i] = (char)(text[i] ^ bit);
			assert_false(storage_sum(1, block) == before);
			text[i] = (char)(text[i] ^ bit);
		}
	}
	for (size_t i = 0; i + 32 <= sizeof(text); i += 8) {
		char word[8];

		for (size_t j = i + 8; j + 8 <= sizeof(text); j += 8) {
			memcpy(word, text + i, 8);
			memcpy(text + i, text + j, 8);
			memcpy(text + j, word, 8);
			assert_false(storage_sum(1, block) == before);
			memcpy(word, text + i, 8);
			memcpy(text + i, text + j, 8);
			memcpy(text + j, word, 8);
		}
	}
	assert_true(storage_sum(1, block) == before);
}

int
main(void)
{
	struct rows all = {0};

	rows_add(&all, "counts", octets_rows, ROWS(octets_rows), test_counts);
	rows_add_one(&all, "sum", test_sum);
	return rows_end(&all);
}
