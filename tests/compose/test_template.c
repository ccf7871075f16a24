#include "rows.h"

#include "compose/template.h"

static const char *const names[] = {
    "name", "mail", "First Name", "n\xc3\xa4me"};
static const struct table_columns columns = {names, 4};

#define S(literal)                           \
	{                                    \
		literal, sizeof(literal) - 1 \
	}

static const struct span cells[] = {
    S("A & <B> \"C\" 'D'"),
    S("{{name}}"),
    S("x\r\ny"),
    S(""),
};

struct fill_row {
	const char *name;
	enum template_form form;
	const char *text;
	const char *filled;
	size_t cells;
};

static const struct fill_row fills[] = {
    {"no placeholder", TEMPLATE_TEXT, "a { b } }} c", "a { b } }} c", 0},
    {"empty", TEMPLATE_TEXT, "", "", 0},
    {"one", TEMPLATE_TEXT, "{{name}}", "A & <B> \"C\" 'D'", 1},
    {"in text", TEMPLATE_TEXT, "-{{name}}-", "-A & <B> \"C\" 'D'-", 1},
    {"blanks", TEMPLATE_TEXT, "{{ \t mail }}", "{{name}}", 1},
    {"a name of two words", TEMPLATE_TEXT, "<{{ First Name }}>", "<x\r\ny>", 1},
    {"an empty cell", TEMPLATE_TEXT, "<{{n\xc3\xa4me}}>", "<>", 1},
    {"a cell is never expanded", TEMPLATE_TEXT, "{{mail}}{{mail}}",
	"{{name}}{{name}}", 2},
    {"three braces in text", TEMPLATE_TEXT, "{{{name}}}", "A & <B> \"C\" 'D'",
	1},
    {"HTML is escaped", TEMPLATE_HTML, "<p>{{name}}</p>",
	"<p>A &amp; &lt;B&gt; &quot;C&quot; &#39;D&#39;</p>", 1},
    {"three braces in HTML", TEMPLATE_HTML, "<p>{{{ name }}}</p>",
	"<p>A & <B> \"C\" 'D'</p>", 1},
    {"literal braces", TEMPLATE_TEXT, "a {{\"{{\"}}name}} b", "a {{name}} b",
	0},
    {"a brace in front", TEMPLATE_TEXT, "{ {{mail}}", "{ {{name}}", 1},
    {"a brace behind", TEMPLATE_TEXT, "{{mail}}}", "{{name}}}", 1},
    {"a brace at the end", TEMPLATE_TEXT, "a{", "a{", 0},
    {"single braces", TEMPLATE_HTML, "<style>a{b:{c}}</style>",
	"<style>a{b:{c}}</style>", 0},
};

static void
test_fill(void **state)
{
	const struct fill_row *row = *state;
	struct table_row given = {.number = 1, .line = 2, .cells = cells};
	struct template template;
	struct error err = {0};
	struct buf out = {0};

	if (!template_parse(&template, span_from(row->text), row->form,
		&columns, "--body", &err))
		fail_msg("%s", err.text);
	assert_int_equal(template.cells, row->cells);
	assert_true(template_fill(&template, &given, &out));
	assert_string_equal(buf_text(&out), row->filled);
	buf_free(&out);
	template_free(&template);
}

struct fault_row {
	const char *name;
	const char *text;
	const char *error;
};

#define BRACES "\nhint: to write two braces that are text, use {{\"{{\"}}"

static const struct fault_row faults[] = {
    {"unknown", "{{nmae}}",
	"--body: the table has no column \"nmae\"\n"
	"hint: did you mean {{name}}?"},
    {"unknown, in another line", "a\nb\n{{x}}",
	"--body, line 3: the table has no column \"x\"\n"
	"hint: its columns are name, mail, First Name, n\xc3\xa4me"},
    {"not closed", "a {{name",
	"--body: a placeholder is not closed by }}, at '{{name'" BRACES},
    {"not closed in its line", "{{name\n}}",
	"--body, line 1: a placeholder is not closed by }}, at "
	"'{{name\\x0a}}'" BRACES},
    {"two braces at the end", "a{{",
	"--body: a placeholder is not closed by }}, at '{{'" BRACES},
    {"closed by one brace", "{{name} }",
	"--body: a placeholder is not closed by }}, at '{{name} }'" BRACES},
    {"three, closed by two", "{{{name}} }",
	"--body: a placeholder is not closed by }}}, at "
	"'{{{name}} }'" BRACES},
    {"four braces", "{{{{name}}}}",
	"--body: a placeholder is not closed by }}}, at "
	"'{{{{name}}}}'" BRACES},
    {"no name", "{{}}",
	"--body: a placeholder names no column, at '{{}}'" BRACES},
    {"blanks for a name", "{{  }}",
	"--body: a placeholder names no column, at '{{  }}'" BRACES},
};

static void
test_fault(void **state)
{
	const struct fault_row *row = *state;
	struct template template;
	struct error err = {0};

	assert_false(template_parse(&template, span_from(row->text),
	    TEMPLATE_TEXT, &columns, "--body", &err));
	assert_int_equal(err.kind, ERROR_DATA);
	assert_string_equal(err.text, row->error);
	template_free(&template);
}

static void
test_one_line(void **state)
{
	struct table_row given = {.number = 1, .line = 2, .cells = cells};
	struct template template;
	struct error err = {0};
	size_t column = 9;

	(void)state;
	assert_true(template_parse(&template, SPAN("a\n{{name}}"),
	    TEMPLATE_TEXT, &columns, "--body", &err));
	assert_true(template_is_one_line(&template, &given, &column, &err));
	template_free(&template);
	assert_true(template_parse(&template, SPAN("{{name}}{{First Name}}"),
	    TEMPLATE_TEXT, &columns, "--body", &err));
	assert_false(template_is_one_line(&template, &given, &column, &err));
	assert_int_equal(column, 2);
	assert_int_equal(err.kind, ERROR_DATA);
	template_free(&template);
}

struct line_row {
	const char *name;
	struct span cell;
	const char *filled; /* NULL: refused */
};

static const struct line_row lines[] = {
    {"plain", S("a"), "<a>"},
    {"UTF-8 stays", S("\xc3\xa4"), "<\xc3\xa4>"},
    {"an encoded word is encoded", S("=?utf-8?q?a?="),
	"=?UTF-8?B?PD0/dXRmLTg/cT9hPz0+?="},
    {"LF", S("a\nb"), NULL},
    {"CR", S("a\rb"), NULL},
};

static void
test_line(void **state)
{
	const struct line_row *row = *state;
	struct span line_cells[] = {row->cell, S(""), S(""), S("")};
	struct table_row given = {.number = 1, .line = 2, .cells = line_cells};
	struct template template;
	struct error err = {0};
	struct buf out = {0};
	size_t column;

	assert_true(template_parse(&template, SPAN("<{{name}}>"), TEMPLATE_TEXT,
	    &columns, "--subject", &err));
	assert_int_equal(
	    template_fill_line(&template, &given, &out, &column, &err),
	    row->filled != NULL);
	if (row->filled != NULL)
		assert_string_equal(buf_text(&out), row->filled);
	template_free(&template);
	buf_free(&out);
}

static void
test_full(void **state)
{
	struct table_row given = {.number = 1, .line = 2, .cells = cells};
	struct template template;
	struct error err = {0};
	struct buf out;

	(void)state;
	buf_init(&out, 10);
	assert_true(template_parse(&template, SPAN("{{mail}}{{mail}}"),
	    TEMPLATE_TEXT, &columns, "--body", &err));
	assert_false(template_fill(&template, &given, &out));
	template_free(&template);
	buf_free(&out);
}

int
main(void)
{
	struct rows all = {0};

	rows_add(&all, "fill", fills, ROWS(fills), test_fill);
	rows_add(&all, "fault", faults, ROWS(faults), test_fault);
	rows_add(&all, "line", lines, ROWS(lines), test_line);
	rows_add_one(&all, "line breaks", test_one_line);
	rows_add_one(&all, "no more room", test_full);
	return rows_end(&all);
}
