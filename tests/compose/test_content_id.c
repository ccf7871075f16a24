#include "rows.h"

#include "compose/content_id.h"

struct id_row {
	const char *name; /* and what the HTML calls the part */
	const char *id;
};

static const struct id_row ids[] = {
    {"logo.png", "logo.png@d.example"},
    {"a-b_c.1", "a-b_c.1@d.example"},
    {"a b.png", "a_b.png-1@d.example"},
    {"\xc3\xa4.png", "__.png-1@d.example"},
    {".hidden", "_hidden-1@d.example"},
    {"a..b.", "a._b_-1@d.example"},
    {"x<>\"\r\n", "x_____-1@d.example"},
    {"own@other.example", "own@other.example"},
    {"@x", "_x-1@d.example"},
    {"x@", "x_-1@d.example"},
};

static void
test_id(void **state)
{
	const struct id_row *row = *state;
	struct content_ids list = {0};

	assert_string_equal(
	    content_id_add(&list, row->name, "d.example"), row->id);
	content_id_free(&list);
}

struct html_row {
	const char *name;
	const char *html;
	const char *rewritten; /* with @ for "@d.example" */
};

static const struct html_row htmls[] = {
    {"double quotes", "<img src=\"cid:logo.png\">",
	"<img src=\"cid:logo.png@\">"},
    {"single quotes", "<img src='cid:a b.png'>", "<img src='cid:a_b.png-2@'>"},
    {"no quotes", "<img src=cid:logo.png>", "<img src=cid:logo.png@>"},
    {"no quotes, a blank", "<img src=cid:logo.png alt=x>",
	"<img src=cid:logo.png@ alt=x>"},
    {"in any case", "\"CID:logo.png\"", "\"CID:logo.png@\""},
    {"the name's case counts", "\"cid:LOGO.png\"", "\"cid:LOGO.png\""},
    {"percent-encoding", "\"cid:%6Cogo%2epng\"", "\"cid:logo.png@\""},
    {"percent-encoded blank", "\"cid:a%20b.png\"", "\"cid:a_b.png-2@\""},
    {"a name with a percent sign", "\"cid:100%25.png\"", "\"cid:100_.png-3@\""},
    {"the same, as written", "\"cid:100%.png\"", "\"cid:100_.png-3@\""},
    {"an entity in a name", "\"cid:a&amp;b\"", "\"cid:a_b-4@\""},
    {"url() without quotes", "url(cid:logo.png)", "url(cid:logo.png@)"},
    {"url() with quotes", "url(\"cid:logo.png\")", "url(\"cid:logo.png@\")"},
    {"url() with entities", "url(&quot;cid:logo.png&quot;)",
	"url(&quot;cid:logo.png@&quot;)"},
    {"a list of URLs", "\"cid:logo.png 2x, cid:logo.png 3x\"",
	"\"cid:logo.png@ 2x, cid:logo.png@ 3x\""},
    {"a list with commas only", "\"cid:logo.png, cid:a&amp;b,x\"",
	"\"cid:logo.png@, cid:a_b-4@,x\""},
    {"an entity beside a percent sign", "\"cid:c&amp;%41\"",
	"\"cid:c__41-5@\""},
    {"a place in the file", "\"cid:logo.png#icon\"", "\"cid:logo.png@#icon\""},
    {"two", "'cid:logo.png''cid:logo.png'", "'cid:logo.png@''cid:logo.png@'"},
    {"another name", "\"cid:other\"", "\"cid:other\""},
    {"part of a word", "\"acid:logo.png\" x-cid:logo.png",
	"\"acid:logo.png\" x-cid:logo.png"},
    {"at the start", "cid:logo.png", "cid:logo.png@"},
    {"cut off", "\"cid:", "\"cid:"},
    {"a quote that is not closed", "\"cid:logo.png", "\"cid:logo.png@"},
    {"nothing", "", ""},
};

static void
test_html(void **state)
{
	const struct html_row *row = *state;
	static const char *const names[] = {
	    "logo.png", "a b.png", "100%.png", "a&b", "c&%41"};
	struct content_ids list = {0};
	struct error err = {0};
	struct buf out = {0};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		content_id_add(&list, names[i], "");
	assert_true(content_id_check(&list, &err));
	content_id_rewrite(&list, span_from(row->html), &out);
	assert_string_equal(buf_text(&out), row->rewritten);
	buf_free(&out);
	content_id_free(&list);
}

static void
refuse(const char *one, const char *other, bool is_refused)
{
	struct content_ids list = {0};
	struct error err = {0};

	content_id_add(&list, one, "d.example");
	content_id_add(&list, other, "d.example");
	assert_true(content_id_check(&list, &err) == !is_refused);
	assert_true(!is_refused || err.kind == ERROR_USAGE);
	content_id_free(&list);
}

static void
test_same(void **state)
{
	(void)state;
	refuse("a", "b", false);
	refuse("a", "a", true);
	refuse("a b", "a_b", false);
	refuse("a_b", "a b", false);
	refuse("\xc3\xa4.png", "\xc3\xb6.png", false);
	refuse("\xc3\xa4.png", "\xc3\xa4.png", true);
	refuse("a", "a@d.example", true);
}

int
main(void)
{
	struct rows all = {0};

	rows_add(&all, "id", ids, ROWS(ids), test_id);
	rows_add(&all, "HTML", htmls, ROWS(htmls), test_html);
	rows_add_one(&all, "two parts must not have one id", test_same);
	return rows_end(&all);
}
