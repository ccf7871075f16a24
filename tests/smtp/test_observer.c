#include "rows.h"

#include "base/buf.h"
#include "smtp/observer.h"

struct seen {
	enum observed what;
	struct buf text;
	unsigned calls;
};

static void
see(void *context, enum observed what, struct span text)
{
	struct seen *seen = context;

	seen->what = what;
	seen->calls++;
	buf_clear(&seen->text);
	buf_add_span(&seen->text, text);
}

static void
test_see(void **state)
{
	struct seen seen = {0};
	const struct observer observer = {.see = see, .context = &seen};

	(void)state;
	observer_show(&observer, OBSERVED_REPLY, SPAN("250 a\0b"));
	assert_int_equal(seen.what, OBSERVED_REPLY);
	assert_int_equal(seen.text.len, 7);
	observer_note(&observer, "%s %d%%", "half", 50);
	assert_int_equal(seen.what, OBSERVED_NOTE);
	assert_string_equal(buf_text(&seen.text), "half 50%");
	assert_int_equal(seen.calls, 2);
	buf_free(&seen.text);
}

static void
test_nobody(void **state)
{
	(void)state;
	observer_show(NULL, OBSERVED_COMMAND, SPAN("QUIT"));
	observer_note(NULL, "%s", "nobody hears");
}

struct length_row {
	const char *name;
	int len;
	size_t seen; /* octets; fewer: the end is "..." */
};

static const struct length_row lengths[] = {
    {"what fits", 1000, 1000},
    {"just what fits", 1023, 1023},
    {"one more", 1024, 1023},
    {"much more", 5000, 1023},
};

static void
test_length(void **state)
{
	const struct length_row *row = *state;
	struct seen seen = {0};
	const struct observer observer = {.see = see, .context = &seen};

	observer_note(&observer, "%*s", row->len, "x");
	assert_int_equal(seen.text.len, row->seen);
	assert_string_equal(buf_text(&seen.text) + row->seen - 3,
	    (int)row->seen < row->len ? "..." : "  x");
	buf_free(&seen.text);
}

int
main(void)
{
	struct rows all = {0};

	rows_add_one(&all, "lines and notes", test_see);
	rows_add_one(&all, "nobody", test_nobody);
	rows_add(&all, "note of", lengths, ROWS(lengths), test_length);
	return rows_end(&all);
}
