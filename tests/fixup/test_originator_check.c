#include "rows.h"

#include "fixup/originator_check.h"
#include "message/header.h"

struct check_row {
	const char *name, *header;
	const char *sender;	      /* the client */
	const char *expected, *added; /* NULL: refused */
};

static const struct check_row check_rows[] = {
    {"true", "From: me@example.com\r\n", "me@example.com",
	"From: me@example.com\r\n", ""},
    {"a display name", "From: The Boss <me@example.com>\r\n", "me@example.com",
	"From: The Boss <me@example.com>\r\n", ""},
    {"bare", "From: me\r\n", "me@example.com", "From: me\r\n", ""},
    {"forged", "From: boss@example.com\r\n", "me@example.com",
	"From: boss@example.com\r\n", "Sender: me@example.com\r\n"},
    {"forged, folded", "FROM :\r\n boss@example.com\r\n", "me@example.com",
	"FROM :\r\n boss@example.com\r\n", "Sender: me@example.com\r\n"},
    {"one of two", "From: me@example.com, boss@example.com\r\n",
	"me@example.com", "From: me@example.com, boss@example.com\r\n",
	"Sender: me@example.com\r\n"},
    {"a second From", "From: me@example.com\r\nfrom: boss@b\r\n",
	"me@example.com", "From: me@example.com\r\nfrom: boss@b\r\n",
	"Sender: me@example.com\r\n"},
    {"an empty group", "From: boss:;\r\n", "me@example.com", "From: boss:;\r\n",
	"Sender: me@example.com\r\n"},
    {"not to be read", "From: me@example.com boss@\r\n", "me@example.com",
	"From: me@example.com boss@\r\n", "Sender: me@example.com\r\n"},
    {"a name that others may read as an address",
	"From: boss@b <me@example.com>\r\n", "me@example.com",
	"From: boss@b <me@example.com>\r\n", "Sender: me@example.com\r\n"},
    {"such a name in quotes", "From: \"boss@b\" <me@example.com>\r\n",
	"me@example.com", "From: \"boss@b\" <me@example.com>\r\n", ""},
    {"empty", "From:\r\n", "me@example.com", "From:\r\n",
	"Sender: me@example.com\r\n"},
    {"with a Sender", "Sender: me@example.com\r\nFrom: boss@b\r\n",
	"me@example.com", "Sender: me@example.com\r\nFrom: boss@b\r\n", ""},
    {"a forged Sender", "From: me@example.com\r\nSender: boss@b\r\n",
	"me@example.com", "From: me@example.com\r\nSender: me@example.com\r\n",
	""},
    {"both forged", "From: boss@b\r\nSender: boss@b\r\n", "me@example.com",
	"From: boss@b\r\nSender: me@example.com\r\n", ""},
    {"two Senders", "Sender: me@example.com\r\nSender: boss@b\r\n",
	"me@example.com", "Sender: me@example.com\r\n", ""},
    {"two forged Senders", "Sender: boss@b\r\nSender: boss@c\r\n",
	"me@example.com", "Sender: me@example.com\r\n", ""},
    {"client's address unknown", "From: boss@b\r\n", NULL, NULL, NULL},
    {"client's address unknown, a forged Sender", "Sender: boss@b\r\n", NULL,
	"", ""},
    {"the replacement", "From: relay@example.net\r\n", "relay@example.net",
	"From: relay@example.net\r\n", ""},
    {"others", "Reply-To: boss@b\r\nTo: boss@b\r\n", "me@example.com",
	"Reply-To: boss@b\r\nTo: boss@b\r\n", ""},
    {"resent",
	"Resent-From: me@example.com\r\n"
	"Resent-To: a@b\r\nFrom: me@example.com\r\n",
	"me@example.com",
	"Resent-From: me@example.com\r\n"
	"Resent-To: a@b\r\nFrom: me@example.com\r\n",
	""},
    {"resent: From is judged all the same",
	"Resent-From: me@example.com\r\nFrom: boss@b\r\n", "me@example.com",
	"Resent-From: me@example.com\r\nFrom: boss@b\r\n",
	"Sender: me@example.com\r\n"},
    {"resent, forged", "Resent-From: boss@b\r\n", "me@example.com",
	"Resent-From: boss@b\r\n", "Resent-Sender: me@example.com\r\n"},
    {"resent, unreadable", "RESENT-FROM: boss@\r\n", "me@example.com",
	"RESENT-FROM: boss@\r\n", "Resent-Sender: me@example.com\r\n"},
    {"resent, both forged",
	"Resent-From: boss@b\r\nX: y\r\nResent-Sender: boss@b\r\n",
	"me@example.com",
	"Resent-From: boss@b\r\nX: y\r\n"
	"Resent-Sender: me@example.com\r\n",
	""},
    {"resent, a true Resent-Sender",
	"Resent-Sender: me@example.com\r\nResent-From: boss@b\r\n",
	"me@example.com",
	"Resent-Sender: me@example.com\r\nResent-From: boss@b\r\n", ""},
    {"resent, a Sender is no Resent-Sender",
	"Sender: me@example.com\r\nResent-From: boss@b\r\n", "me@example.com",
	"Sender: me@example.com\r\nResent-From: boss@b\r\n",
	"Resent-Sender: me@example.com\r\n"},
    {"resent twice: the older block is ignored",
	"Resent-From: me@example.com\r\nResent-To: a@b\r\n"
	"Resent-From: boss@b\r\nResent-Sender: boss@b\r\n",
	"me@example.com",
	"Resent-From: me@example.com\r\nResent-To: a@b\r\n"
	"Resent-From: boss@b\r\nResent-Sender: boss@b\r\n",
	""},
    {"resent, Resent-From in an older block alone",
	"Resent-To: a@b\r\nReceived: x\r\nResent-From: boss@b\r\n",
	"me@example.com",
	"Resent-To: a@b\r\nReceived: x\r\nResent-From: boss@b\r\n",
	"Resent-Sender: me@example.com\r\n"},
    {"resent, client's address unknown", "Resent-From: boss@b\r\n", NULL, NULL,
	NULL},
};

static bool
is_mine(void *context, const char *path)
{
	(void)context;
	return strcmp(path, "me@example.com") == 0;
}

static void
test_check(void **state)
{
	const struct check_row *row = *state;
	struct originator_check check = {.may_be = is_mine,
	    .domain = "example.com",
	    .replacement = "relay@example.net",
	    .sender = row->sender,
	    .resent = header_newest_resent(span_from(row->header))};
	struct span rest = span_from(row->header);
	struct buf out = {0}, changed = {0}, added = {0}, notes = {0};
	struct buf resent = {0};
	struct error err = {0};
	struct field field;
	bool done;

	while (header_next(&rest, &field)) {
		buf_clear(&changed);
		buf_add_span(&out,
		    originator_check_field(
			&check, &field, field.whole, &changed)
			? buf_span(&changed)
			: field.whole);
	}
	done = originator_check_end(&check, &added, &resent, &notes, &err);
	buf_add_span(&added, buf_span(&resent));
	assert_int_equal(done, row->expected != NULL);
	if (done) {
		assert_string_equal(buf_text(&out), row->expected);
		assert_string_equal(buf_text(&added), row->added);
	} else {
		assert_int_equal(err.kind, ERROR_DATA);
	}
	assert_int_equal(notes.len > 0,
	    done &&
		(row->added[0] != '\0' ||
		    strcmp(row->expected, row->header) != 0));
	buf_free(&out);
	buf_free(&changed);
	buf_free(&added);
	buf_free(&notes);
	buf_free(&resent);
}

int
main(void)
{
	struct rows all = {0};

	rows_add(&all, "check", check_rows, ROWS(check_rows), test_check);
	return rows_end(&all);
}
