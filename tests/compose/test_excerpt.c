#include "rows.h"

#include <stdlib.h>

#include "compose/excerpt.h"

#define HALF EXCERPT_HALF
#define MARK "[%zu octets are left out here, see below]\n"

/* A stream of `size` octets that never repeats within the excerpt. */
static char *
make_stream(size_t size)
{
	char *stream = malloc(size + 1);

	for (size_t i = 0; i < size; i++)
		stream[i] = (char)('A' + (i * 7 + i / 251 + i / 65521) % 58);
	stream[size] = '\0';
	return stream;
}

struct size_row {
	const char *name;
	size_t size, step; /* octets of the stream, and of each addition */
};

static const struct size_row sizes[] = {
    {"nothing", 0, 1},
    {"one octet", 1, 1},
    {"half of it", HALF, 4096},
    {"one octet more than half", HALF + 1, 4096},
    {"one octet less than all", 2 * HALF - 1, 65536},
    {"all of it", 2 * HALF, 65536},
    {"all of it at once", 2 * HALF, 2 * HALF},
    {"one octet too many", 2 * HALF + 1, 65536},
    {"one octet too many, in odd steps", 2 * HALF + 1, 12345},
    {"the ring is full twice", 3 * HALF, 65536},
    {"some more", 3 * HALF + 77, 65521},
    {"more than the ring at once", 5 * HALF + 3, 3 * HALF},
    {"very much at once", 7 * HALF + 5, 7 * HALF + 5},
    {"small steps", 2 * HALF + 999, 7},
};

static void
test_size(void **state)
{
	const struct size_row *row = *state;
	char *stream = make_stream(row->size);
	struct excerpt excerpt = {0};
	struct buf wanted, out;

	for (size_t at = 0; at < row->size; at += row->step)
		excerpt_add(&excerpt,
		    span_head(
			(struct span){stream + at, row->size - at}, row->step));
	assert_int_equal(excerpt.size, row->size);
	assert_int_equal(excerpt_ends_line(&excerpt), row->size == 0);
	buf_init(&wanted, 2 * HALF + 200);
	buf_init(&out, 2 * HALF + 200);
	if (row->size <= 2 * HALF) {
		buf_add(&wanted, stream, row->size);
	} else {
		buf_add(&wanted, stream, HALF);
		buf_add_format(&wanted, "\n" MARK, row->size - 2 * HALF);
		buf_add(&wanted, stream + row->size - HALF, HALF);
	}
	excerpt_write(&excerpt, ", see below", &out);
	assert_int_equal(out.len, wanted.len);
	assert_memory_equal(out.data, wanted.data, wanted.len);
	excerpt_add(&excerpt, SPAN("\n"));
	assert_true(excerpt_ends_line(&excerpt));
	buf_free(&out);
	buf_free(&wanted);
	excerpt_free(&excerpt);
	free(stream);
}

struct cut_row {
	const char *name;
	/* The octets around the end of the first half, and around the start of
	   the last half; the cut is behind the first `head`. */
	const char *at_first, *at_last;
	size_t head, tail;
	const char *first_end, *last_begin; /* what is left of them */
};

static const struct cut_row cuts[] = {
    {"between letters", "ab", "cd", 1, 1, "a", "d"},
    {"in two octets", "\xc3\xa4", "\xc3\xa4", 1, 1, "", ""},
    {"behind two octets", "\xc3\xa4y", "z\xc3\xa4", 2, 1, "\xc3\xa4",
	"\xc3\xa4"},
    {"in four octets", "\xf0\x9f\x98\x80", "\xf0\x9f\x98\x80", 3, 1, "", ""},
    {"in a lone octet", "\x80\x80\x80\x80\x80", "\x80\x80\x80\x80\x80", 4, 1,
	"\x80\x80\x80\x80", "\x80"},
    {"a line ends there", "a\nb", "c\nd", 2, 2, "a\n", "d"},
};

static void
test_cut(void **state)
{
	const struct cut_row *row = *state;
	size_t first = strlen(row->first_end), last = strlen(row->last_begin);
	char *stream = make_stream(3 * HALF);
	struct excerpt excerpt = {0};
	struct buf out, wanted;
	size_t kept = HALF - row->head + first;
	size_t from = 2 * HALF - row->tail + strlen(row->at_last) - last;

	memcpy(stream + HALF - row->head, row->at_first, strlen(row->at_first));
	memcpy(
	    stream + 2 * HALF - row->tail, row->at_last, strlen(row->at_last));
	excerpt_add(&excerpt, (struct span){stream, 3 * HALF});
	buf_init(&out, 2 * HALF + 200);
	buf_init(&wanted, 2 * HALF + 200);
	excerpt_write(&excerpt, "", &out);
	buf_add(&wanted, stream, kept);
	buf_add_format(&wanted, "%s[%zu octets are left out here]\n",
	    stream[kept - 1] == '\n' ? "" : "\n", from - kept);
	buf_add(&wanted, stream + from, 3 * HALF - from);
	assert_int_equal(out.len, wanted.len);
	assert_memory_equal(out.data, wanted.data, wanted.len);
	buf_free(&out);
	buf_free(&wanted);
	excerpt_free(&excerpt);
	free(stream);
}

int
main(void)
{
	struct rows all = {0};

	rows_add(&all, "size", sizes, ROWS(sizes), test_size);
	rows_add(&all, "cut", cuts, ROWS(cuts), test_cut);
	return rows_end(&all);
}
