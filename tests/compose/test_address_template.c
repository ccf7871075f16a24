#include "rows.h"

#include "compose/address_template.h"

static const char *const names[] = {"name", "mail", "First Name", "user",
    "domain", "empty", "lines", "two", "named", "bare", "word"};
static const struct table_columns columns = {
    names, sizeof(names) / sizeof(names[0])};

#define S(literal)                           \
	{                                    \
		literal, sizeof(literal) - 1 \
	}

static const struct span cells[] = {
    S("Doe, \"John\" <evil@x>"),
    S(" john@example.org "),
    S("J\xc3\xbcrgen"),
    S("evil@x"),
    S("example.net"),
    S(""),
    S("a\r\nBcc: evil@x"),
    S("a@x, b@y"),
    S("Evil <evil@x>"),
    S("john"),
    S("=?utf-8?q?evil?="),
};

struct fill_row {
	const char *name;
	const char *text;
	const char *filled;
};

static const struct fill_row fills[] = {
    {"no placeholder", "Ann <ann@x>, Team: bob@x, carl;",
	"Ann <ann@x>, Team: bob@x, carl;"},
    {"an address alone", "{{mail}}", "john@example.org"},
    {"blanks in the placeholder", "{{ mail }}", "john@example.org"},
    {"three braces", "{{{mail}}}", "john@example.org"},
    {"name and address", "{{name}} <{{mail}}>",
	"\"Doe, \\\"John\\\" <evil@x>\" <john@example.org>"},
    {"a name in quotes", "\"{{name}}\" <{{mail}}>",
	"\"Doe, \\\"John\\\" <evil@x>\" <john@example.org>"},
    {"a name in words", "Dr. {{First Name}} X. <me@x>",
	"=?UTF-8?B?RHIuIErDvHJnZW4gWC4=?= <me@x>"},
    {"an empty name", "{{empty}} <{{mail}}>", "john@example.org"},
    {"a name like an encoded word", "{{word}} <{{mail}}>",
	"=?UTF-8?B?PT91dGYtOD9xP2V2aWw/PQ==?= <john@example.org>"},
    {"a part of an address", "{{bare}}@example.org, x@{{domain}}",
	"john@example.org, x@example.net"},
    {"two parts of an address", "<{{bare}}@{{domain}}>", "<john@example.net>"},
    {"a list", "Ann <ann@x>, {{mail}}, carl@x,\t{{bare}}@x",
	"Ann <ann@x>, john@example.org, carl@x,\tjohn@x"},
    {"a group", "Team: {{mail}}, ann@x;", "Team: john@example.org, ann@x;"},
    {"a comment is a name", "{{mail}} ({{First Name}})",
	"=?UTF-8?B?SsO8cmdlbg==?= <john@example.org>"},
    {"literal braces", "{{\"{{\"}}name}} <{{mail}}>",
	"{{name}} <john@example.org>"},
    {"a comment elsewhere", "ann@x (Ann), {{mail}}",
	"ann@x (Ann), john@example.org"},
};

static const struct table_row given = {.number = 1, .line = 2, .cells = cells};

static void
test_fill(void **state)
{
	const struct fill_row *row = *state;
	struct address_template template;
	struct error err = {0};
	struct buf out = {0};
	size_t column;

	if (!address_template_parse(
		&template, span_from(row->text), &columns, "--to", &err) ||
	    !address_template_fill(&template, &given, &out, &column, &err))
		fail_msg("%s", err.text);
	assert_string_equal(buf_text(&out), row->filled);
	buf_free(&out);
	address_template_free(&template);
}

struct refuse_row {
	const char *name;
	const char *text;
	const char *column; /* NULL: the template itself is refused */
	const char *error;
};

static const struct refuse_row refuses[] = {
    {"an empty address", "{{name}} <{{empty}}>", "empty",
	"the address is empty"},
    {"an empty part", "{{bare}}@{{empty}}", "empty", "the address is empty"},
    {"two addresses", "{{two}}", "two",
	"cannot read the address 'a@x, b@y': only one address is allowed here, "
	"not a list, at ', b@y'"},
    {"a name in the address", "{{named}}", "named",
	"'Evil <evil@x>' is not one address of the form LOCAL@DOMAIN"},
    {"a name in the angle brackets", "X <{{named}}>", "named",
	"'Evil <evil@x>' is not one address of the form LOCAL@DOMAIN"},
    {"no domain", "{{bare}}", "bare",
	"'john' is not one address of the form LOCAL@DOMAIN"},
    {"an address in the local part", "{{user}}@example.org", "user",
	"cannot read the address 'evil@x@example.org': a comma is missing, at "
	"'@example.org'"},
    {"line breaks in an address", "{{lines}}", "lines",
	"a cell must not have a line break where it is used in a header "
	"field or a file name"},
    {"line breaks in a name", "{{lines}} <{{mail}}>", "lines",
	"a cell must not have a line break where it is used in a header field "
	"or a file name"},
    {"an unknown column", "{{nmae}}", NULL,
	"--to: the table has no column \"nmae\"\nhint: did you mean {{name}}?"},
    {"not a list", "{{First Name}} <{{mail}}", NULL,
	"--to: cannot read the address '{{First_Name}} <{{mail}}': the '>' "
	"after the address is missing, at the end"},
    {"a comment", "X ({{name}}) <me@x>", NULL,
	"--to: a placeholder is in neither a name nor an address, in "
	"'X ({{name}}) <me@x>'"},
    {"the name of a group", "{{name}}: me@x;", NULL,
	"--to: a placeholder is in neither a name nor an address, in "
	"'{{name}}: me@x;'"},
};

static void
test_refuse(void **state)
{
	const struct refuse_row *row = *state;
	struct address_template template;
	struct error err = {0};
	struct buf out = {0};
	size_t column = SIZE_MAX;
	bool parsed = address_template_parse(
	    &template, span_from(row->text), &columns, "--to", &err);

	if (row->column != NULL) {
		if (!parsed)
			fail_msg("%s", err.text);
		assert_false(address_template_fill(
		    &template, &given, &out, &column, &err));
		assert_true(column < columns.count);
		assert_string_equal(columns.names[column], row->column);
	} else {
		assert_false(parsed);
	}
	assert_int_equal(err.kind, ERROR_DATA);
	assert_string_equal(err.text, row->error);
	buf_free(&out);
	address_template_free(&template);
}

int
main(void)
{
	struct rows all = {0};

	rows_add(&all, "fill", fills, ROWS(fills), test_fill);
	rows_add(&all, "refuse", refuses, ROWS(refuses), test_refuse);
	return rows_end(&all);
}
