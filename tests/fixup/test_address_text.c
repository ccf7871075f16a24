#include "rows.h"

#include "base/base64.h"
#include "base/utf8.h"
#include "fixup/address_text.h"

#define LINE_MAX_OCTETS 998

/* Every address gets the path "new@x.example", except "stay". */
static bool
choose_new(void *context, const struct mailbox *mailbox, struct buf *path)
{
	(void)context;
	if (strcmp(mailbox->local, "stay") == 0)
		return false;
	return buf_add_text(path, "new@x.example");
}

static bool
rewrite(const char *text, struct buf *out)
{
	struct address_list list = {0};
	struct error err = {0};
	struct address_rewrite job = {
	    .text = span_from(text), .list = &list, .choose = choose_new};
	bool has_changed;

	if (!address_list_parse(&list, span_from(text), &err))
		fail_msg("%s", err.text);
	has_changed = address_text_rewrite(&job, out);
	address_list_free(&list);
	return has_changed;
}

static const struct rewrite_row {
	const char *name, *in, *out; /* NULL: nothing changes */
} rows[] = {
    {"one", " a@b", " new@x.example"},
    {"one that is it already", " new@x.example", NULL},
    {"none", " ", NULL},
    {"one stays", " stay@b", NULL},
    {"blanks around dots", "a . b @ c . d", "new@x.example"},
    {"folding in the address", "a@\r\n b", "new@x.example"},
    {"a comment in the address", "a(x)@b", "new@x.example"},
    {"a comment in the address and one after it", "a(x)@b (y)",
	"new@x.example (y)"},
    {"quoted", "\"a b\"@c", "new@x.example"},
    {"literal", "a@[192.0.2.1]", "new@x.example"},
    {"brackets", "A\t<a@b> ", "A\t<new@x.example> "},
    {"blanks in brackets", "< a@b >", "< new@x.example >"},
    {"a comment after brackets", "A <a@b> (c)", "A <new@x.example> (c)"},
    {"a comma in quotes", "\"a, b\" <a@b>, c@d",
	"\"a, b\" <new@x.example>, new@x.example"},
    {"an at in quotes", "\"a@b\" <a@b>", "\"a@b\" <new@x.example>"},
    {"the address in front without quotes", "a@b <a@b>",
	"\"a@b\" <new@x.example>"},
    {"a route", "<@r:a@b>", "<new@x.example>"},
    {"old form", "a@b (C D), stay@x (Y)", "C D <new@x.example>, stay@x (Y)"},
    {"groups", "g: a@b, stay@x ; , h:;", "g: new@x.example, stay@x ; , h:;"},
    {"null members", ", ,a@b,,", ", ,new@x.example,,"},
};

static void
test_rewrite(void **state)
{
	const struct rewrite_row *row = *state;
	struct buf out = {0};

	buf_add_text(&out, "To:");
	assert_int_equal(rewrite(row->in, &out), row->out != NULL);
	if (row->out != NULL)
		assert_string_equal(buf_text(&out) + 3, row->out);
	buf_free(&out);
}

/* Lines are folded only where they would be too long. */
static void
test_long_line(void **state)
{
	struct buf text = {0}, out = {0};
	struct address_list list = {0};
	struct error err = {0};
	size_t column = 0, folds = 0;

	(void)state;
	for (size_t i = 0; i < 200; i++)
		buf_add_text(&text, i > 0 ? ", a@b" : "a@b");
	buf_add_text(&out, "To: ");
	assert_true(rewrite(buf_text(&text), &out));
	for (size_t i = 0; i < out.len; i++) {
		column = out.data[i] == '\n' ? 0 : column + 1;
		folds += out.data[i] == '\n';
		assert_true(column <= LINE_MAX_OCTETS);
	}
	assert_true(folds > 10);
	assert_true(
	    address_list_parse(&list, span_skip(buf_span(&out), 4), &err));
	assert_int_equal(list.count, 200);
	address_list_free(&list);
	buf_free(&text);
	buf_free(&out);
}

static const struct named_row {
	const char *name, *in, *out;
} names[] = {
    {"none", "", "<a@b>"},
    {"atoms", "A B", "A B <a@b>"},
    {"specials", "A. B", "\"A. B\" <a@b>"},
    {"an encoded word", "=?utf-8?q?=C3=84?= B", "=?utf-8?q?=C3=84?= B <a@b>"},
    {"octets", "\xc3\x84", "=?UTF-8?B?w4Q=?= <a@b>"},
    {"line ends", "A\r\nBcc: x", "\"A Bcc: x\" <a@b>"},
};

static void
test_named(void **state)
{
	const struct named_row *row = *state;
	struct buf out = {0};

	address_text_add_named(&out, span_from(row->in), SPAN("a@b"));
	assert_string_equal(buf_text(&out), row->out);
	buf_free(&out);
}

struct phrase_row {
	const char *name;
	struct span in;
	const char *out; /* behind "From: " */
};

#define X10 "xxxxxxxxxx"

static const struct phrase_row phrase_rows[] = {
    {"empty", SPAN(""), ""},
    {"blanks", SPAN(" \t "), ""},
    {"atom", SPAN("Me"), "Me"},
    {"atoms", SPAN("Me Too"), "Me Too"},
    {"all of atext", SPAN("!#$%&'*+-/=?^_`{|}~09azAZ"),
	"!#$%&'*+-/=?^_`{|}~09azAZ"},
    {"blanks at ends and between", SPAN("  Me   Too "), "Me Too"},
    {"dot", SPAN("John Q. Public"), "\"John Q. Public\""},
    {"comma", SPAN("Public, John"), "\"Public, John\""},
    {"mailbox in it", SPAN("<a@b>, c"), "\"<a@b>, c\""},
    {"comment in it", SPAN("root (Cron)"), "\"root (Cron)\""},
    {"quotes", SPAN("The \"Me\""), "\"The \\\"Me\\\"\""},
    {"backslash at the end", SPAN("a.\\"), "\"a.\\\\\""},
    {"backslash before a blank", SPAN("a.\\ b"), "\"a.\\\\ b\""},
    {"line ends", SPAN("Me\r\nBcc: x@y"), "\"Me Bcc: x@y\""},
    {"controls", SPAN("a\001b\177c\0d"), "a b c d"},
    {"umlaut", SPAN("J\303\274rgen"), "=?UTF-8?B?SsO8cmdlbg==?="},
    {"umlaut and words", SPAN("J\303\274rgen K."),
	"=?UTF-8?B?SsO8cmdlbiBLLg==?="},
    {"not UTF-8", SPAN("J\374rgen"), "=?unknown-8bit?B?SvxyZ2Vu?="},
    {"surrogate is not UTF-8", SPAN("\355\240\200"), "=?unknown-8bit?B?7aCA?="},
    {"folded between atoms",
	SPAN(X10 " " X10 " " X10 " " X10 " " X10 " " X10 " " X10),
	X10 " " X10 " " X10 " " X10 " " X10 " " X10 "\r\n " X10},
    {"as long as a line",
	SPAN(X10 " " X10 " " X10 " " X10 " " X10 " " X10 " xxxxx"),
	X10 " " X10 " " X10 " " X10 " " X10 " " X10 "\r\n xxxxx"},
    {"an octet less", SPAN(X10 " " X10 " " X10 " " X10 " " X10 " " X10 " xxxx"),
	X10 " " X10 " " X10 " " X10 " " X10 " " X10 " xxxx"},
    {"folded in the quotes",
	SPAN(X10 " " X10 " " X10 " " X10 " " X10 " " X10 " " X10 "."),
	"\"" X10 " " X10 " " X10 " " X10 " " X10 " " X10 "\r\n " X10 ".\""},
    {"a word too long to fold", SPAN(X10 X10 X10 X10 X10 X10 X10),
	"=?UTF-8?B?eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4?="
	"\r\n =?UTF-8?B?eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eA==?="},
};

/* Lines have at most 76 octets, encoded words 75; a blank follows each fold. */
static void
assert_lines(struct span text)
{
	while (text.len > 0) {
		size_t len = span_find(text, '\r');

		assert_true(len <= 76);
		assert_true(text.at[0] != ' ' || len - 1 <= 75);
		if (len == text.len)
			return;
		assert_memory_equal(text.at + len, "\r\n ", 3);
		assert_true(len + 3 < text.len && text.at[len + 3] != ' ');
		text = span_skip(text, len + 2);
	}
}

static void
test_phrase(void **state)
{
	const struct phrase_row *row = *state;
	struct buf out = {0};

	buf_add_text(&out, "From: ");
	address_text_add_name(&out, row->in);
	assert_string_equal(buf_text(&out) + 6, row->out);
	assert_lines(buf_span(&out));
	buf_free(&out);
}

/* Decodes the encoded words; each must consist of whole characters. */
static void
decode_words(struct buf *out, struct span text, struct span head)
{
	struct span word;

	while (span_next_word(&text, " \r\n", &word)) {
		size_t before = out->len;

		assert_true(word.len <= 75);
		assert_true(span_starts(word, head));
		assert_memory_equal(word.at + word.len - 2, "?=", 2);
		word = span_head(
		    span_skip(word, head.len), word.len - head.len - 2);
		assert_true(base64_decode(out, word));
		if (span_equal(head, SPAN("=?UTF-8?B?")))
			assert_true(
			    utf8_is_valid(span_skip(buf_span(out), before)));
	}
}

/* Names of every length, behind text of several lengths. */
static void
test_encoded(void **state)
{
	static const struct span characters[] = {SPAN("\303\244"),
	    SPAN("\342\202\254"), SPAN("\360\237\230\200"), SPAN("\377")};
	static const size_t prefixes[] = {0, 1, 6, 40, 57, 58, 70, 75, 90};

	(void)state;
	for (size_t c = 0; c < 4; c++)
		for (size_t count = 1; count < 120; count++)
			for (size_t p = 0; p < 9; p++) {
				struct buf name = {0}, out = {0}, back = {0};

				for (size_t i = 0; i < count; i++)
					buf_add_span(&name, characters[c]);
				for (size_t i = 0; i < prefixes[p]; i++)
					buf_add_char(&out, ':');
				address_text_add_name(&out, buf_span(&name));
				decode_words(&back,
				    span_skip(buf_span(&out), prefixes[p]),
				    c == 3 ? SPAN("=?unknown-8bit?B?")
					   : SPAN("=?UTF-8?B?"));
				assert_int_equal(back.len, name.len);
				assert_memory_equal(
				    back.data, name.data, name.len);
				if (prefixes[p] <= 70)
					assert_lines(buf_span(&out));
				buf_free(&name);
				buf_free(&out);
				buf_free(&back);
			}
}

/* A name that is cut sets `full`. */
static void
test_full(void **state)
{
	static const char *const units[] = {"\\ ", "x ", "\303\244", "x"};
	struct buf quoted, name;

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		struct buf out;

		buf_init(&out, 1 << 20);
		buf_init(&name, 1 << 20);
		while (name.len < 100000)
			buf_add_text(&name, units[i]);
		address_text_add_name(&out, buf_span(&name));
		assert_true(out.full);
		buf_free(&name);
		buf_free(&out);
	}
	buf_init(&quoted, 1 << 20);
	while (name.len < 60000)
		buf_add_text(&name, "\\ ");
	address_text_add_name(&quoted, buf_span(&name));
	assert_false(quoted.full);
	assert_true(quoted.len > 90000);
	buf_free(&name);
	buf_free(&quoted);
}

int
main(void)
{
	struct rows all = {0};

	rows_add(&all, "rewrite", rows, ROWS(rows), test_rewrite);
	rows_add(&all, "named", names, ROWS(names), test_named);
	rows_add_one(&all, "a line that grows too long", test_long_line);
	rows_add(&all, "phrase", phrase_rows, ROWS(phrase_rows), test_phrase);
	rows_add_one(&all, "encoded words", test_encoded);
	rows_add_one(&all, "full", test_full);
	return rows_end(&all);
}
