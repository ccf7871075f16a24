#include "rows.h"

#include "fixup/address_rewrite.h"
#include "fixup/display_name.h"

#define LINE_MAX_OCTETS 998

/* Every address gets the path "new@x.example"; those that keep it stay. */
static bool
choose_new(void *context, const struct mailbox *mailbox, struct buf *path)
{
	(void)context;
	if (strcmp(mailbox->local, "stay") == 0)
		return false;
	return buf_add_text(path, "new@x.example");
}

static bool
rewrite(const char *text, struct buf *out)
{
	struct address_list list = {0};
	struct error err = {0};
	struct address_rewrite job = {
	    .text = span_from(text), .list = &list, .choose = choose_new};
	bool has_changed;

	if (!address_list_parse(&list, span_from(text), &err))
		fail_msg("%s", err.text);
	has_changed = address_rewrite(&job, out);
	address_list_free(&list);
	return has_changed;
}

static const struct rewrite_row {
	const char *name, *in, *out; /* NULL: nothing changes */
} rows[] = {
    {"one", " a@b", " new@x.example"},
    {"one that is it already", " new@x.example", NULL},
    {"none", " ", NULL},
    {"one stays", " stay@b", NULL},
    {"blanks around dots", "a . b @ c . d", "new@x.example"},
    {"folding in the address", "a@\r\n b", "new@x.example"},
    {"a comment in the address", "a(x)@b", "new@x.example"},
    {"a comment in the address and one behind", "a(x)@b (y)",
	"new@x.example (y)"},
    {"quoted", "\"a b\"@c", "new@x.example"},
    {"literal", "a@[192.0.2.1]", "new@x.example"},
    {"brackets", "A\t<a@b> ", "A\t<new@x.example> "},
    {"blanks in brackets", "< a@b >", "< new@x.example >"},
    {"a comment behind brackets", "A <a@b> (c)", "A <new@x.example> (c)"},
    {"a comma in quotes", "\"a, b\" <a@b>, c@d",
	"\"a, b\" <new@x.example>, new@x.example"},
    {"an at in quotes", "\"a@b\" <a@b>", "\"a@b\" <new@x.example>"},
    {"the address in front without quotes", "a@b <a@b>",
	"\"a@b\" <new@x.example>"},
    {"a route", "<@r:a@b>", "<new@x.example>"},
    {"old form", "a@b (C D), stay@x (Y)", "C D <new@x.example>, stay@x (Y)"},
    {"groups", "g: a@b, stay@x ; , h:;", "g: new@x.example, stay@x ; , h:;"},
    {"null members", ", ,a@b,,", ", ,new@x.example,,"},
};

static void
test_rewrite(void **state)
{
	const struct rewrite_row *row = *state;
	struct buf out = {0};

	buf_add_text(&out, "To:");
	assert_int_equal(rewrite(row->in, &out), row->out != NULL);
	if (row->out != NULL)
		assert_string_equal(buf_text(&out) + 3, row->out);
	buf_free(&out);
}

/* Lines are folded only where they would be too long. */
static void
test_long_line(void **state)
{
	struct buf text = {0}, out = {0};
	struct address_list list = {0};
	struct error err = {0};
	size_t column = 0, folds = 0;

	(void)state;
	for (size_t i = 0; i < 200; i++)
		buf_add_text(&text, i > 0 ? ", a@b" : "a@b");
	buf_add_text(&out, "To: ");
	assert_true(rewrite(buf_text(&text), &out));
	for (size_t i = 0; i < out.len; i++) {
		column = out.data[i] == '\n' ? 0 : column + 1;
		folds += out.data[i] == '\n';
		assert_true(column <= LINE_MAX_OCTETS);
	}
	assert_true(folds > 10);
	assert_true(
	    address_list_parse(&list, span_skip(buf_span(&out), 4), &err));
	assert_int_equal(list.count, 200);
	address_list_free(&list);
	buf_free(&text);
	buf_free(&out);
}

static const struct named_row {
	const char *name, *in, *out;
} names[] = {
    {"none", "", "<a@b>"},
    {"atoms", "A B", "A B <a@b>"},
    {"specials", "A. B", "\"A. B\" <a@b>"},
    {"an encoded word", "=?utf-8?q?=C3=84?= B", "=?utf-8?q?=C3=84?= B <a@b>"},
    {"octets", "\xc3\x84", "=?UTF-8?B?w4Q=?= <a@b>"},
    {"line ends", "A\r\nBcc: x", "\"A Bcc: x\" <a@b>"},
};

static void
test_named(void **state)
{
	const struct named_row *row = *state;
	struct buf out = {0};

	display_name_add_address(&out, span_from(row->in), SPAN("a@b"));
	assert_string_equal(buf_text(&out), row->out);
	buf_free(&out);
}

int
main(void)
{
	struct rows all = {0};

	rows_add(&all, "rewrite", rows, ROWS(rows), test_rewrite);
	rows_add(&all, "named", names, ROWS(names), test_named);
	rows_add_one(&all, "a line that grows too long", test_long_line);
	return rows_end(&all);
}
