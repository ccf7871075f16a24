#include "rows.h"

#include "base/buf.h"
#include "compose/file_spec.h"

struct spec_row {
	const char *name;
	const char *spec;
	/* file|type|name|id; NULL: it is refused, and `why` is in the error */
	const char *shown;
	const char *why;
};

static const struct spec_row specs[] = {
    {"a file", "a.pdf", "a.pdf|||", NULL},
    {"a file in a folder", "/x y/a.pdf", "/x y/a.pdf|||", NULL},
    {"blanks at the ends", "  a b.pdf ", "a b.pdf|||", NULL},
    {"type and name", "a;type=text/csv;name=b.csv", "a|text/csv|b.csv|", NULL},
    {"in the other order", "a;name=b.csv;type=text/csv", "a|text/csv|b.csv|",
	NULL},
    {"words in any case", "a;TYPE=text/csv;Name=b", "a|text/csv|b|", NULL},
    {"blanks around the parts", "a ; type= text/csv ; name= b ",
	"a|text/csv|b|", NULL},
    {"a parameter of the type", "a;type=text/x; charset=y;name=b",
	"a|text/x; charset=y|b|", NULL},
    {"two parameters", "a;type=text/x;charset=y;z=1",
	"a|text/x; charset=y; z=1||", NULL},
    {"a parameter in quotes", "a;type=text/x; y=\"b;c\\\"\" ;name=n",
	"a|text/x; y=\"b;c\\\"\"|n|", NULL},
    {"a parameter that needs quotes", "a;type=text/x;y=b c/d;z=1",
	"a|text/x; y=\"b c/d\"; z=1||", NULL},
    {"a type with parameters in quotes",
	"a;type=\"text/x; y=1;z=\\\"2;\\\"\";name=n",
	"a|text/x; y=1; z=\"2;\"|n|", NULL},
    {"a parameter without a value", "a;type=text/x;y=", NULL, "missing"},
    {"a quote that is not closed", "a;type=text/x;y=\"b", NULL, "quotes"},
    {"a quote in a value", "a;type=text/x;y=b\"", NULL, "quotes"},
    {"text after a quote", "a;type=text/x;y=\"b\"c", NULL, "quotes"},
    {"a bad parameter in quotes", "a;type=\"text/x; y\"", NULL,
	"not of the form"},
    {"an id", "a;id=logo", "a|||logo", NULL},
    {"a quoted file", "\"a;b.txt\"", "a;b.txt|||", NULL},
    {"quotes in quotes", "\"a\\\"b\\\\c\\d\"", "a\"b\\c\\d|||", NULL},
    {"a quoted name", "a;name=\"b;c d\" ;type=x/y", "a|x/y|b;c d|", NULL},
    {"a quote inside of a name", "a\"b", "a\"b|||", NULL},
    {"quotes that are not closed", "\"a", "\"a|||", NULL},
    {"something after the quotes", "\"a\"b", "\"a\"b|||", NULL},
    {"a name that is only quotes", "\"\"", NULL, "name of the file is missing"},
    {"standard input", "-;name=b", "-||b|", NULL},
    {"a semicolon at the end", "a;", NULL, "not of the form"},
    {"nothing", "", NULL, "name of the file is missing"},
    {"no file", ";name=b", NULL, "name of the file is missing"},
    {"standard input without a name", "-", NULL, "has no name"},
    {"an unknown part", "a;b", NULL, "double quotes"},
    {"an unknown word", "a;filename=b", NULL, "double quotes"},
    {"a type twice", "a;type=x/y;type=x/y", NULL, "given twice"},
    {"an empty name", "a;name=", NULL, "value is missing"},
    {"a type of one word", "a;type=pdf", NULL, "not a type such as"},
    {"a type with a blank", "a;type=x y/z", NULL, "not a type such as"},
    {"a type that is not ASCII", "a;type=x/\xc3\xa4", NULL,
	"not a type such as"},
    {"a type with parts", "a;type=multipart/mixed", NULL, "multipart type"},
};

static void
add(struct buf *out, const char *text)
{
	buf_add_text(out, text != NULL ? text : "");
	buf_add_char(out, '|');
}

static void
test_spec(void **state)
{
	const struct spec_row *row = *state;
	struct part part = {0};
	struct error err = {0};
	struct buf shown = {0};
	bool done = file_spec_parse(&part, row->spec, "--attach", true, &err);

	assert_true(done == (row->shown != NULL));
	if (done) {
		assert_int_equal(part.source, PART_FILE);
		add(&shown, part.file);
		add(&shown, part.type);
		add(&shown, part.name);
		buf_add_text(&shown, part.id != NULL ? part.id : "");
		assert_string_equal(buf_text(&shown), row->shown);
	} else {
		assert_int_equal(err.kind, ERROR_USAGE);
		assert_non_null(strstr(err.text, row->why));
	}
	buf_free(&shown);
	part_free(&part);
}

static void
test_id_is_unknown(void **state)
{
	struct part part = {0};
	struct error err = {0};

	(void)state;
	assert_false(file_spec_parse(&part, "a;id=b", "--attach", false, &err));
	assert_non_null(strstr(err.text, "in --attach"));
	part_free(&part);
}

int
main(void)
{
	struct rows all = {0};

	rows_add(&all, "spec", specs, ROWS(specs), test_spec);
	rows_add_one(&all, "an attached file has no id", test_id_is_unknown);
	return rows_end(&all);
}
