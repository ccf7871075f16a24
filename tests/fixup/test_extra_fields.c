#include "fixup/extra_fields.h"

#include "rows.h"

#include "fixup/fixup.h"
#include "message/feed.h"
#include "message/header.h"
#include "message/replay.h"

struct list_row {
	const char *name;
	const char *list;
	const char *fields; /* NULL: refused, and the error has: */
	const char *why;
};

static const struct list_row list_rows[] = {
    {"none", "", "", NULL},
    {"one", "X-A: b", "X-A: b\r\n", NULL},
    {"no blank after the colon", "X-A:b", "X-A: b\r\n", NULL},
    {"blanks around", "  X-A:   b c  , X-B: d ", "X-A: b c\r\nX-B: d\r\n",
	NULL},
    {"no blank after the comma", "X-A: b,X-B: c", "X-A: b\r\nX-B: c\r\n", NULL},
    {"a comma without a field", "X-A: b, c, X-B: d, e",
	"X-A: b, c\r\nX-B: d, e\r\n", NULL},
    {"a comma at the end", "X-A: b,", "X-A: b,\r\n", NULL},
    {"a comma after a backslash", "X-A: b\\, X-B: c", "X-A: b, X-B: c\r\n",
	NULL},
    {"another backslash", "X-A: b\\c\\", "X-A: b\\c\\\r\n", NULL},
    {"a quoted string", "X-A: \"b, X-B: \\\" c\", X-C: d",
	"X-A: \"b, X-B: \\\" c\"\r\nX-C: d\r\n", NULL},
    {"two addresses", "Reply-To: a@b.example, c@d.example",
	"Reply-To: a@b.example, c@d.example\r\n", NULL},
    {"beyond ASCII", "X-A: \xc3\xb6, Reply-To: \xc3\xb6 <a@b.example>",
	"X-A: =?UTF-8?B?w7Y=?=\r\n"
	"Reply-To: =?UTF-8?B?w7Y=?= <a@b.example>\r\n",
	NULL},
    {"no colon", "X-A", NULL, "list"},
    {"no name", ": b", NULL, "list"},
    {"a name with a blank", "X A: b", NULL, "list"},
    {"a name beyond ASCII", "X-\xc3\xb6: b", NULL, "list"},
    {"no value", "X-A:", NULL, "no value"},
    {"no value, and another field", "X-A: , X-B: c", NULL, "X-A"},
    {"twice", "X-A: b, x-a: c", NULL, "there twice"},
    {"line feed", "X-A: b\n Bcc: c", NULL, "control character"},
    {"carriage return", "X-A: b\rc", NULL, "control character"},
    {"tab", "X-A: b\tc", NULL, "control character"},
    {"no UTF-8", "X-A: \xff", NULL, "not UTF-8"},
    {"address beyond ASCII", "Reply-To: \xc3\xb6@b.example", NULL, "ASCII"},
    {"no address", "Reply-To: a b c", NULL, "full addresses"},
    {"bare address", "Reply-To: a", NULL, "full addresses"},
    {"From", "From: a@b.example", NULL, "depends on the message"},
    {"Bcc", "X-A: b, bcc: a@b.example", NULL, "field bcc"},
    {"Message-ID", "message-id: <a@b.example>", NULL, "depends on the message"},
    {"Content-Type", "content-type: text/html", NULL, "depends on the message"},
    {"Resent-To", "Resent-To: a@b.example", NULL, "depends on the message"},
};

static void
test_list(void **state)
{
	const struct list_row *row = *state;
	struct error err = {0};
	struct buf out = {0};
	bool done = extra_fields_read(&out, span_from(row->list), &err);

	assert_int_equal(done, row->fields != NULL);
	if (done)
		assert_string_equal(buf_text(&out), row->fields);
	else
		assert_non_null(strstr(err.text, row->why));
	buf_free(&out);
}

static void
test_limits(void **state)
{
	struct buf list = {0}, out = {0};
	struct error err = {0};

	(void)state;
	for (int i = 0; i < 32; i++)
		buf_add_format(&list, "%sX-%d: a", i > 0 ? ", " : "", i);
	assert_true(extra_fields_read(&out, buf_span(&list), &err));
	buf_clear(&out);
	buf_add_text(&list, ", X-33: a");
	assert_false(extra_fields_read(&out, buf_span(&list), &err));
	assert_non_null(strstr(err.text, "too many"));
	buf_free(&out);
	buf_clear(&list);
	buf_add_text(&list, "X-A: ");
	for (int i = 0; i < 2000; i++)
		buf_add_char(&list, 'a');
	assert_false(extra_fields_read(&out, buf_span(&list), &err));
	assert_non_null(strstr(err.text, "too long"));
	buf_free(&list);
	buf_free(&out);
}

struct add_row {
	const char *name;
	const char *fields;
	bool hides_recipients;
	const char *input, *header; /* the header that is sent */
};

static const struct add_row add_rows[] = {
    {"missing", "X-A: b\r\n", false, "To: c@d\n\n", "X-A: b\r\nTo: c@d\r\n"},
    {"there", "X-A: b\r\n", false, "x-a: e\n\n", "x-a: e\r\n"},
    {"there, and empty", "X-A: b\r\n", false, "X-A:\nTo: c\n\n",
	"X-A:\r\nTo: c\r\n"},
    {"dropped", "Reply-To: a@b\r\n", false, "Reply-To:\nTo: c\n\n",
	"Reply-To: a@b\r\nTo: c\r\n"},
    {"some", "X-A: b\r\nX-B: c\r\nX-C: d\r\n", false, "X-B: e\n\n",
	"X-A: b\r\nX-C: d\r\nX-B: e\r\n"},
    {"signed", "X-A: b\r\n", false, "DKIM-Signature: v=1\n\n",
	"X-A: b\r\nDKIM-Signature: v=1\r\n"},
    {"sent again", "X-A: b\r\n", true, "Resent-From: a@b\nX-C: d\n\n",
	"Resent-From: a@b\r\nX-C: d\r\n"},
    {"nobody is named", "", true, "Subject: x\n\n",
	"To: undisclosed-recipients:;\r\nSubject: x\r\n"},
    {"only Bcc", "", true, "Bcc: a@b\n\n", "To: undisclosed-recipients:;\r\n"},
    {"an empty To", "", true, "To:\nSubject: x\n\n",
	"To: undisclosed-recipients:;\r\nSubject: x\r\n"},
    {"To", "", true, "To: a@b\n\n", "To: a@b\r\n"},
    {"Cc", "", true, "cc: a@b\n\n", "cc: a@b\r\n"},
};

static void
test_add(void **state)
{
	const struct add_row *row = *state;
	const struct message_options options = {0};
	const struct extra_fields extra = {
	    .fields = span_from(row->fields),
	    .hides_recipients = row->hides_recipients,
	};
	const struct fixup fixup = {.remove_bcc = true, .extra = &extra};
	struct error err = {0};
	int fd = feed_pipe(span_from(row->input));
	struct message *message = message_read(fd, "input", &options, &err);
	struct buf header = {0};
	struct plan plan;

	assert_non_null(message);
	close(fd);
	assert_true(fixup_plan(&plan, message, &fixup, &err));
	assert_true(replay_header(message, &plan, &header));
	assert_string_equal(buf_text(&header), row->header);
	buf_free(&header);
	plan_free(&plan);
	message_free(message);
}

int
main(void)
{
	struct rows all = {0};

	rows_add(&all, "list", list_rows, ROWS(list_rows), test_list);
	rows_add(&all, "add", add_rows, ROWS(add_rows), test_add);
	rows_add_one(&all, "limits", test_limits);
	return rows_end(&all);
}
