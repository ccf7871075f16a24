#include "import/translated.h"

struct set_row {
	const char *name, *setting, *value;
	const char *expected; /* the text; all settings come from "key" */
};

static const struct set_row sets[] = {
    {"a value", "user", "me", "# key\nuser = me\n"},
    {"blanks and a dollar sign", "user", " a$b ", "# key\nuser = \" a$$b \"\n"},
    {"quotes and backslashes", "user", "\"a\\",
	"# key\nuser = \"\\\"a\\\\\"\n"},
    {"a comment sign", "user", "#a", "# key\nuser = #a\n"},
    {"octets that are not UTF-8", "user", "a\xff", "# key\nuser = a\xff\n"},
    {"a command stays as it is", "password-command", "pass $X \"a b\" | head",
	"# key\npassword-command = pass $X \"a b\" | head\n"},
    {"a value that the parser refuses", "timeout", "soon",
	"# not taken over: key: cannot set timeout to \"soon\": not a time "
	"of at most 365d, such as 30s, 5m, 2h or 1d\n"},
    {"an empty value", "user", "",
	"# needs no setting: key: its value is empty\n"},
    {"a line end", "user", "a\n[b]",
	"# not taken over: key: there is a control character in its value\n"},
    {"a control sequence of UTF-8", "user", "a\xc2\x9b",
	"# not taken over: key: there is a control character in its value\n"},
    {"a TAB", "password-command", "a\tb", "# key\npassword-command = a\tb\n"},
    {"a setting of one profile", "match", "*@a.example",
	"# not taken over: key: it is for one profile, not for all\n"},
    {"a password in a proxy", "proxy", "socks5://me:s3cret@p.example",
	"# not taken over: key: it has a password in it; only --with-secrets "
	"takes it over\n"},
    {"a proxy without a password", "proxy", "socks5://p.example",
	"# key\nproxy = socks5://p.example\n"},
};

static void
test_set(void **state)
{
	const struct set_row *row = *state;
	struct translation translation;

	translation_init(&translation, false);
	import_profile_set_text(translation_profile(&translation, SPAN("")),
	    row->setting, row->value, "key");
	translated_expect(&translation, row->expected);
	translation_free(&translation);
}

static void
test_last_counts(void **state)
{
	struct translation translation;
	struct import_profile *profile;

	(void)state;
	translation_init(&translation, false);
	profile = translation_profile(&translation, SPAN(""));
	import_profile_set_text(profile, "user", "a", "user");
	import_profile_set_text(profile, "user", "a", "user");
	import_profile_set_text(profile, "user", "b", "user");
	import_profile_set_text(profile, "user", "c", "login");
	translated_expect(&translation,
	    "# login\nuser = c\n"
	    "# needs no setting: user: a later line sets it again\n");
	assert_null(import_profile_find(profile, "server"));
	assert_string_equal(
	    import_profile_find(profile, "user")->keys, "login");
	translation_free(&translation);
}

static void
test_one_source(void **state)
{
	struct translation translation;
	struct import_profile *profile;

	(void)state;
	translation_init(&translation, true);
	profile = translation_profile(&translation, SPAN("work"));
	import_profile_set_password(profile, SPAN("s3cret"), "password");
	import_profile_set_text(
	    profile, "password-command", "pass x", "passwordeval");
	translated_expect(&translation,
	    "\n[work]\n# password\npassword = s3cret\n"
	    "# not taken over: passwordeval: a profile can have only one "
	    "password or token; here it comes from password\n");
	assert_int_equal(translation.tally.left, 1);
	translation_free(&translation);
}

static void
test_password(void **state)
{
	struct translation translation;
	struct import_profile *profile;

	(void)state;
	translation_init(&translation, false);
	profile = translation_profile(&translation, SPAN("work"));
	import_profile_set_password(profile, SPAN("s3cret"), "AuthPass");
	translated_expect(&translation,
	    "\n[work]\n"
	    "# AuthPass: the password is not shown. This shell command keeps "
	    "what you type, up to Ctrl-D:\n"
	    "# install -D -m 600 /dev/stdin "
	    "/home/me/.config/smtpost/work.password\n"
	    "# Then remove the # of the next line:\n"
	    "# password-file = /home/me/.config/smtpost/work.password\n");
	assert_int_equal(translation_setting_count(&translation), 0);
	translation_free(&translation);
}

struct line_row {
	const char *name, *line, *expected;
};

static const struct line_row lines[] = {
    {"a line", "host a", "# not taken over: host a: why\n"},
    {"blanks become one", " \thost \t a \r\n",
	"# not taken over: host a: why\n"},
    {"no line", "", "# not taken over: why\n"},
    {"line ends and controls", "a\nb\rc\x1b[2J",
	"# not taken over: a b c\\x1b[2J: why\n"},
    {"invalid UTF-8", "a\xff", "# not taken over: a\\xff: why\n"},
    {"a text that turns around", "a\xe2\x80\xae",
	"# not taken over: a\\xe2\\x80\\xae: why\n"},
    {"backslashes stay", "a\\b \\", "# not taken over: a\\b \\: why\n"},
};

static void
test_line(void **state)
{
	const struct line_row *row = *state;
	struct translation translation;

	translation_init(&translation, false);
	import_profile_leave(translation_profile(&translation, SPAN("")),
	    span_from(row->line), "why\nhint: more");
	translated_expect(&translation, row->expected);
	translation_free(&translation);
}

static void
test_long_line(void **state)
{
	struct translation translation;
	struct buf line = {0}, text = {0};

	(void)state;
	/* No character is cut in two. */
	for (int i = 0; i < 1000; i++)
		buf_add_text(&line, "\xe2\x82\xac");
	translation_init(&translation, false);
	import_profile_leave(translation_profile(&translation, SPAN("")),
	    buf_span(&line), "why");
	translation_add_text(&translation, &text);
	assert_true(text.len < 250);
	assert_null(strchr(buf_text(&text), '\\'));
	assert_non_null(strstr(buf_text(&text), "\xac...: why\n"));
	buf_free(&text);
	buf_free(&line);
	translation_free(&translation);
}

static void
test_comments(void **state)
{
	struct translation translation;
	struct import_profile *profile;

	(void)state;
	translation_init(&translation, false);
	profile = translation_profile(&translation, SPAN("work"));
	import_profile_warn(profile, "danger\nx");
	import_profile_warn(
	    translation_profile(&translation, SPAN("")), "for all");
	import_profile_need_not(profile, SPAN("x yes"), "it is so");
	import_profile_comment(profile, "a remark");
	translated_expect(&translation,
	    "# Warning: for all\n\n[work]\n# Warning: danger\n"
	    "# needs no setting: x yes: it is so\n# a remark\n");
	assert_string_equal(buf_text(&translation.tally.warnings),
	    "[work] danger\\x0ax\nfor all\n");
	assert_int_equal(translation.tally.left, 0);
	translation_free(&translation);
}

struct name_row {
	const char *name, *old, *expected;
};

static const struct name_row names[] = {
    {"a plain name", "work", "work"},
    {"letters that are not ASCII", "b\xc3\xbcro", "b\xc3\xbcro"},
    {"blanks and slashes", "my work/home", "my-work-home"},
    {"a bracket and a line end", "a]\n[b", "a---b"},
    {"a dot in front", ".x", "x-x"},
    {"a hyphen in front", "-x", "x-x"},
    {"invalid UTF-8", "a\xff", "a-"},
    {"a control sequence of UTF-8", "a\xc2\x9b", "a-"},
};

static void
test_name(void **state)
{
	const struct name_row *row = *state;
	struct translation translation;
	struct import_profile *profile;

	translation_init(&translation, false);
	profile = translation_profile(&translation, span_from(row->old));
	assert_string_equal(profile->name, row->expected);
	assert_ptr_equal(
	    profile, translation_profile(&translation, span_from(row->old)));
	if (strcmp(row->old, row->expected) != 0)
		assert_non_null(
		    strstr(buf_text(&profile->comments), "calls it"));
	translation_free(&translation);
}

static void
test_names_that_collide(void **state)
{
	struct translation translation;
	struct import_profile *first, *second, *third;

	(void)state;
	translation_init(&translation, false);
	first = translation_profile(&translation, SPAN("a/b"));
	second = translation_profile(&translation, SPAN("a b"));
	third = translation_profile(&translation, SPAN("a-b"));
	assert_string_equal(first->name, "a-b");
	assert_string_equal(second->name, "a-b-2");
	assert_string_equal(third->name, "a-b-3");
	assert_string_equal(buf_text(&third->comments),
	    "# the other program calls it \"a-b\"\n");
	translation_free(&translation);
}

/* Neither profiles nor comments nor values grow without bound. */
static void
test_bounds(void **state)
{
	struct translation translation;
	struct import_profile *profile = NULL;
	struct buf value = {0}, text = {.max = (size_t)1024 * 1024};

	(void)state;
	for (int i = 0; i < 15000; i++)
		buf_add_char(&value, '$');
	translation_init(&translation, true);
	for (int i = 0; i < 5000; i++) {
		char name[16];

		snprintf(name, sizeof(name), "p%d", i);
		profile = translation_profile(&translation, span_from(name));
		import_profile_set(profile, "user", buf_span(&value), "user");
		import_profile_set_password(
		    profile, SPAN("s3cret"), "password");
		import_profile_leave(profile, SPAN("line"), "why");
	}
	assert_true(profile->is_dropped);
	assert_int_equal(profile->count, 0);
	translation_add_text(&translation, &text);
	assert_false(text.full);
	assert_true(translation.tally.left > 5000);
	assert_non_null(
	    strstr(buf_text(&text), "more lines are not taken over"));
	buf_free(&text);
	buf_free(&value);
	translation_free(&translation);
}

int
main(void)
{
	struct rows all = {0};

	rows_add(&all, "set", sets, ROWS(sets), test_set);
	rows_add_one(&all, "the last value counts", test_last_counts);
	rows_add_one(&all, "one source of a secret", test_one_source);
	rows_add_one(&all, "a password is not shown", test_password);
	rows_add(&all, "line", lines, ROWS(lines), test_line);
	rows_add_one(&all, "a long line is cut", test_long_line);
	rows_add_one(&all, "comments and warnings", test_comments);
	rows_add(&all, "name", names, ROWS(names), test_name);
	rows_add_one(&all, "names that collide", test_names_that_collide);
	rows_add_one(&all, "bounds", test_bounds);
	return rows_end(&all);
}
