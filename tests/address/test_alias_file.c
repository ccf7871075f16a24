#include "rows.h"

#include "address/alias_file.h"

struct file_row {
	const char *name, *text;
	const char *entries; /* "name=targets@line;" each */
	const char *notes;   /* in them; NULL: there are none */
};

static const struct file_row files[] = {
    {"empty", "", "", NULL},
    {"one", "root: joe\n", "root=joe@1;", NULL},
    {"no end, blanks", "root  :\tjoe ", "root=joe@1;", NULL},
    {"CRLF", "a: b\r\nc: d\r\n", "a=b@1;c=d@2;", NULL},
    {"comments and empty lines", "# a: b\n\n \t\na: b\n   # c\n", "a=b@4;",
	NULL},
    {"a comment after it", "a: b # c\nd: e#f\n", "a=b@1;d=e#f@2;", NULL},
    {"a number sign in quotes", "a: \"b # c\"\n", "a=\"b # c\"@1;", NULL},
    {"continued", "a: b,\n c,\n\td\ne: f\n", "a=b, c, d@1;e=f@4;", NULL},
    {"continued after comments", "a: b,\n# x\n\n c\n", "a=b, c@1;", NULL},
    {"continued after a backslash", "a: b,\\\nc: d\n", "a=b, c: d@1;", NULL},
    {"a name in quotes", "\"a b\\\"c\" : d\n", "a b\"c=d@1;", NULL},
    {"a colon in quotes", "\"a:b\": d\n", "a:b=d@1;", NULL},
    {"sorted, case-blind", "b: 1\nA: 2\nc: 3\n", "A=2@2;b=1@1;c=3@3;", NULL},
    {"the first counts", "a: 1\nA: 2\na: 3\n", "a=1@1;", NULL},
    {"no targets", "a:\n", "a=@1;", NULL},
    {"no colon", "a: b\njoe\nc: d\n", "a=b@1;c=d@3;", "file line 2 "},
    {"no name", ": b\n\"\": c\n\"x: d\n", "", "file line 3 "},
};

static void
test_file(void **state)
{
	const struct file_row *row = *state;
	struct alias_file file = {0};
	struct buf told = {0};

	alias_file_parse(&file, "file", span_from(row->text));
	for (size_t i = 0; i < file.count; i++)
		buf_add_format(&told, "%s=%s@%zu;", file.entries[i].name,
		    file.entries[i].targets, file.entries[i].line);
	assert_string_equal(buf_text(&told), row->entries);
	if (row->notes == NULL)
		assert_int_equal(file.notes.len, 0);
	else
		assert_non_null(strstr(buf_text(&file.notes), row->notes));
	buf_free(&told);
	alias_file_free(&file);
}

static void
test_find(void **state)
{
	struct alias_file file = {0};
	struct buf text = {0};
	char name[16];

	(void)state;
	for (int i = 0; i < 500; i++)
		buf_add_format(&text, "Name%d: %d\n", i, i);
	alias_file_parse(&file, "file", buf_span(&text));
	for (int i = 0; i < 500; i++) {
		const struct alias_entry *entry;

		snprintf(name, sizeof(name), "nAME%d", i);
		entry = alias_file_find(&file, span_from(name));
		assert_non_null(entry);
		assert_int_equal(atoi(entry->targets), i);
	}
	assert_null(alias_file_find(&file, SPAN("name")));
	assert_null(alias_file_find(&file, SPAN("name500")));
	assert_null(alias_file_find(&file, SPAN("")));
	buf_free(&text);
	alias_file_free(&file);
}

struct target_row {
	const char *name, *text;
	const char *targets; /* a letter for the kind, value, ";" */
};

static const struct target_row targets[] = {
    {"none", " , ,", ""},
    {"addresses", "a, b@c ,d", "A a;A b@c;A d;"},
    {"commas that do not separate", "\"a, b\" <c@d>, e (f, g), <@h,@i:j@k>",
	"A \"a, b\" <c@d>;A e (f, g);A <@h,@i:j@k>;"},
    {"a quoted comma after a backslash", "\"a\\\", b\"@c, d",
	"A \"a\\\", b\"@c;A d;"},
    {"final", "\\joe, joe", "= joe;A joe;"},
    {"command", "|/bin/x, \"|y z, \\\"w\\\"\", a",
	"| |/bin/x;| |y z, \"w\";A a;"},
    {"file", "/dev/null,\"/var/a b\"", "/ /dev/null;/ /var/a b;"},
    {"a quoted local part with a slash", "\"/x\"@y", "A \"/x\"@y;"},
    {"include", ":include:/a, :INCLUDE: /b c, \":include:/d, e\"",
	"I /a;I /b c;I /d, e;"},
    {"include with quotes after it", ":include:\"/a, b\"", "I /a, b;"},
    {"other directives", ":fail: no, :blackhole:",
	": :fail: no;"
	": :blackhole:;"},
    {"quotes not closed", "\"a, b", "A \"a, b;"},
};

static void
test_targets(void **state)
{
	static const char letters[] = "A=I|/:";
	const struct target_row *row = *state;
	struct span rest = span_from(row->text);
	struct alias_target target = {0};
	struct buf told = {0};

	while (alias_file_next_target(&rest, &target)) {
		buf_add_format(&told, "%c ", letters[target.kind]);
		buf_add_span(&told, buf_span(&target.value));
		buf_add_char(&told, ';');
	}
	alias_file_target_free(&target);
	assert_string_equal(buf_text(&told), row->targets);
	buf_free(&told);
}

static void
test_lines(void **state)
{
	struct span rest =
	    SPAN("# x\na@b\r\n\n  c, d # y\n\t:include:/e\nlast");
	struct span line;
	struct buf told = {0};

	(void)state;
	while (alias_file_next_line(&rest, &line)) {
		buf_add_span(&told, line);
		buf_add_char(&told, ';');
	}
	assert_string_equal(buf_text(&told), "a@b;c, d;:include:/e;last;");
	buf_free(&told);
}

int
main(void)
{
	struct rows all = {0};

	rows_add(&all, "file", files, ROWS(files), test_file);
	rows_add(&all, "targets", targets, ROWS(targets), test_targets);
	rows_add_one(&all, "find among many", test_find);
	rows_add_one(&all, "lines of an included list", test_lines);
	return rows_end(&all);
}
