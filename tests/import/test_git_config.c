#include "rows.h"

#include "base/buf.h"
#include "import/git_config.h"

/* What git 2.39 makes of the texts: git config --list. */
struct text_row {
	const char *name, *text;
	const char
	    *expected; /* "SECTION.SUBSECTION.NAME=VALUE;...", or "!LINE" */
};

static const struct text_row texts[] = {
    {"nothing", "", ""},
    {"a variable", "[a]\nb = c\n", "a..b=c;"},
    {"without a line end", "[a]\nb = c", "a..b=c;"},
    {"names in small letters", "[Ab-1]\nCd-2=E\n", "ab-1..cd-2=E;"},
    {"in the line of the section", "[a]b=c\n", "a..b=c;"},
    {"no value", "[a]\nb\nc =\nd", "a..b;a..c=;a..d;"},
    {"blanks", "  [a]  \n\tb \t=  c  d  \t\n", "a..b=c  d;"},
    {"a tab is a blank", "[a]\nb=c\td\n", "a..b=c d;"},
    {"a subsection", "[a \"B c\"]\nd=e\n", "a.B c.d=e;"},
    {"quotes in a subsection", "[a \"\\\"\\\\\\x]\"]\nd=e\n", "a.\"\\x].d=e;"},
    {"the old form", "[a.B.c]\nd=e\n", "a.b.c.d=e;"},
    {"comments", "# x\n[a] ; y\nb = c # d\ne = f;g\n", "a..b=c;a..e=f;"},
    {"quotes", "[a]\nb = \" c # \" d\"e;\"\n", "a..b= c #  de;;"},
    {"escapes", "[a]\nb = \\\"\\\\\\t\\n\n", "a..b=\"\\\t\n;"},
    {"a line that goes on", "[a]\nb = c \\\n  d\n", "a..b=c   d;"},
    {"a line that goes on in quotes", "[a]\nb = \"c\\\nd\"\n", "a..b=cd;"},
    {"a comment does not go on", "[a]\nb = c # \\\nd = e\n", "a..b=c;a..d=e;"},
    {"CR LF", "[a]\r\nb = c\r\n", "a..b=c;"},
    {"a byte order mark", "\xef\xbb\xbf[a]\nb=c\n", "a..b=c;"},
    {"8-bit text", "[a \"\xc3\xa4\"]\nb = \xff\n", "a.\xc3\xa4.b=\xff;"},
    {"before any section", "a = b\n", "..a=b;"},
    {"a section without an end", "[a\n", "!1"},
    {"nor here", "[a", "!1"},
    {"a subsection without quotes", "[a b]\n", "!1"},
    {"one without an end", "[a \"b\n\"]\n", "!1"},
    {"text after it", "[a \"b\" ]\n", "!1"},
    {"no name", "[]\n", "!1"},
    {"a name that begins with a digit", "[a]\n1=2\n", "!2"},
    {"no =", "[a]\nb c\n", "!2"},
    {"an unknown escape", "[a]\n\nb = \\x\n", "!3"},
    {"a quote without an end", "[a]\nb = \"c\n", "!2"},
    {"nor at the end", "[a]\nb = \"c", "!2"},
    {"an escape at the end", "[a]\nb = c\\", "a..b=c;"},
};

static void
add(void *data, const struct git_variable *variable)
{
	struct buf *out = data;

	buf_add_span(out, variable->section);
	buf_add_char(out, '.');
	buf_add_span(out, variable->subsection);
	buf_add_char(out, '.');
	buf_add_span(out, variable->name);
	assert_true(span_equal_nocase(variable->name, variable->spelling));
	if (variable->has_value)
		buf_add_char(out, '=');
	buf_add_span(out, variable->value);
	buf_add_char(out, ';');
}

static void
test_text(void **state)
{
	const struct text_row *row = *state;
	struct buf out = {0};
	struct error err;

	if (!git_config_read(span_from(row->text), add, &out, &err)) {
		assert_int_equal(err.kind, ERROR_DATA);
		buf_clear(&out);
		buf_add_format(&out, "!%s", strrchr(err.text, ' ') + 1);
	}
	assert_string_equal(buf_text(&out), row->expected);
	buf_free(&out);
}

int
main(void)
{
	return rows_run("text", texts, ROWS(texts), test_text);
}
