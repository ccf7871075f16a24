#include "profile/folder.h"

#include <stdlib.h>

#include "profile/sender_map.h"

struct map_row {
	const char *name;
	const char *text;
	const char *user;    /* NULL: without a name */
	const char *senders; /* "a b"; NULL: no line is for the user */
	const char *error;   /* a part of it; NULL: none */
};

static const struct map_row maps[] = {
    {"a list", "alice: shop@a.example, *@b.example\n", "alice",
	"shop@a.example *@b.example", NULL},
    {"blanks in the place of commas", "alice:a@x b@x\tc@x\n", "alice",
	"a@x b@x c@x", NULL},
    {"another user's line", "bob: b@x\nalice: a@x\n", "alice", "a@x", NULL},
    {"no line", "bob: b@x\n", "alice", NULL, NULL},
    {"an empty file", "", "alice", NULL, NULL},
    {"an empty line for the user", "alice:\n*: any\n", "alice", "", NULL},
    {"everybody else", "bob: b@x\n*: own\n", "alice", "own", NULL},
    {"not everybody else", "*: own\nbob: b@x\n", "bob", "b@x", NULL},
    {"a user without a name", "bob: b@x\n*: c@x\n", NULL, "c@x", NULL},
    {"a user without a name, and no line", "bob: b@x\n", NULL, NULL, NULL},
    {"the user's case", "Alice: a@x\n", "alice", NULL, NULL},
    {"a longer name", "alice: a@x\n", "alice2", NULL, NULL},
    {"comments and empty lines", "# alice: b@x\n\n  # x\n alice : a@x \n",
	"alice", "a@x", NULL},
    {"a line that goes on", "alice: a@x, \\\n  b@x\n", "alice", "a@x b@x",
	NULL},
    {"CRLF and no end", "bob: b@x\r\nalice: a@x", "alice", "a@x", NULL},
    {"own and any", "alice: OWN, any\n", "alice", "OWN any", NULL},

    {"no colon", "bob: b@x\nalice a@x\n", "alice", NULL,
	"map:2:1: \"alice a@x\": not of the form"},
    {"no user", ": a@x\n", "alice", NULL, "map:1:1: \": a@x\": not of"},
    {"two users", "alice bob: a@x\n", "alice", NULL, "not of the form"},
    {"twice", "alice: a@x\nbob: b@x\nalice: c@x\n", "alice", NULL,
	"map:3:1: \"alice\": this user already has a line"},
    {"twice, with others between and a longer name",
	"al: a@x\nbob: b@x\nalice: c@x\nbo: b@x\nal: a@x\n", "alice", NULL,
	"map:5:1: \"al\": this user already has a line"},
    {"nearly own", "alice: onw\n", "alice", NULL,
	"hint: the nearest one known is \"own\""},
    {"no address", "alice: a@x, shop\n", "alice", NULL,
	"map:1:13: \"shop\": neither own nor any nor an address"},
    {"a comment behind it", "alice: a@x # hers\n", "alice", NULL,
	"map:1:12: \"#\": neither"},
    {"a control character", "alice: a\x01@x\n", "alice", NULL,
	"map:1:9: control character \\x01"},
    {"a path", "alice: /etc/passwd\n", "alice", NULL, "neither own"},
};

static void
test_map(void **state)
{
	const struct map_row *row = *state;
	const struct name_list *senders;
	struct sender_map map = {0};
	struct error err = {0};
	struct buf found = {0};
	struct folder folder;
	char *path;
	bool done;

	folder_make(&folder);
	folder_write(&folder, "map", 0644, row->text);
	path = folder_path(&folder, "map");
	done = sender_map_read(&map, path, &err);
	if (row->error != NULL) {
		assert_false(done);
		assert_int_equal(err.kind, ERROR_CONFIG);
		assert_contains(err.text, row->error);
	} else if (!done) {
		fail_msg("%s", err.text);
	}
	senders = sender_map_find(&map, row->user);
	assert_int_equal(senders != NULL, row->senders != NULL);
	for (size_t i = 0; senders != NULL && i < senders->count; i++)
		buf_add_format(&found, "%s%s", i ? " " : "", senders->names[i]);
	if (senders != NULL)
		assert_string_equal(buf_text(&found), row->senders);
	buf_free(&found);
	sender_map_free(&map);
	free(path);
	folder_remove(&folder);
}

/* Who can write to it says who may send as whom. */
static void
test_trust(void **state)
{
	static const mode_t bad[] = {0664, 0646, 0666};
	struct sender_map map = {0};
	struct folder folder;
	char *path;

	(void)state;
	folder_make(&folder);
	folder_write(&folder, "map", 0644, "*: any\n");
	path = folder_path(&folder, "map");
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct error err = {0};

		assert_int_equal(chmod(path, bad[i]), 0);
		assert_false(sender_map_read(&map, path, &err));
		assert_contains(err.text, "others can write to it");
		assert_null(sender_map_find(&map, "alice"));
	}
	assert_false(sender_map_read(&map, folder.path, &(struct error){0}));
	assert_int_equal(unlink(path), 0);
	assert_false(sender_map_read(&map, path, &(struct error){0}));
	free(path);
	folder_remove(&folder);
}

int
main(void)
{
	struct rows all = {0};

	rows_add(&all, "map", maps, ROWS(maps), test_map);
	rows_add_one(&all, "a file that others can write", test_trust);
	return rows_end(&all);
}
