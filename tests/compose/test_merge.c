#include "rows.h"

#include <sys/stat.h>

#include "compose/merge.h"
#include "message/feed.h"

/* Each test has its own folder, with the table and files to attach. */
static char folder[64];

static void
write_file(const char *name, const char *text)
{
	FILE *file = fopen(name, "w");

	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
}

static void
enter(const char *table)
{
	snprintf(folder, sizeof(folder), "test_merge.%ld", (long)getpid());
	assert_int_equal(mkdir(folder, 0700), 0);
	assert_int_equal(chdir(folder), 0);
	write_file("t.csv", table);
	write_file("a.txt", "attached\n");
	write_file("secret", "secret\n");
	assert_int_equal(mkdir("sub", 0700), 0);
	assert_int_equal(symlink("../secret", "sub/link"), 0);
}

static void
leave(void)
{
	unlink("t.csv");
	unlink("a.txt");
	unlink("secret");
	unlink("m.eml");
	unlink("sub/link");
	rmdir("sub");
	assert_int_equal(chdir(".."), 0);
	rmdir(folder);
}

#define TABLE                                         \
	"mail,name,file,note\n"                       \
	"a@x.example,Ann,a.txt,1\n"                   \
	"b@x.example,\"B <b@evil>\",../secret,2\n"    \
	"c@x.example,\"x\nBcc: evil@x\",sub/link,3\n" \
	",D,/etc/passwd,4\n"

/* What is read of the mail at an index: an error, or a text in the message. */
struct read_row {
	const char *name;
	const char *rows, *to, *subject, *file, *header, *message;
	size_t index;
	enum error_kind kind;
	const char *words;
};

static const struct read_row reads[] = {
    {"a row", NULL, "{{name}} <{{mail}}>", "for {{name}}", NULL, NULL, NULL, 0,
	ERROR_NONE, "To: Ann <a@x.example>\r\nSubject: for Ann\r\n"},
    {"a quoted name", NULL, "{{name}} <{{mail}}>", NULL, NULL, NULL, NULL, 1,
	ERROR_NONE, "To: \"B <b@evil>\" <b@x.example>\r\n"},
    {"a line break", NULL, "{{mail}}", "for {{name}}", NULL, NULL, NULL, 2,
	ERROR_DATA,
	"t.csv: row 3 (line 4), column \"name\": a cell must not have a line "
	"break"},
    {"an empty address", NULL, "{{mail}}", NULL, NULL, NULL, NULL, 3,
	ERROR_DATA,
	"t.csv: row 4 (line 6), column \"mail\": the address is empty"},
    {"the selected rows", "2,4", "{{mail}}", NULL, NULL, NULL, NULL, 0,
	ERROR_NONE, "To: b@x.example\r\n"},
    {"a file", NULL, "{{mail}}", NULL, "{{file}}", NULL, NULL, 0, ERROR_NONE,
	"filename=\"a.txt\""},
    {"a file below the folder before it", NULL, "{{mail}}", NULL,
	"sub/../{{file}}", NULL, NULL, 0, ERROR_NONE, "filename=\"a.txt\""},
    {"a file above the folder", NULL, "{{mail}}", NULL, "{{file}}", NULL, NULL,
	1, ERROR_DATA,
	"t.csv: row 2 (line 3), column \"file\": cannot attach '../secret': it "
	"has .. in it, but it must be a name below a folder"},
    {"an absolute path", NULL, "a@b", NULL, "{{file}}", NULL, NULL, 3,
	ERROR_DATA,
	"column \"file\": cannot attach '/etc/passwd': it is an absolute path"},
    {"a symbolic link", NULL, "a@b", NULL, "{{file}}", NULL, NULL, 2,
	ERROR_NO_INPUT,
	"row 3 (line 4): cannot open ./sub/link: a symbolic link may lead out "
	"of the folder"},
    {"a missing file", NULL, "a@b", NULL, "{{note}}.txt", NULL, NULL, 0,
	ERROR_NO_INPUT,
	"row 1 (line 2): cannot open ./1.txt: No such file or directory"},
    {"a field", NULL, "a@b", NULL, NULL, "X-Note: {{note}}!", NULL, 1,
	ERROR_NONE, "\r\nX-Note: 2!\r\n"},
    {"a line break in a field", NULL, "a@b", NULL, NULL, "X-Name: {{name}}",
	NULL, 2, ERROR_DATA, "column \"name\": a cell must not"},
    {"an address field", NULL, "a@b", NULL, NULL,
	"Errors-To: {{name}} <{{mail}}>", NULL, 1, ERROR_NONE,
	"\r\nErrors-To: \"B <b@evil>\" <b@x.example>\r\n"},
    {"a template", NULL, NULL, NULL, NULL, NULL,
	"To: {{mail}}\nSubject: {{name}}\n\n{{note}}\n", 1, ERROR_NONE,
	"To: b@x.example\r\nSubject: B <b@evil>\r\n\r\n2\n"},
    {"a template with another recipient", NULL, "me@x", "trial", NULL,
	"+X-Note: {{note}}", "To: {{mail}}\nSubject: {{name}}\n\n{{note}}\n", 1,
	ERROR_NONE, "To: me@x\r\nSubject: trial\r\nX-Note: 2\r\n\r\n2\n"},
    {"a cell of a template", NULL, NULL, NULL, NULL, NULL,
	"To: {{mail}}\nSubject: {{name}}\n\n{{note}}\n", 3, ERROR_DATA,
	"t.csv: row 4 (line 6), column \"mail\": the address is empty"},
};

static void
fill(struct composition *composition, const struct read_row *row)
{
	if (row->to != NULL)
		composition_add_addresses(&composition->to, span_from(row->to));
	if (row->subject != NULL)
		composition->subject = strdup(row->subject);
	if (row->message == NULL)
		composition->text.source = PART_TEXT;
	if (row->file != NULL) {
		struct part *part = composition_add_attachment(composition);

		part->source = PART_FILE;
		part->file = strdup(row->file);
	}
}

static void
check_mail(struct mail_source *source, const struct read_row *row)
{
	struct mail_source_mail mail = MAIL_SOURCE_NO_MAIL;
	struct message_options how = {0};
	struct error err = {0};
	char *text;

	source->read(source->context, row->index, &how, &mail, &err);
	assert_int_equal(err.kind, row->kind);
	if (err.kind != ERROR_NONE) {
		if (strstr(err.text, row->words) == NULL)
			fail_msg("%s", err.text);
	} else {
		text = gather_text(mail.message);
		if (strstr(text, row->words) == NULL)
			fail_msg("%s", text);
		free(text);
	}
	mail_source_free_mail(&mail);
}

static void
test_read(void **state)
{
	const struct read_row *row = *state;
	struct composition composition = {0};
	struct header_edits edits = {0};
	struct merge_request request = {.table = "t.csv",
	    .rows = row->rows,
	    .composition = &composition,
	    .edits = &edits};
	struct mail_source source = {0};
	struct error err = {0};

	enter(TABLE);
	fill(&composition, row);
	if (row->header != NULL)
		assert_null(header_edits_add(&edits, span_from(row->header)));
	if (row->message != NULL) {
		write_file("m.eml", row->message);
		request.message = "m.eml";
	}
	if (!merge_open(&source, &request, &err))
		fail_msg("%s", err.text);
	assert_int_equal(source.count, row->rows != NULL ? 2 : 4);
	/* The same again: the source goes back to the beginning. */
	check_mail(&source, row);
	check_mail(&source, row);
	mail_source_free(&source);
	composition_free(&composition);
	header_edits_free(&edits);
	leave();
}

/* What names a mail: the cells that are used. */
static void
test_identity(void **state)
{
	struct composition composition = {0};
	struct header_edits edits = {0};
	struct merge_request request = {
	    .table = "t.csv", .composition = &composition, .edits = &edits};
	struct mail_source source = {0}, other = {0};
	struct mail_source_mail mail = MAIL_SOURCE_NO_MAIL;
	struct message_options how = {0};
	struct error err = {0};

	(void)state;
	enter(TABLE);
	composition_add_addresses(&composition.to, SPAN("{{mail}}"));
	composition.text.source = PART_TEXT;
	assert_true(merge_open(&source, &request, &err));
	assert_true(source.read(source.context, 1, &how, &mail, &err));
	assert_string_equal(mail.name, "row 2");
	assert_true(
	    span_equal(buf_span(&mail.identity), SPAN("mail\0b@x.example\0")));
	composition_add_addresses(&composition.cc, SPAN("me@x"));
	assert_true(merge_open(&other, &request, &err));
	assert_false(
	    span_equal(buf_span(&source.identity), buf_span(&other.identity)));
	mail_source_free_mail(&mail);
	mail_source_free(&source);
	mail_source_free(&other);
	composition_free(&composition);
	leave();
}

struct open_row {
	const char *name;
	const char *table, *rows, *to;
	enum error_kind kind;
	const char *words;
};

static const struct open_row opens[] = {
    {"no such table", NULL, NULL, "a@b", ERROR_NO_INPUT, "cannot open"},
    {"no row", "a,b\n", NULL, "a@b", ERROR_DATA,
	"it has no row except the names of its columns"},
    {"no such row", "a\n1\n", "2-3", "a@b", ERROR_DATA,
	"it has no row with one of these numbers\nhint: its last row is 1"},
    {"rows that are not numbers", "a\n1\n", "x", "a@b", ERROR_USAGE,
	"cannot select the rows 'x'"},
    {"a row at the end is not valid", "a,b\n1,2\n3,4\n5\n", "1", "a@b",
	ERROR_DATA, "row 3 (line 4): it has 1 cell, but the first row has 2"},
    {"an unknown column", "mail\na@b\n", NULL, "{{mial}}", ERROR_DATA,
	"To: the table has no column \"mial\"\nhint: did you mean {{mail}}?"},
};

static void
test_open(void **state)
{
	const struct open_row *row = *state;
	struct composition composition = {0};
	struct header_edits edits = {0};
	struct merge_request request = {.table = "t.csv",
	    .rows = row->rows,
	    .composition = &composition,
	    .edits = &edits};
	struct mail_source source = {0};
	struct error err = {0};

	enter(row->table != NULL ? row->table : "");
	if (row->table == NULL)
		unlink("t.csv");
	composition_add_addresses(&composition.to, span_from(row->to));
	composition.text.source = PART_TEXT;
	assert_false(merge_open(&source, &request, &err));
	assert_int_equal(err.kind, row->kind);
	if (strstr(err.text, row->words) == NULL)
		fail_msg("%s", err.text);
	composition_free(&composition);
	leave();
}

int
main(void)
{
	struct rows all = {0};

	rows_add(&all, "open", opens, ROWS(opens), test_open);
	rows_add(&all, "read", reads, ROWS(reads), test_read);
	rows_add_one(&all, "identity", test_identity);
	return rows_end(&all);
}
