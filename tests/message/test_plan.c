#include "message/plan.h"

#include "rows.h"

static bool
ends_in(struct buf *text, const char *end)
{
	size_t len = strlen(end);

	return text->len >= len &&
	    strcmp(buf_text(text) + text->len - len, end) == 0;
}

/*
 * A sentence that is cut ends in "...", and a list of notes that is not
 * complete says so.
 */
static void
test_notes(void **state)
{
	struct plan plan = {0};
	struct span name =
	    SPAN("X-Name-of-a-field-that-is-longer-than-what-can-"
		 "be-shown-of-one-in-a-sentence");
	size_t len;

	(void)state;
	plan_note(&plan, "%0500d", 1);
	assert_true(ends_in(&plan.notes, "000...\n"));
	plan_note_field(&plan, name, "dropped");
	assert_true(ends_in(&plan.notes, "...: dropped\n"));
	while (!ends_in(
	    &plan.notes, "\nmore notes of this kind are not listed\n")) {
		plan_note(&plan, "%s", "again");
		assert_true(plan.notes.len < BUF_DEFAULT_MAX);
	}
	assert_false(plan.notes.full);
	len = plan.notes.len;
	plan_note(&plan, "%s", "again");
	assert_int_equal(plan.notes.len, len);
	plan_free(&plan);
}

int
main(void)
{
	struct rows all = {0};

	rows_add_one(&all, "notes", test_notes);
	return rows_end(&all);
}
