#include "rows.h"

#include <locale.h>
#include <time.h>

#include "message/feed.h"
#include "message/header.h"
#include "message/replay.h"

/* Sun, 22 Nov 2026 01:02:03 +0000 */
#define NOW ((time_t)1795309323)

static struct message *
message_of(struct span input)
{
	const struct message_options options = {0};
	struct error err = {0};
	int fd = feed_pipe(input);
	struct message *message = message_read(fd, "input", &options, &err);

	assert_non_null(message);
	close(fd);
	return message;
}

/* The rest of a header after blind copies are removed. */
struct drop_row {
	const char *name;
	struct span input;
	const char *left;
	size_t drops;
};

static const struct drop_row drop_rows[] = {
    {"none", SPAN("To: a\nCc: b\n"), "To: a\r\nCc: b\r\n", 0},
    {"one", SPAN("To: a\nBcc: x\nCc: b\n"), "To: a\r\nCc: b\r\n", 1},
    {"first", SPAN("Bcc: x\nTo: a\n"), "To: a\r\n", 1},
    {"last", SPAN("To: a\nBcc: x"), "To: a\r\n", 1},
    {"only", SPAN("BCC: x\n"), "", 1},
    {"adjacent", SPAN("Bcc: x\nBcc: y\nbcc: z\nTo: a\n"), "To: a\r\n", 1},
    {"apart", SPAN("Bcc: x\nTo: a\nBcc: y\nCc: b\nBcc: z\n"),
	"To: a\r\nCc: b\r\n", 3},
    {"folded", SPAN("To: a\nBcc: x,\n y,\n\tz\nCc: b\n"), "To: a\r\nCc: b\r\n",
	1},
    {"folded, blanks alone", SPAN("Bcc: x\n \n\t\n y\nTo: a\n"), "To: a\r\n",
	1},
    {"folded at once", SPAN("Bcc:\n x\nTo: a\n"), "To: a\r\n", 1},
    {"any case", SPAN("bCC: x\nTo: a\n"), "To: a\r\n", 1},
    {"blank before the colon", SPAN("Bcc : x\nTo: a\nBCC\t:y\n"), "To: a\r\n",
	2},
    {"group without members", SPAN("Bcc: x:;\nTo: a\n"), "To: a\r\n", 1},
    {"resent", SPAN("Resent-Bcc: x\nresent-bcc : y\nResent-To: a\n"),
	"Resent-To: a\r\n", 1},
    {"ends mixed", SPAN("Bcc: x\rTo: v\r\nTo: a\r\r\nBcc: y\n\rBcc: w"),
	"To: a\r\n", 2},
    {"CR alone", SPAN("Bcc: x\rTo: a\rBcc: y\r\rBcc: body"), "To: a\r\n", 2},
    {"other fields whose name contains it", SPAN("X-Bcc: x\nBccc: y\nBc: z\n"),
	"X-Bcc: x\r\nBccc: y\r\nBc: z\r\n", 0},
    {"in a continuation", SPAN("Subject: x\n Bcc: y\n"),
	"Subject: x\r\n Bcc: y\r\n", 0},
};

static void
test_drop(void **state)
{
	const struct drop_row *row = *state;
	struct message *message = message_of(row->input);
	struct fixup fixup = {.remove_bcc = true};
	struct gather gather = {0};
	struct error err = {0};
	struct plan plan;

	assert_true(fixup_plan(&plan, message, &fixup, &err));
	assert_int_equal(plan.header.count, row->drops);
	assert_int_equal(plan.added.len, 0);
	assert_int_equal(
	    gather_replay(&gather, message, &plan, REPLAY_PLAIN), REPLAY_DONE);
	assert_int_equal(replay_size(message, &plan), gather.octets.len);
	assert_memory_equal(
	    buf_text(&gather.octets), row->left, strlen(row->left));
	assert_memory_equal(gather.octets.data + strlen(row->left), "\r\n", 2);
	buf_free(&gather.octets);
	plan_free(&plan);

	fixup.remove_bcc = false;
	assert_true(fixup_plan(&plan, message, &fixup, &err));
	assert_int_equal(plan.header.count, 0);
	plan_free(&plan);
	message_free(message);
}

/* Fields that are dropped, and the notes about them. */
struct gone_row {
	const char *name;
	struct span input;
	const char *left, *notes;
};

#define EMPTY ": dropped, since it is empty\n"

static const struct gone_row gone_rows[] = {
    {"Return-Path", SPAN("Return-Path: <a@b>\nTo: c\n"), "To: c\r\n",
	"repaired: field Return-Path: dropped, since the last server adds "
	"it\n"},
    {"Return-Path, signed",
	SPAN("return-path : <>\nDKIM-Signature: x\nReturn-Path: a\n"),
	"DKIM-Signature: x\r\n",
	"repaired: field return-path: dropped, since the last server adds "
	"it\n"
	"repaired: field Return-Path: dropped, since the last server adds "
	"it\n"},
    {"empty To", SPAN("To:\nCc: a\n"), "Cc: a\r\n", "repaired: field To" EMPTY},
    {"empty by blanks and folding", SPAN("Reply-To: \t\n \nCc: a\n"),
	"Cc: a\r\n", "repaired: field Reply-To" EMPTY},
    {"empty by commas", SPAN("Cc: ,\n ,\nSender:\nX: a\n"), "X: a\r\n",
	"repaired: field Cc" EMPTY "repaired: field Sender" EMPTY},
    {"empty Resent-To", SPAN("Resent-To:\nResent-Cc: a\n"), "Resent-Cc: a\r\n",
	"repaired: field Resent-To" EMPTY},
    {"empty Bcc", SPAN("Bcc:\nTo: a\n"), "To: a\r\n",
	"repaired: field Bcc" EMPTY},
    {"empty, signed", SPAN("To:\nDKIM-Signature: x\n"),
	"To:\r\nDKIM-Signature: x\r\n", ""},
    {"a group without members", SPAN("To: x:;\n"), "To: x:;\r\n", ""},
    {"a comment", SPAN("To: (nobody)\n"), "To: (nobody)\r\n", ""},
    {"others may be empty", SPAN("Subject:\nX-To:\n"), "Subject:\r\nX-To:\r\n",
	""},
};

static void
test_gone(void **state)
{
	const struct gone_row *row = *state;
	struct message *message = message_of(row->input);
	struct fixup fixup = {0};
	struct gather gather = {0};
	struct error err = {0};
	struct plan plan;

	assert_true(fixup_plan(&plan, message, &fixup, &err));
	assert_string_equal(buf_text(&plan.notes), row->notes);
	assert_int_equal(
	    gather_replay(&gather, message, &plan, REPLAY_PLAIN), REPLAY_DONE);
	assert_int_equal(replay_size(message, &plan), gather.octets.len);
	assert_int_equal(gather.octets.len, strlen(row->left) + 2);
	assert_memory_equal(
	    buf_text(&gather.octets), row->left, strlen(row->left));
	buf_free(&gather.octets);
	plan_free(&plan);
	message_free(message);
}

/* A header with too many edits is refused, which bounds memory. */
static void
test_many_edits(void **state)
{
	const struct message_options options = {0};
	struct fixup fixup = {.repair = true};
	struct message *message;
	struct error err = {0};
	struct buf input;
	struct plan plan;
	int fd;

	(void)state;
	buf_init(&input, HEADER_MAX);
	while (input.len < HEADER_MAX / 2)
		buf_add_text(&input, "a:\xe9\n");
	fd = feed_file(buf_span(&input));
	message = message_read(fd, "input", &options, &err);
	assert_non_null(message);
	assert_false(fixup_plan(&plan, message, &fixup, &err));
	assert_int_equal(err.kind, ERROR_DATA);
	assert_string_equal(err.text,
	    "cannot send the message: its header would need too many "
	    "changes");
	message_free(message);
	buf_free(&input);
	close(fd);
}

/*
 * The fields that are added; ID stands for a random Message-ID at id.example.
 */
#define DATE "Date: Sun, 22 Nov 2026 01:02:03 +0000\r\n"
#define ID "Message-ID: <ID@id.example>\r\n"

struct add_row {
	const char *name;
	struct span input;
	const char *path, *full_name;
	const char *added;
};

static const struct add_row add_rows[] = {
    {"all", SPAN("To: a\n"), "me@a.example", NULL,
	"From: me@a.example\r\n" DATE ID},
    {"no header", SPAN("\nbody\n"), "me@a.example", "",
	"From: me@a.example\r\n" DATE ID},
    {"none", SPAN("from: a\nDATE : b\nmessage-id: <c@d>\n"), "me@a.example",
	"Me", ""},
    {"no path", SPAN("To: a\n"), NULL, "Me", DATE ID},
    {"null reverse-path", SPAN("To: a\n"), "", "Me", DATE ID},
    {"name", SPAN("To: a\n"), "me@a.example", "Me Too",
	"From: Me Too <me@a.example>\r\n" DATE ID},
    {"name of blanks", SPAN("To: a\n"), "me@a.example", " \t ",
	"From: me@a.example\r\n" DATE ID},
    {"name with a line end", SPAN("To: a\n"), "me@a.example", "Me\r\nBcc: x@y",
	"From: \"Me Bcc: x@y\" <me@a.example>\r\n" DATE ID},
    {"long name", SPAN("To: a\n"), "me@department.a.example",
	"A name of many words that are all plain and is too long for it",
	"From: A name of many words that are all plain and is too long for "
	"it\r\n <me@department.a.example>\r\n" DATE ID},
    {"date", SPAN("Date: x\n"), "me@a.example", NULL,
	"From: me@a.example\r\n" ID},
    {"empty date and message-id", SPAN("Date:\nMessage-ID: \n \n"),
	"me@a.example", NULL, "From: me@a.example\r\n" DATE ID},
    {"message-id", SPAN("Message-ID: <x@y>\n"), "me@a.example", NULL,
	"From: me@a.example\r\n" DATE},
    {"resent fields are others", SPAN("Resent-From: a\nResent-Date: b\n"),
	"me@a.example", NULL, "From: me@a.example\r\n" DATE ID},
    {"fields in the body are none", SPAN("To: a\n\nFrom: b\n"), "me@a.example",
	NULL, "From: me@a.example\r\n" DATE ID},
};

/* Checks the random part of the Message-ID, and replaces it by "ID". */
static void
mask_id(struct buf *masked, const struct plan *plan)
{
	struct span added = buf_span(&plan->added), tail;
	struct field field;

	if (!header_find(added, SPAN("Message-ID"), &field)) {
		buf_add_span(masked, added);
		return;
	}
	tail = span_trim(field.body);
	assert_true(span_equal(tail, span_from(plan->message_id)));
	assert_int_equal(span_find(tail, '@'), 27);
	for (size_t i = 1; i < 27; i++)
		assert_true(ascii_is_alnum(tail.at[i]));
	buf_add_span(
	    masked, span_head(added, (size_t)(tail.at - added.at) + 1));
	buf_add_text(masked, "ID");
	buf_add_span(
	    masked, span_skip(added, (size_t)(tail.at - added.at) + 27));
}

static void
test_add(void **state)
{
	const struct add_row *row = *state;
	struct message *message = message_of(row->input);
	const struct header_completion completion = {.from_path = row->path,
	    .from_name = row->full_name,
	    .id_domain = "id.example",
	    .now = NOW};
	struct fixup fixup = {.completion = &completion};
	struct buf masked = {0};
	struct error err = {0};
	struct plan plan;

	assert_true(fixup_plan(&plan, message, &fixup, &err));
	mask_id(&masked, &plan);
	assert_string_equal(buf_text(&masked), row->added);
	buf_free(&masked);
	plan_free(&plan);

	fixup.completion = NULL;
	assert_true(fixup_plan(&plan, message, &fixup, &err));
	assert_int_equal(plan.added.len, 0);
	plan_free(&plan);
	message_free(message);
}

/* The fields added in front of the newest Resent- block. */
struct resent_row {
	const char *name, *header;
	const char *left; /* the header, with ID for the random part */
};

#define RESENT_DATE "Resent-Date: Sun, 22 Nov 2026 01:02:03 +0000\r\n"
#define RESENT_ID "Resent-Message-ID: <ID@id.example>\r\n"
#define ORIGINAL "From: a\r\nDate: b\r\nMessage-ID: <c@d>\r\n"

static const struct resent_row resent_rows[] = {
    {"no block", ORIGINAL, ORIGINAL},
    {"all there", "Resent-Date: x\r\nResent-Message-ID: y\r\n" ORIGINAL,
	"Resent-Date: x\r\nResent-Message-ID: y\r\n" ORIGINAL},
    {"both", "Resent-From: a\r\nResent-To: b\r\n" ORIGINAL,
	RESENT_DATE RESENT_ID "Resent-From: a\r\nResent-To: b\r\n" ORIGINAL},
    {"one", "Resent-Date: x\r\nResent-To: b\r\n" ORIGINAL,
	RESENT_ID "Resent-Date: x\r\nResent-To: b\r\n" ORIGINAL},
    {"the other, apart",
	"Resent-To: b\r\nX: y\r\nresent-message-id : z\r\n" ORIGINAL,
	RESENT_DATE
	"Resent-To: b\r\nX: y\r\nresent-message-id: z\r\n" ORIGINAL},
    {"next to the block", "Received: x\r\n" ORIGINAL "Resent-To: b\r\n",
	"Received: x\r\n" ORIGINAL RESENT_DATE RESENT_ID "Resent-To: b\r\n"},
    {"after a field that is dropped, too",
	"X: y\r\nBcc: c\r\nResent-Bcc: b\r\nBcc: e\r\n"
	"Resent-To: d\r\n" ORIGINAL,
	"X: y\r\n" RESENT_DATE RESENT_ID "Resent-To: d\r\n" ORIGINAL},
    {"before a field that is dropped",
	"X: y\r\nResent-Bcc: b\r\nBcc: c\r\nResent-To: d\r\n" ORIGINAL,
	"X: y\r\n" RESENT_DATE RESENT_ID "Resent-To: d\r\n" ORIGINAL},
    {"between fields that are dropped",
	"X: y\r\nBcc: c\r\nResent-Bcc: b\r\nBcc: d\r\nResent-To: "
	"d\r\n" ORIGINAL,
	"X: y\r\n" RESENT_DATE RESENT_ID "Resent-To: d\r\n" ORIGINAL},
    {"of a block that is dropped", "Bcc: c\r\nResent-Bcc: b\r\n" ORIGINAL,
	RESENT_DATE RESENT_ID ORIGINAL},
    {"Bcc of an older block goes too",
	"Resent-To: b\r\nReceived: x\r\nResent-Bcc: old\r\n" ORIGINAL,
	RESENT_DATE RESENT_ID "Resent-To: b\r\nReceived: x\r\n" ORIGINAL},
    {"an older block's are no help",
	"Resent-To: b\r\nReceived: x\r\nResent-Date: z\r\n"
	"Resent-Message-ID: y\r\n" ORIGINAL,
	RESENT_DATE RESENT_ID
	"Resent-To: b\r\nReceived: x\r\n"
	"Resent-Date: z\r\nResent-Message-ID: y\r\n" ORIGINAL},
};

static void
test_resent(void **state)
{
	const struct resent_row *row = *state;
	struct message *message = message_of(span_from(row->header));
	const struct header_completion completion = {
	    .id_domain = "id.example", .now = NOW};
	struct fixup fixup = {.completion = &completion, .remove_bcc = true};
	struct gather gather = {0};
	struct buf masked = {0};
	struct error err = {0};
	struct span rest;
	struct plan plan;

	assert_true(fixup_plan(&plan, message, &fixup, &err));
	assert_string_equal(plan.message_id, "<c@d>");
	assert_int_equal(
	    gather_replay(&gather, message, &plan, REPLAY_PLAIN), REPLAY_DONE);
	assert_int_equal(replay_size(message, &plan), gather.octets.len);
	/* 26 random characters precede the domain. */
	for (rest = buf_span(&gather.octets); rest.len > 0;
	     rest = span_skip(rest, 1)) {
		if (span_starts(span_skip(rest, 26), SPAN("@id.example")) &&
		    rest.at[-1] == '<') {
			buf_add_text(&masked, "ID");
			rest = span_skip(rest, 26);
		}
		buf_add_char(&masked, rest.at[0]);
	}
	assert_int_equal(masked.len, strlen(row->left) + 2);
	assert_memory_equal(buf_text(&masked), row->left, strlen(row->left));
	buf_free(&gather.octets);
	buf_free(&masked);
	plan_free(&plan);

	fixup.completion = NULL;
	fixup.remove_bcc = false;
	assert_true(fixup_plan(&plan, message, &fixup, &err));
	assert_int_equal(plan.header.count, 0);
	plan_free(&plan);
	message_free(message);
}

struct id_row {
	const char *name;
	struct span input;
	const char *id; /* NULL: the report has none */
};

static const struct id_row id_rows[] = {
    {"plain", SPAN("Message-ID: <a@b>\n"), "<a@b>"},
    {"any case, folded", SPAN("MESSAGE-id :\n\t<a@b> \n"), "<a@b>"},
    {"first of two", SPAN("Message-ID: <a@b>\nMessage-ID: <c@d>\n"), "<a@b>"},
    {"empty", SPAN("Message-ID:\n"), NULL},
    {"8-bit", SPAN("Message-ID: <\303\244@b>\n"), NULL},
    {"control", SPAN("Message-ID: <a\033[2J@b>\n"), NULL},
    {"folded inside", SPAN("Message-ID: <a@\n b>\n"), NULL},
    {"bad one first", SPAN("Message-ID: \001\nMessage-ID: <c@d>\n"), NULL},
    {"none", SPAN("To: a\n"), NULL},
};

static void
test_id(void **state)
{
	const struct id_row *row = *state;
	struct message *message = message_of(row->input);
	const struct fixup fixup = {0};
	struct error err = {0};
	struct plan plan;

	assert_true(fixup_plan(&plan, message, &fixup, &err));
	if (row->id == NULL)
		assert_null(plan.message_id);
	else
		assert_string_equal(plan.message_id, row->id);
	plan_free(&plan);
	message_free(message);
}

/* A line end in an address or domain never gets into a header. */
struct refuse_row {
	const char *name;
	const char *path, *domain;
};

static const struct refuse_row refuse_rows[] = {
    {"LF in the path", "a@b\nBcc: c@d", "b"},
    {"CR in the path", "a@b\r", "b"},
    {"LF in the domain", "a@b", "b\nX: y"},
    {"delete in the domain", "a@b", "b\177"},
};

static void
test_refuse(void **state)
{
	const struct refuse_row *row = *state;
	struct message *message = message_of(SPAN("To: a\n"));
	const struct header_completion completion = {
	    .from_path = row->path, .id_domain = row->domain, .now = NOW};
	const struct fixup fixup = {.completion = &completion};
	struct error err = {0};
	struct plan plan;

	assert_false(fixup_plan(&plan, message, &fixup, &err));
	assert_int_equal(err.kind, ERROR_DATA);
	assert_false(span_has_control(span_from(err.text)));
	assert_null(plan.message_id);
	plan_free(&plan);
	message_free(message);
}

static void
test_ids_differ(void **state)
{
	struct message *message = message_of(SPAN("To: a\n"));
	const struct header_completion completion = {.now = NOW};
	const struct fixup fixup = {.completion = &completion};
	struct error err = {0};
	struct plan a, b;

	(void)state;
	assert_true(fixup_plan(&a, message, &fixup, &err));
	assert_true(fixup_plan(&b, message, &fixup, &err));
	assert_string_not_equal(a.message_id, b.message_id);
	assert_non_null(strstr(a.message_id, "@localhost>"));
	plan_free(&a);
	plan_free(&b);
	message_free(message);
}

int
main(void)
{
	struct rows all = {0};

	setenv("TZ", "UTC0", 1);
	setlocale(LC_ALL, "");
	rows_add(&all, "drop", drop_rows, ROWS(drop_rows), test_drop);
	rows_add(&all, "gone", gone_rows, ROWS(gone_rows), test_gone);
	rows_add_one(&all, "many edits", test_many_edits);
	rows_add(&all, "add", add_rows, ROWS(add_rows), test_add);
	rows_add(&all, "resent", resent_rows, ROWS(resent_rows), test_resent);
	rows_add(&all, "id", id_rows, ROWS(id_rows), test_id);
	rows_add(&all, "refuse", refuse_rows, ROWS(refuse_rows), test_refuse);
	rows_add_one(&all, "ids differ", test_ids_differ);
	return rows_end(&all);
}
