#include "message/unix_form.h"

#include "rows.h"

struct form_row {
	const char *name;
	struct span wire;
	const char *plain, *quoted; /* quoted NULL: the same */
};

static const struct form_row form_rows[] = {
    {"empty", SPAN(""), "", NULL},
    {"lines", SPAN("a\r\n\r\nb c\r\n"), "a\n\nb c\n", NULL},
    {"From", SPAN("From \r\nFrom a\r\n"), "From \nFrom a\n",
	">From \n>From a\n"},
    {"quoted From", SPAN(">From a\r\n>>From \r\n> From a\r\n"),
	">From a\n>>From \n> From a\n", ">>From a\n>>>From \n> From a\n"},
    {"parts of From",
	SPAN("F\r\nFr\r\nFro\r\nFrom\r\nFrom:\r\n\r\nFrFrom \r\n"),
	"F\nFr\nFro\nFrom\nFrom:\n\nFrFrom \n", NULL},
    {"quoted parts", SPAN(">\r\n>F\r\n>Fr>From \r\n>>>\r\nFrom x\r\n"),
	">\n>F\n>Fr>From \n>>>\nFrom x\n", ">\n>F\n>Fr>From \n>>>\n>From x\n"},
    {"not at the start", SPAN(" From a\r\nA From b\r\nfrom c\r\n"),
	" From a\nA From b\nfrom c\n", NULL},
};

/* The same for all ways to pass the octets in two pieces, and one by one. */
static void
check(struct span wire, bool is_mbox, const char *expected)
{
	for (size_t at = 0; at <= wire.len + 1; at++) {
		struct unix_form form = {.is_mbox = is_mbox};
		struct buf out = {0};

		if (at <= wire.len) {
			unix_form_add(&form, span_head(wire, at), &out);
			unix_form_add(&form, span_skip(wire, at), &out);
		}
		for (size_t i = 0; at > wire.len && i < wire.len; i++)
			unix_form_add(
			    &form, span_head(span_skip(wire, i), 1), &out);
		assert_string_equal(buf_text(&out), expected);
		buf_free(&out);
	}
}

static void
test_form(void **state)
{
	const struct form_row *row = *state;

	check(row->wire, false, row->plain);
	check(row->wire, true, row->quoted != NULL ? row->quoted : row->plain);
}

int
main(void)
{
	return rows_run("form", form_rows, ROWS(form_rows), test_form);
}
