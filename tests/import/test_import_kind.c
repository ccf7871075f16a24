#include "profile/folder.h"

#include "import/import_kind.h"

#define NETRC "machine mail.example.com login me password s3cret\n"

struct kind_row {
	const char *name;
	const char *file, *content; /* NULL: there is no file */
	const char *argument;	    /* FOLDER stands for its folder */
	const char *kind;	    /* NULL: refused */
	enum error_kind error;
	const char *why;
};

static const struct kind_row kinds[] = {
    {"by name", "netrc", "machine a", "FOLDER/netrc", "netrc", 0, NULL},
    {"by content", "some", NETRC, "FOLDER/some", "netrc", 0, NULL},
    {"by the user", "some", "# nothing\n" NETRC, "netrc:FOLDER/some", "netrc",
	0, NULL},
    {"a colon in the name", "a:b", NETRC, "FOLDER/a:b", "netrc", 0, NULL},
    {"a missing file", NULL, NULL, "FOLDER/some", NULL, ERROR_NO_INPUT,
	"No such file"},
    {"a kind that does not exist", NULL, NULL, "nothing:FOLDER/some", NULL,
	ERROR_NO_INPUT, "hint: write KIND:FILE; the kinds are"},
    {"a kind without a file", NULL, NULL, "netrc:", NULL, ERROR_NO_INPUT,
	"hint: write KIND:FILE; the kinds are"},
    {"a missing file of a kind", NULL, NULL, "netrc:FOLDER/some", NULL,
	ERROR_NO_INPUT, "No such file"},
    {"no kind fits", "some", "?\n", "FOLDER/some", NULL, ERROR_DATA,
	"neither its name nor its content tells"},
    {"a kind is no kind of path", NULL, NULL, "netrc", NULL, ERROR_NO_INPUT,
	"cannot open netrc"},
    {"no file", NULL, NULL, "", NULL, ERROR_NO_INPUT, "cannot open"},
    {"a folder that is not nullmailer's", NULL, NULL, "FOLDER", NULL,
	ERROR_NO_INPUT, "the only folder that can be imported"},
    {"a folder", NULL, NULL, "netrc:FOLDER", NULL, ERROR_NO_INPUT,
	"it is a folder"},
    {"a device", NULL, NULL, "netrc:/dev/null", NULL, ERROR_NO_INPUT,
	"it is a device"},
};

/* The argument with the folder's path. */
static char *
with_folder(const char *argument, const struct folder *folder)
{
	const char *at = strstr(argument, "FOLDER");
	struct buf text = {0};

	if (at == NULL)
		return strdup(argument);
	buf_add(&text, argument, (size_t)(at - argument));
	buf_add_text(&text, folder->path);
	buf_add_text(&text, at + strlen("FOLDER"));
	return buf_take_text(&text);
}

static void
test_kind(void **state)
{
	const struct kind_row *row = *state;
	struct folder folder;
	struct translation translation;
	const struct import_kind *kind = NULL;
	struct error err = {0};
	char *argument;
	bool done;

	folder_make(&folder);
	if (row->file != NULL)
		folder_write(&folder, row->file, 0600, row->content);
	argument = with_folder(row->argument, &folder);
	translation_init(&translation, false);
	done = import_kind_read(argument, &translation, &kind, &err);
	if (row->kind != NULL) {
		assert_true(done);
		assert_string_equal(kind->name, row->kind);
		assert_true(translation_setting_count(&translation) > 0);
	} else {
		assert_false(done);
		assert_int_equal(err.kind, row->error);
		assert_non_null(strstr(err.text, row->why));
	}
	translation_free(&translation);
	free(argument);
	folder_remove(&folder);
}

struct file_row {
	const char *name;
	size_t len; /* of the line before what follows */
	const char *end;
	size_t end_len;
	mode_t mode;
	enum error_kind error; /* 0: none */
	const char *warning;   /* if there is a command; NULL: none */
};

static const struct file_row files[] = {
    {"a line of 64 KiB", 65536, "\n", 1, 0600, 0, NULL},
    {"a longer line", 65537, "\n", 1, 0600, ERROR_DATA, NULL},
    {"a longer line without an end", 65537, "", 0, 0600, ERROR_DATA, NULL},
    {"a NUL", 1, "\0", 1, 0600, ERROR_DATA, NULL},
    {"others can write to it", 1, "\n", 1, 0622, 0, "others can write to it"},
    {"an empty file", 0, "", 0, 0600, 0, NULL},
};

static void
test_file(void **state)
{
	const struct file_row *row = *state;
	struct folder folder;
	struct translation translation;
	struct buf content = {.max = 1 << 20}, text = {0};
	struct error err = {0};
	char *path;
	bool done;

	folder_make(&folder);
	for (size_t i = 0; i < row->len; i++)
		buf_add_char(&content, 'x');
	buf_add(&content, row->end, row->end_len);
	folder_write_span(&folder, "file", row->mode, buf_span(&content));
	path = folder_path(&folder, "file");
	translation_init(&translation, false);
	done = import_file_read(path, &text, &translation, &err);
	assert_int_equal(done, row->error == 0);
	if (!done)
		assert_int_equal(err.kind, row->error);
	else
		assert_true(span_equal(buf_span(&text), buf_span(&content)));
	import_file_warn(&translation);
	assert_int_equal(translation.tally.warnings.len, 0);
	import_profile_set_text(translation_profile(&translation, SPAN("")),
	    "password-command", "pass x", "key");
	import_file_warn(&translation);
	if (row->warning != NULL)
		assert_non_null(strstr(
		    buf_text(&translation.tally.warnings), row->warning));
	else
		assert_int_equal(translation.tally.warnings.len, 0);
	buf_wipe(&text);
	buf_free(&content);
	free(path);
	translation_free(&translation);
	folder_remove(&folder);
}

int
main(void)
{
	struct rows all = {0};

	rows_add(&all, "kind", kinds, ROWS(kinds), test_kind);
	rows_add(&all, "file", files, ROWS(files), test_file);
	return rows_end(&all);
}
