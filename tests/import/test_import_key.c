#include "import/translated.h"

#include "import/import_key.h"

static void
take_port(void *reader, const struct import_line *line)
{
	import_profile_comment(reader, "the port was taken");
	assert_true(span_equal(line->value, SPAN("25")));
}

static const struct import_key rows[] = {
    {.name = "user", .setting = "user"},
    {.name = "port", .take = take_port},
    {.name = "eval", .why_not = "it would be run"},
    {.name = "fast", .needless = "it is fast"},
    {.name = "token", .why_not = "unknown here", .is_secret = true},
    {.name = NULL},
};

struct key_row {
	const char *name;
	bool is_case_blind;
	const char *key, *value, *expected;
};

static const struct key_row keys[] = {
    {"a setting", false, "user", "me", "# user\nuser = me\n"},
    {"a function", false, "port", "25", "# the port was taken\n"},
    {"not possible", false, "eval", "x",
	"# not taken over: eval x: it would be run\n"},
    {"not necessary", false, "fast", "yes",
	"# needs no setting: fast yes: it is fast\n"},
    {"a secret", false, "token", "s3cret",
	"# not taken over: token: unknown here\n"},
    {"unknown: no value is shown", false, "pasword", "s3cret",
	"# not taken over: pasword: other has no such key\n"},
    {"another case", false, "User", "me",
	"# not taken over: User: other has no such key\n"},
    {"an unknown key that ends in a secret", false, "password=s3cret", "x",
	"# not taken over: password: other has no such key\n"},
    {"an unknown key that a secret touches", false, "passwords3cret", "x",
	"# not taken over: password: other has no such key\n"},
    {"the same in another case", false, "AUTHPASSs3cret", "x",
	"# not taken over: AUTHPASS: other has no such key\n"},
    {"another case, where it does not count", true, "USER", "me",
	"# user\nuser = me\n"},
};

static void
test_key(void **state)
{
	const struct key_row *row = *state;
	const struct import_keys table = {"other", row->is_case_blind, rows};
	struct translation translation;
	struct import_profile *profile;
	struct buf whole = {0};
	struct import_line line = {
	    .key = span_from(row->key),
	    .value = span_from(row->value),
	};

	translation_init(&translation, false);
	profile = translation_profile(&translation, SPAN(""));
	buf_add_format(&whole, "%s %s", row->key, row->value);
	line.whole = buf_span(&whole);
	import_key_take(&table, &line, profile, profile);
	translated_expect(&translation, row->expected);
	buf_free(&whole);
	translation_free(&translation);
}

int
main(void)
{
	return rows_run("key", keys, ROWS(keys), test_key);
}
