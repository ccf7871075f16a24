#include "rows.h"

#include "message/feed.h"
#include "message/header_edit.h"

/* What one edit is refused with; NULL: it is accepted. */
struct text_row {
	const char *name;
	const char *text;
	size_t len; /* 0: the length of the text */
	const char *why;
};

#define FORM "it is not of the form 'Name: value'"
#define LINE_END "it has a line end or a NUL in it"
#define NAME "a field name must be printable ASCII without blanks"
#define HIDDEN "no message is sent with this field"

static const struct text_row text_rows[] = {
    {"replaces", "Subject: x", 0, NULL},
    {"without a blank", "Subject:x", 0, NULL},
    {"removes", "Subject:", 0, NULL},
    {"removes, with blanks", "Subject: \t ", 0, NULL},
    {"adds", "+Subject: x", 0, NULL},
    {"odd name", "!#$%&'*+-./09;<=>?@[\\]^_`{|}~: x", 0, NULL},
    {"UTF-8", "Subject: \303\266", 0, NULL},
    {"other charset", "Subject: \366", 0, NULL},
    {"tab", "Subject: a\tb", 0, NULL},
    {"plus within the name", "+a+b: c", 0, NULL},
    {"empty", "", 0, FORM},
    {"no colon", "Subject", 0, FORM},
    {"plus alone", "+", 0, FORM},
    {"no name", ": x", 0, NAME},
    {"no name to add", "+: x", 0, NAME},
    {"blank before the colon", "Subject : x", 0, NAME},
    {"blank in front", " Subject: x", 0, NAME},
    {"two words", "two words: x", 0, NAME},
    {"UTF-8 in the name", "a\303\266: x", 0, NAME},
    {"delete in the name", "a\177: x", 0, NAME},
    {"control in the name", "a\001: x", 0, NAME},
    {"LF", "Subject: a\nBcc: b", 0, LINE_END},
    {"CR", "Subject: a\rb", 0, LINE_END},
    {"folded", "Subject: a\r\n b", 0, LINE_END},
    {"LF at the end", "Subject: a\n", 0, LINE_END},
    {"NUL", "Subject: a\0b", 12, LINE_END},
    {"NUL in the name", "Sub\0ject: ab", 12, LINE_END},
    {"nothing to add", "+Subject:", 0, "there is no value to add"},
    {"blanks to add", "+Subject:  ", 0, "there is no value to add"},
    {"Bcc", "bCC: a@b.example", 0, HIDDEN},
    {"Bcc removed", "Bcc:", 0, HIDDEN},
    {"Bcc added", "+Bcc: a@b.example", 0, HIDDEN},
    {"Resent-Bcc", "resent-bcc: a@b.example", 0, HIDDEN},
};

static void
test_text(void **state)
{
	const struct text_row *row = *state;
	struct header_edits edits = {0};
	struct span text = span_from(row->text);
	const char *why;

	if (row->len != 0)
		text.len = row->len;
	why = header_edits_add(&edits, text);
	if (row->why == NULL)
		assert_null(why);
	else
		assert_ptr_equal(strstr(why, row->why), why);
	assert_int_equal(edits.count, row->why == NULL);
	header_edits_free(&edits);
}

struct edit_row {
	const char *name;
	const char *header;
	const char *edits[5];
	const char *expected;
	const char *notes;
};

static const struct edit_row edit_rows[] = {
    {"nothing", "a: b\r\n", {NULL}, "a: b\r\n", ""},
    {"replaced in its place", "a: 1\r\nb: 2\r\nc: 3\r\n", {"B: x", NULL},
	"a: 1\r\nB: x\r\nc: 3\r\n", "field B: replaced on request\n"},
    {"all are replaced by one", "a: 1\r\nb: 2\r\nA: 3\r\na:\r\n",
	{"a: x", NULL}, "a: x\r\nb: 2\r\n", "field a: replaced on request\n"},
    {"with its folded lines", "a: 1\r\n 2\r\n\t3\r\nb: 4\r\n", {"a: x", NULL},
	"a: x\r\nb: 4\r\n", "field a: replaced on request\n"},
    {"replaced by the same", "a: 1\r\n", {"a: 1", NULL}, "a: 1\r\n", ""},
    {"of two, the second is dropped", "a: 1\r\na: 2\r\n", {"a: 1", NULL},
	"a: 1\r\n", "field a: replaced on request\n"},
    {"not there yet", "a: 1\r\n", {"b: 2", NULL}, "a: 1\r\nb: 2\r\n",
	"field b: added on request\n"},
    {"into no header", "", {"a: 1", NULL}, "a: 1\r\n",
	"field a: added on request\n"},
    {"removed", "a: 1\r\nb: 2\r\na: 3\r\n", {"A:", NULL}, "b: 2\r\n",
	"field A: removed on request\n"},
    {"the last one removed", "a: 1\r\n", {"a:", NULL}, "",
	"field a: removed on request\n"},
    {"not there to be removed", "a: 1\r\n", {"b:", NULL}, "a: 1\r\n", ""},
    {"added beside another", "a: 1\r\nb: 2\r\n", {"+a: 3", NULL},
	"a: 1\r\nb: 2\r\na: 3\r\n", "field a: added on request\n"},
    {"two are added", "a: 1\r\n", {"+a: 2", "+a: 3", NULL},
	"a: 1\r\na: 2\r\na: 3\r\n", "field a: added on request\n"},
    {"in the order of the options", "", {"c: 1", "+a: 2", "b: 3", NULL},
	"c: 1\r\na: 2\r\nb: 3\r\n",
	"field c: added on request\nfield a: added on request\n"
	"field b: added on request\n"},
    {"the last one counts", "a: 1\r\n", {"a: 2", "A: 3", NULL}, "A: 3\r\n",
	"field a: replaced on request\n"},
    {"removed after all", "a: 1\r\n", {"a: 2", "+a: 3", "a:", NULL}, "",
	"field a: removed on request\n"},
    {"removed, then added", "a: 1\r\nb: 2\r\n", {"a:", "+a: 3", NULL},
	"b: 2\r\na: 3\r\n", "field a: replaced on request\n"},
    {"one replaced, one added", "a: 1\r\nb: 2\r\n", {"a: 3", "+a: 4", NULL},
	"a: 3\r\nb: 2\r\na: 4\r\n", "field a: replaced on request\n"},
    {"Resent- fields come first", "a: 1\r\n",
	{"Resent-To: x", "b: 2", "+Resent-Cc: y", NULL},
	"Resent-To: x\r\nResent-Cc: y\r\na: 1\r\nb: 2\r\n",
	"field Resent-To: added on request\nfield b: added on request\n"
	"field Resent-Cc: added on request\n"},
    {"a line that is no field stays", "a: 1\r\nno field\r\nb: 2\r\n",
	{"b: 3", NULL}, "a: 1\r\nno field\r\nb: 3\r\n",
	"field b: replaced on request\n"},
    {"a name that begins another", "ab: 1\r\n", {"a: 2", NULL},
	"ab: 1\r\na: 2\r\n", "field a: added on request\n"},
    {"blanks around the value", "", {"a: \t b c \t", NULL}, "a: b c\r\n",
	"field a: added on request\n"},
    {"a signed message", "DKIM-Signature: v=1\r\na: 1\r\n", {"a: 2", NULL},
	"DKIM-Signature: v=1\r\na: 2\r\n",
	"field a: replaced on request, although the message is signed\n"},
};

/* The changes, made in the old header, must give the new one. */
static void
check_changes(const struct header_changes *changes, struct span header,
    struct span edited)
{
	struct buf made = {0};
	size_t at = 0;

	for (size_t i = 0; i < changes->count; i++) {
		const struct header_change *change = &changes->list[i];

		assert_true(change->from >= at && change->to >= change->from);
		buf_add_span(
		    &made, span_skip(span_head(header, change->from), at));
		buf_add_span(
		    &made, span_head(span_skip(edited, made.len), change->len));
		at = change->to;
	}
	buf_add_span(&made, span_skip(header, at));
	assert_octets(buf_span(&made), edited, header);
	buf_free(&made);
}

static void
test_edit(void **state)
{
	const struct edit_row *row = *state;
	struct header_edits edits = {0};
	struct header_changes changes = {0};
	struct buf out = {0}, notes = {0};
	struct span header = span_from(row->header);

	for (size_t i = 0; row->edits[i] != NULL; i++)
		assert_null(header_edits_add(&edits, span_from(row->edits[i])));
	header_edits_apply(&edits, header, &out, &notes, &changes);
	assert_octets(buf_span(&out), span_from(row->expected), header);
	assert_octets(buf_span(&notes), span_from(row->notes), header);
	check_changes(&changes, header, buf_span(&out));
	free(changes.list);
	buf_free(&out);
	buf_free(&notes);
	header_edits_free(&edits);
}

/* The number of names is bounded, that of values for one name is not. */
static void
test_many(void **state)
{
	struct header_edits edits = {0};
	char text[32];

	(void)state;
	for (int i = 0; i < HEADER_EDITS_MAX; i++) {
		snprintf(text, sizeof(text), "name-%d: value", i);
		assert_null(header_edits_add(&edits, span_from(text)));
	}
	assert_string_equal(header_edits_add(&edits, SPAN("a: b")),
	    "there are too many such options");
	for (int i = 0; i < 1000; i++)
		assert_null(header_edits_add(&edits, SPAN("+NAME-0: another")));
	assert_int_equal(edits.count, HEADER_EDITS_MAX);
	assert_true(header_edits_name(&edits, SPAN("NAME-99")));
	assert_false(header_edits_name(&edits, SPAN("a")));
	header_edits_free(&edits);
}

/* A message that is read has the edited header, whatever its input. */
static void
test_read(void **state)
{
	static const struct span input = SPAN("a: 1\nb: \303\266\n\ntext\n");
	struct header_edits edits = {0};
	const struct message_options options = {
	    .edits = &edits, .keeps_raw = true};
	struct error err = {0};
	struct message *message;

	(void)state;
	assert_null(header_edits_add(&edits, SPAN("b: 2")));
	for (int i = 0; i < 2; i++) {
		int fd = i == 0 ? feed_file(input) : feed_pipe(input);
		struct gather gather = {0};

		message = message_read(fd, "input", &options, &err);
		assert_non_null(message);
		assert_octets(
		    message_header(message), SPAN("a: 1\r\nb: 2\r\n"), input);
		assert_octets(message_edit_notes(message),
		    SPAN("field b: replaced on request\n"), input);
		assert_false(message_facts(message)->has_eight_bit);
		assert_octets(buf_span(&message_raw(message)->text),
		    SPAN("a: 1\nb: \303\266\n\n"), input);
		assert_octets(buf_span(&message_raw(message)->header),
		    SPAN("a: 1\r\nb: \303\266\r\n"), input);
		assert_int_equal(
		    gather_replay(&gather, message, NULL, REPLAY_PLAIN),
		    REPLAY_DONE);
		assert_octets(buf_span(&gather.octets),
		    SPAN("a: 1\r\nb: 2\r\n\r\ntext\r\n"), input);
		buf_free(&gather.octets);
		message_free(message);
		close(fd);
	}
	header_edits_free(&edits);
}

int
main(void)
{
	struct rows all = {0};

	rows_add(&all, "text", text_rows, ROWS(text_rows), test_text);
	rows_add(&all, "edit", edit_rows, ROWS(edit_rows), test_edit);
	rows_add_one(&all, "many edits", test_many);
	rows_add_one(&all, "a message that is read", test_read);
	return rows_end(&all);
}
