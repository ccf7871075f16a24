#include "rows.h"

#include "tls/sha256.h"

struct row {
	const char *name, *data, *mark;
};

/* The first two are those of FIPS 180-4's examples. */
static const struct row rows[] = {
    {"abc", "abc", "ba7816bf8f01cfea"},
    {"two blocks", "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
	"248d6a61d20638b8"},
    {"empty", "", "e3b0c44298fc1c14"},
};

static void
test_mark(void **state)
{
	const struct row *row = *state;
	struct buf mark = {0};

	assert_true(sha256_add_mark(&mark, span_from(row->data)));
	assert_string_equal(buf_text(&mark), row->mark);
	buf_free(&mark);
}

int
main(void)
{
	return rows_run("mark", rows, ROWS(rows), test_mark);
}
