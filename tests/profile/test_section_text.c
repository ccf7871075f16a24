#include "profile/folder.h"

#include "profile/profile_choice.h"
#include "profile/section_text.h"

struct value_row {
	const char *name, *setting, *value;
	const char *expected; /* NULL: only what is read back counts */
};

static const struct value_row values[] = {
    {"a plain value", "user", "me@example.com", "user = me@example.com\n"},
    {"a blank inside", "user", "a b", "user = a b\n"},
    {"blanks at the ends", "user", " a ", "user = \" a \"\n"},
    {"a dollar sign", "user", "$a${b}", "user = $$a$${b}\n"},
    {"a quote in front", "user", "\"a\"", "user = \"\\\"a\\\"\"\n"},
    {"a quote inside", "user", "a\"b\\c", "user = a\"b\\c\n"},
    {"a backslash at the end", "user", "a\\", "user = \"a\\\\\"\n"},
    {"a comment sign", "user", "#a", "user = #a\n"},
    {"letters that are not ASCII", "user", "j\xc3\xb6rg", NULL},
    {"all together", "password", " \"\\$\\\"$$ \\", NULL},
    {"a command", "password-command", "echo \"$HOME\" ~/x $$",
	"password-command = echo \"$HOME\" ~/x $$\n"},
    {"a command in quotes", "password-command", "\"a b\" \"c\\\"",
	"password-command = \"\\\"a b\\\" \\\"c\\\\\\\"\"\n"},
    {"a command that ends in a backslash", "password-command", "a $b\\", NULL},
};

/* What the reader of files makes of the lines. */
static void
test_value(void **state)
{
	const struct value_row *row = *state;
	struct folder folder;
	struct buf text = {0};
	struct profile profile = PROFILE_UNSET;
	struct profile_sources sources = {.no_environment = true};
	struct profiles *profiles;
	struct error err = {0};
	const char *got;

	folder_make(&folder);
	section_text_add(&text, row->setting, row->value);
	if (row->expected != NULL)
		assert_string_equal(buf_text(&text), row->expected);
	buf_add_text(&text, "server = smtps://mail.example.com\n");
	if (strcmp(row->setting, "user") != 0)
		buf_add_text(&text, "user = me\n");
	sources.addition = buf_span(&text);
	profiles = profiles_load(&sources, &err);
	assert_non_null(profiles);
	assert_true(
	    profile_choice_make(&profile, profiles, NULL, NULL, NULL, &err));
	got = strcmp(row->setting, "user") == 0 ? profile.user
	    : strcmp(row->setting, "password") == 0
	    ? buf_text(&profile.password)
	    : profile.password_command;
	assert_string_equal(got, row->value);
	profile_free(&profile);
	profiles_free(profiles);
	buf_free(&text);
	folder_remove(&folder);
}

struct name_row {
	const char *name, *config; /* NULL: there is no file */
	const char *wish, *expected;
};

static const struct name_row names[] = {
    {"the first profile", NULL, "x", "default"},
    {"another one", "[a]\n", "x", "x"},
    {"a name that exists", "[x]\n", "x", "x-2"},
    {"two that exist", "[x]\n[x-2]\n", "x", "x-3"},
    {"ten of them",
	"[x]\n[x-2]\n[x-3]\n[x-4]\n[x-5]\n[x-6]\n[x-7]\n[x-8]\n[x-9]\n", "x",
	"x-10"},
    {"characters that no name has", "[a]\n", "x/]y", "x--y"},
    {"a dot in front", "[a]\n", ".x", "mail"},
    {"no name at all", "[a]\n", "", "mail"},
    {"a file without profiles", "# nothing\n", "x", "x"},
};

static void
test_name(void **state)
{
	const struct name_row *row = *state;
	const struct profile_sources sources = {.no_environment = true};
	struct folder folder;
	struct profiles *profiles;
	struct error err = {0};
	char *name;

	folder_make(&folder);
	if (row->config != NULL)
		folder_write(
		    &folder, ".config/smtpost/config", 0600, row->config);
	profiles = profiles_load(&sources, &err);
	assert_non_null(profiles);
	name = section_text_name(profiles, row->wish);
	assert_string_equal(name, row->expected);
	free(name);
	profiles_free(profiles);
	folder_remove(&folder);
}

/* An addition sees the file and its includes, and must not change either. */
static void
test_addition(void **state)
{
	struct profile_sources sources = {
	    .no_environment = true, .addition = SPAN("[x]\nuser = b\n")};
	struct folder folder;
	struct profiles *profiles;
	struct error err = {0};

	(void)state;
	folder_make(&folder);
	folder_write(&folder, ".config/smtpost/config", 0600,
	    "user = a\ninclude more\n");
	folder_write(&folder, ".config/smtpost/more", 0600, "[y]\nuser = c\n");
	profiles = profiles_load(&sources, &err);
	assert_non_null(profiles);
	assert_non_null(profiles_find(profiles, SPAN("x")));
	assert_non_null(profiles_find(profiles, SPAN("y")));
	profiles_free(profiles);
	sources.addition = SPAN("[y]\nuser = b\n");
	assert_null(profiles_load(&sources, &err));
	assert_contains(err.text, "given twice");
	sources.addition = SPAN("[z]\ntimeout = soon\n");
	assert_null(profiles_load(&sources, &err));
	folder_remove(&folder);
}

int
main(void)
{
	struct rows all = {0};

	rows_add(&all, "value", values, ROWS(values), test_value);
	rows_add(&all, "name", names, ROWS(names), test_name);
	rows_add_one(&all, "an addition", test_addition);
	return rows_end(&all);
}
