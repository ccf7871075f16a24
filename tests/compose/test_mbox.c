#include "rows.h"

#include "base/buf.h"
#include "compose/mbox.h"

/* The octets of a text in memory, as a storage. */
static void
keep(struct storage *storage, struct span text)
{
	struct error err = {0};

	storage_init(storage, 0);
	assert_true(storage_add(storage, text, &err));
	assert_true(storage_end(storage, &err));
}

struct scan_row {
	const char *name;
	const char *text;
	/* The mails in brackets, with "Q" before a quoted one and "=" at the
	   end if quotes are kept; or the beginning of an error. */
	const char *shown;
};

#define TIME "From a@b.example Fri Jul  8 12:08:34 2011\n"

static const struct scan_row scans[] = {
    {"nothing", "", ""},
    {"empty lines", "\n\n\r\n", ""},
    {"one mail", TIME "A: b\n\ntext\n\n", "[A: b\n\ntext\n]"},
    {"no empty line at the end", TIME "A: b\n\ntext\n", "[A: b\n\ntext\n]"},
    {"no line end", TIME "A: b\n\ntext", "[A: b\n\ntext]"},
    {"two empty lines at the end", TIME "A: b\n\ntext\n\n\n",
	"[A: b\n\ntext\n\n]"},
    {"two mails", TIME "A: b\n\none\n\n" TIME "C: d\n\ntwo\n\n",
	"[A: b\n\none\n][C: d\n\ntwo\n]"},
    {"empty lines first", "\n\n" TIME "A: b\n\none\n", "[A: b\n\none\n]"},
    {"CRLF", "From a 12:00\r\nA: b\r\n\r\none\r\n\r\nFrom c 12:00\r\nD: e\r\n",
	"[A: b\r\n\r\none\r\n][D: e\r\n]"},
    {"a header alone", TIME "A: b\n\n" TIME "C: d\n\n", "[A: b\n][C: d\n]"},
    {"nothing in a mail", TIME "\n" TIME "\n", "[][]"},
    {"no time, but a field", TIME "A: b\n\none\n\nFrom x\nC: d\n\ntwo\n",
	"[A: b\n\none\n][C: d\n\ntwo\n]"},
    {"no time, no field", TIME "A: b\n\none\n\nFrom x\ntwo\n",
	"[A: b\n\none\n\nFrom x\ntwo\n]"},
    {"a time, no field", TIME "A: b\n\none\n\nFrom x 12:00\ntwo\n",
	"[A: b\n\none\n][two\n]"},
    {"From in a text", TIME "A: b\n\none\nFrom x\nto y\n",
	"[A: b\n\none\nFrom x\nto y\n]"},
    {"From in a text, with a time", TIME "A: b\n\none\nFrom 12:00 on\nto y\n",
	"[A: b\n\none\nFrom 12:00 on\nto y\n]"},
    {"From without an empty line, with a field",
	TIME "A: b\n\none\nFrom me\nto: y\n",
	"[A: b\n\none\nFrom me\nto: y\n]"},
    {"a mail without an empty line before it",
	TIME "A: b\n\none\n" TIME "C: d\n", "!line 5 begins"},
    {"From at the end", TIME "A: b\n\none\n\nFrom x",
	"[A: b\n\none\n\nFrom x]"},
    {"quoted", TIME "A: b\n\n>From x\n", "Q[A: b\n\n>From x\n]"},
    {"quoted twice", TIME "A: b\n\n>>From x\n", "Q[A: b\n\n>>From x\n]"},
    {"not quoted", TIME "A: b\n\n> From x\n>from x\n",
	"[A: b\n\n> From x\n>from x\n]"},
    {"quoted in the header", TIME ">From x\nA: b\n\none\n",
	"[>From x\nA: b\n\none\n]"},
    {"a length", TIME "Content-Length: 4\n\none\n\n" TIME "C: d\n\n",
	"[Content-Length: 4\n\none\n][C: d\n]"},
    {"a length without the line end",
	TIME "content-length:3 \n\none\n\n" TIME "C: d\n\n",
	"[content-length:3 \n\none][C: d\n]"},
    {"a length of nothing", TIME "Content-Length: 0\n\n\n" TIME "C: d\n\n",
	"[Content-Length: 0\n\n][C: d\n]"},
    {"a length up to the end", TIME "Content-Length: 4\n\none\n",
	"[Content-Length: 4\n\none\n]"},
    {"a length over a mail",
	TIME "Content-Length: 53\n\none\n\n" TIME "C: d\n\n\n" TIME
	     "Content-Length: 1\n\n\n",
	"[Content-Length: 53\n\none\n\n" TIME
	"C: d\n\n][Content-Length: 1\n\n\n]="},
    {"a length over a mail up to the end",
	TIME "Content-Length: 53\n\none\n\n" TIME "C: d\n\n\n",
	"[Content-Length: 53\n\none\n\n" TIME "C: d\n\n]="},
    {"a length over a mail, and another mail has none",
	TIME "Content-Length: 53\n\none\n\n" TIME "C: d\n\n\n" TIME "E: f\n\n",
	"!line 6 begins"},
    {"a mail without a length, then a length over a mail",
	TIME "A: b\n\n" TIME "Content-Length: 53\n\none\n\n" TIME "C: d\n\n\n",
	"!line 9 begins"},
    {"a length that is too small",
	TIME "Content-Length: 2\n\none\n\n" TIME "C: d\n\n",
	"[Content-Length: 2\n\none\n][C: d\n]"},
    {"a length that is too large",
	TIME "Content-Length: 400\n\none\n\n" TIME "C: d\n\n",
	"[Content-Length: 400\n\none\n][C: d\n]"},
    {"a length that is no number",
	TIME "Content-Length: -4\n\none\n\n" TIME "C: d\n\n",
	"[Content-Length: -4\n\none\n][C: d\n]"},
    {"a huge length",
	TIME "Content-Length: 9223372036854775807\n\none\n\n" TIME "C: d\n\n",
	"[Content-Length: 9223372036854775807\n\none\n][C: d\n]"},
    {"a length in the text",
	TIME "A: b\n\nContent-Length: 0\n\n" TIME "C: d\n\n",
	"[A: b\n\nContent-Length: 0\n][C: d\n]"},
    {"a length that ends at From within a line",
	TIME "Content-Length: 2\n\noxFrom y\n\n",
	"[Content-Length: 2\n\noxFrom y\n]"},
    {"quotes after a length",
	TIME "Content-Length: 8\n\n>From x\n\n" TIME "C: d\n\n",
	"Q[Content-Length: 8\n\n>From x\n][C: d\n]"},
    {"From after a length: quotes are kept",
	TIME "Content-Length: 15\n\nFrom x\n>From y\n\n" TIME "C: d\n\n",
	"Q[Content-Length: 15\n\nFrom x\n>From y\n][C: d\n]="},
    {"the data of a mail program",
	TIME "Subject: DON'T DELETE THIS MESSAGE -- FOLDER INTERNAL DATA\n"
	     "X-IMAP: 1310126914 2\n\ntext\n\n" TIME "A: b\n\none\n",
	"[A: b\n\none\n]"},
    {"only the data of a mail program",
	TIME "X-IMAP: 1310126914 2\nSubject: DON'T DELETE THIS MESSAGE\n\n",
	""},
    {"a message about these data",
	TIME "Subject: DON'T DELETE THIS MESSAGE\nX-IMAPbase: 1 2\n\n",
	"[Subject: DON'T DELETE THIS MESSAGE\nX-IMAPbase: 1 2\n]"},
    {"a message", "A: b\n\none\n", "!its first line"},
    {"text first", "\nx\n" TIME "A: b\n", "!its first line"},
};

static void
show(struct buf *out, const struct mbox *mbox, const char *text)
{
	for (size_t i = 0; i < mbox->count; i++) {
		const struct mbox_mail *mail = &mbox->mails[i];

		buf_add_text(out, mail->is_quoted ? "Q[" : "[");
		buf_add(
		    out, text + mail->from, (size_t)(mail->end - mail->from));
		buf_add_char(out, ']');
	}
	if (mbox->keeps_quotes)
		buf_add_char(out, '=');
}

static void
test_scan(void **state)
{
	const struct scan_row *row = *state;
	struct storage storage;
	struct mbox mbox = {0};
	struct error err = {0};
	struct buf shown = {0};

	keep(&storage, span_from(row->text));
	if (mbox_scan(&mbox, &storage, "x.mbox", &err)) {
		show(&shown, &mbox, row->text);
	} else {
		assert_int_equal(err.kind, ERROR_DATA);
		assert_non_null(strstr(err.text, row->shown + 1));
		assert_non_null(strstr(err.text, "x.mbox"));
		buf_add_text(&shown, row->shown);
	}
	assert_string_equal(buf_text(&shown), row->shown);
	mbox_free(&mbox);
	storage_free(&storage);
	buf_free(&shown);
}

/* Lines that begin anywhere in a block, and are longer than what is kept. */
static void
test_blocks(void **state)
{
	(void)state;
	for (size_t shift = 0; shift < 64; shift++) {
		struct storage storage;
		struct mbox mbox = {0};
		struct error err = {0};
		struct buf text;

		buf_init(&text, STORAGE_BLOCK * 3);
		buf_add_text(&text, TIME "A: b\n\n");
		while (text.len < STORAGE_BLOCK - shift)
			buf_add_char(&text, text.len % 5000 == 0 ? '\n' : 'x');
		buf_add_text(&text, "\n\n" TIME "C: d\n\n>From y\n");
		keep(&storage, buf_span(&text));
		assert_true(mbox_scan(&mbox, &storage, "x", &err));
		assert_int_equal(mbox.count, 2);
		assert_int_equal(mbox.mails[1].end - mbox.mails[1].from, 14);
		assert_true(mbox.mails[1].is_quoted);
		assert_false(mbox.mails[0].is_quoted);
		mbox_free(&mbox);
		storage_free(&storage);
		buf_free(&text);
	}
}

struct unquote_row {
	const char *name;
	const char *text, *expected;
};

static const struct unquote_row unquotes[] = {
    {"no quotes", "a\n b\n", "a\n b\n"},
    {"a quote", ">From a\nb", "From a\nb"},
    {"several", ">From a\n>>From b\n>>>From c\n",
	"From a\n>From b\n>>From c\n"},
    {"not at the beginning of a line", "a>From b\n", "a>From b\n"},
    {"marks alone", ">\n>>\n>", ">\n>>\n>"},
    {"a part of the word", ">Fro\n>From\n>Fr", ">Fro\n>From\n>Fr"},
    {"another word", ">Frost\n> From x\n>from x\n",
	">Frost\n> From x\n>from x\n"},
    {"very many marks", ">>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>From x\n",
	">>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>From x\n"},
    {"CRLF", ">From a\r\n>From b\r\n", "From a\r\nFrom b\r\n"},
};

static bool
add(void *context, struct span data, struct error *err)
{
	(void)err;
	return buf_add_span(context, data);
}

/* In pieces of each length. */
static void
test_unquote(void **state)
{
	const struct unquote_row *row = *state;

	for (size_t length = 1; length < 9; length++) {
		struct buf out = {0};
		struct error err = {0};
		struct mbox_unquote unquote = {.write = add, .context = &out};
		struct span rest = span_from(row->text);

		for (; rest.len > 0; rest = span_skip(rest, length))
			assert_true(mbox_unquote_add(
			    &unquote, span_head(rest, length), &err));
		assert_true(mbox_unquote_end(&unquote, &err));
		assert_string_equal(buf_text(&out), row->expected);
		buf_free(&out);
	}
}

int
main(void)
{
	struct rows all = {0};

	rows_add(&all, "scan", scans, ROWS(scans), test_scan);
	rows_add(&all, "unquote", unquotes, ROWS(unquotes), test_unquote);
	rows_add_one(&all, "lines anywhere in a block", test_blocks);
	return rows_end(&all);
}
