#include "rows.h"

#include "compose/file_type.h"

/* The second one is of a folder that counts less. */
static const char first[] = "# a comment\n"
			    "50:text/x-low:*.abc\n"
			    "80:text/x-high:*.abc\n"
			    "50:text/x-short:*.gz2\n"
			    "50:text/x-long:*.tar.gz2\n"
			    "50:text/x-any:*.c\n"
			    "50:text/x-cs:*.C:cs\n"
			    "50:text/x-cs2:*.Q:cs\n"
			    "50:text/x-whole:makefile\n"
			    "50:text/x-set:*.[0-9][!a-z]x\n"
			    "50:text/x-open:*.[ab\n"
			    "50:text/x-one:readme.?\n"
			    "50:text/x-stars:a*b*c\n"
			    "50:text/x-first:*.both\n"
			    "50:text/x-dropped:__NOGLOBS__\n"
			    "50:text/x y:*.bad1\n"
			    "50:text:*.bad2\n"
			    "50:multipart/mixed:*.bad3\n"
			    "x:text/x-bad:*.bad4\n"
			    "50:text/x-crlf:*.crlf\r\n"
			    "50:text/x-cut:*.cut";
static const char second[] = "50:text/x-second:*.both\n"
			     "50:text/x-dropped:*.dropped\n"
			     "90:text/x-own:*.own\n";

struct type_row {
	const char *name;
	const char *type; /* "": none fits */
};

static const struct type_row rows[] = {
    {"f.abc", "text/x-high"},
    {"f.ABC", "text/x-high"},
    {"f.tar.gz2", "text/x-long"},
    {"f.gz2", "text/x-short"},
    {"f.c", "text/x-any"},
    {"f.C", "text/x-cs"},
    {"f.Q", "text/x-cs2"},
    {"f.q", ""},
    {"Makefile", "text/x-whole"},
    {"makefile.x", ""},
    {"f.5Zx", "text/x-set"},
    {"f.5ax", ""},
    {"f.a5x", ""},
    {"f.[ab", "text/x-open"},
    {"readme.1", "text/x-one"},
    {"readme.", ""},
    {"readme.12", ""},
    {"axxbxxc", "text/x-stars"},
    {"abc", "text/x-stars"},
    {"abcd", ""},
    {"acb", ""},
    {"f.both", "text/x-first"},
    {"f.dropped", ""},
    {"f.own", "text/x-own"},
    {"f.bad1", ""},
    {"f.bad2", ""},
    {"f.bad3", ""},
    {"f.bad4", ""},
    {"f.crlf", "text/x-crlf"},
    {"f.cut", "text/x-cut"},
    {"", ""},
};

static void
fill(struct file_types *types)
{
	*types = (struct file_types){.count = 2, .is_read = true};
	buf_add_text(&types->globs[0], first);
	buf_add_text(&types->globs[1], second);
}

static void
test_globs(void **state)
{
	const struct type_row *row = *state;
	struct file_types types;
	struct span found;

	fill(&types);
	found = file_type_find(&types, span_from(row->name));
	assert_true(span_equal(found, span_from(row->type)));
	file_type_free(&types);
}

static const struct type_row suffixes[] = {
    {"f.pdf", "application/pdf"},
    {"f.PDF", "application/pdf"},
    {"f.tar.gz", "application/gzip"},
    {"f.eml", "message/rfc822"},
    {"f.csv", "text/csv"},
    {".pdf", "application/octet-stream"},
    {"pdf", "application/octet-stream"},
    {"f.", "application/octet-stream"},
    {"", "application/octet-stream"},
};

/* Without globs the short table answers. */
static void
test_suffix(void **state)
{
	const struct type_row *row = *state;
	struct file_types types = {.is_read = true};
	struct buf found = {0};

	file_type_add(&types, span_from(row->name), &found);
	assert_string_equal(buf_text(&found), row->type);
	buf_free(&found);
	file_type_free(&types);
}

/* Globs of many stars take no more time than others. */
static void
test_stars(void **state)
{
	struct file_types types = {.count = 1, .is_read = true};
	char name[255];

	(void)state;
	buf_add_text(&types.globs[0], "50:text/x:");
	for (size_t i = 0; i < 100; i++)
		buf_add_text(&types.globs[0], "*a");
	buf_add_text(&types.globs[0], "b\n");
	memset(name, 'a', sizeof(name));
	assert_int_equal(
	    file_type_find(&types, (struct span){name, sizeof(name)}).len, 0);
	file_type_free(&types);
}

int
main(void)
{
	struct rows all = {0};

	rows_add(&all, "globs", rows, ROWS(rows), test_globs);
	rows_add(&all, "suffix", suffixes, ROWS(suffixes), test_suffix);
	rows_add_one(&all, "many stars", test_stars);
	return rows_end(&all);
}
