#include "rows.h"

#include "dkim/signed_header.h"

#define SEALS                                                                 \
	"from:reply-to:to:cc:subject:date:message-id:in-reply-to:references:" \
	"mime-version:content-type:content-transfer-encoding"

struct header_row {
	const char *name, *header, *names, *text;
};

static const struct header_row headers[] = {
    {"no field", "", SEALS, ""},
    {"from the bottom up", "From: a\r\nTo: b\r\nSubject: c\r\n",
	"subject:to:from:" SEALS, "subject:c\r\nto:b\r\nfrom:a\r\n"},
    {"two instances", "From: a\r\nfrom: b\r\nTo: c\r\n", "to:from:from:" SEALS,
	"to:c\r\nfrom:b\r\nfrom:a\r\n"},
    {"every name that is signed",
	"From: 1\r\nSender: 2\r\nReply-To: 3\r\nTo: 4\r\nCc: 5\r\n"
	"Subject: 6\r\nDate: 7\r\nMessage-ID: 8\r\nIn-Reply-To: 9\r\n"
	"References: 10\r\nMIME-Version: 11\r\nContent-Type: 12\r\n"
	"Content-Transfer-Encoding: 13\r\nResent-From: 14\r\n"
	"List-Unsubscribe: 15\r\nList-Unsubscribe-Post: 16\r\n",
	"list-unsubscribe-post:list-unsubscribe:resent-from:"
	"content-transfer-encoding:content-type:mime-version:references:"
	"in-reply-to:message-id:date:subject:cc:to:reply-to:sender:"
	"from:" SEALS,
	"list-unsubscribe-post:16\r\nlist-unsubscribe:15\r\n"
	"resent-from:14\r\ncontent-transfer-encoding:13\r\n"
	"content-type:12\r\nmime-version:11\r\nreferences:10\r\n"
	"in-reply-to:9\r\nmessage-id:8\r\ndate:7\r\nsubject:6\r\ncc:5\r\n"
	"to:4\r\nreply-to:3\r\nsender:2\r\nfrom:1\r\n"},
    {"names that are not signed",
	"Return-Path: <a>\r\nReceived: b\r\nDKIM-Signature: c\r\n"
	"Bcc: d\r\nAuthentication-Results: e\r\nARC-Seal: f\r\n"
	"X-List-From: g\r\nComments: h\r\nFromage: i\r\nList: j\r\n",
	SEALS, ""},
    {"two blocks of Resent",
	"Resent-To: b\r\nResent-From: c\r\nResent-To: a\r\nFrom: d\r\n",
	"from:resent-to:resent-from:resent-to:" SEALS,
	"from:d\r\nresent-to:a\r\nresent-from:c\r\nresent-to:b\r\n"},
    {"a name that would break the tag h", "List-a;b: 1\r\nTo: 2\r\n",
	"to:" SEALS, "to:2\r\n"},
    {"a line that is no field", "To: 1\r\nno field\r\n", "to:" SEALS,
	"to:1\r\n"},
};

static void
test_header(void **state)
{
	const struct header_row *row = *state;
	struct buf names, text;

	assert_true(signed_header_make(span_from(row->header), &names, &text));
	assert_string_equal(buf_text(&names), row->names);
	assert_string_equal(buf_text(&text), row->text);
	buf_free(&names);
	buf_free(&text);
}

struct field_row {
	const char *name, *field, *relaxed;
};

static const struct field_row fields[] = {
    {"RFC 6376 section 3.4.5, A", "A: X\r\n", "a:X"},
    {"RFC 6376 section 3.4.5, B", "B : Y\t\r\n\tZ  \r\n", "b:Y Z"},
    {"no blank", "Subject:a\r\n", "subject:a"},
    {"runs of blanks", "SUBJECT: \t a \t b\t\r\n", "subject:a b"},
    {"folds", "To:\r\n a,\r\n\t b,\r\n  \r\n c\r\n", "to:a, b, c"},
    {"empty", "Subject:\r\n", "subject:"},
    {"blanks only", "Subject: \r\n\t \r\n", "subject:"},
    {"case of the body stays", "Subject: ABC\r\n", "subject:ABC"},
    {"colons in the body", "Subject: a:b : c\r\n", "subject:a:b : c"},
    {"UTF-8", "Subject: \303\204 \303\244\r\n", "subject:\303\204 \303\244"},
    {"without a line end", "X: a b", "x:a b"},
    {"a no-break space is no blank", "X: \302\240 a\r\n", "x:\302\240 a"},
};

static void
test_field(void **state)
{
	const struct field_row *row = *state;
	struct buf out = {0};

	signed_header_add_relaxed(span_from(row->field), &out);
	assert_string_equal(buf_text(&out), row->relaxed);
	buf_free(&out);
}

/* Very many fields are refused, not signed in part. */
static void
test_many(void **state)
{
	struct buf header, names, text;

	(void)state;
	buf_init(&header, 1024 * 1024);
	for (size_t i = 0; i < 40000; i++)
		buf_add_text(&header, "To: a\r\n");
	assert_false(signed_header_make(buf_span(&header), &names, &text));
	buf_free(&names);
	buf_free(&text);
	header.len = 7 * 1000;
	assert_true(signed_header_make(buf_span(&header), &names, &text));
	assert_int_equal(text.len, 1000 * strlen("to:a\r\n"));
	buf_free(&names);
	buf_free(&text);
	buf_free(&header);
}

int
main(void)
{
	struct rows all = {0};

	rows_add(&all, "header", headers, ROWS(headers), test_header);
	rows_add(&all, "field", fields, ROWS(fields), test_field);
	rows_add_one(&all, "very many fields", test_many);
	return rows_end(&all);
}
