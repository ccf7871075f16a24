#include "rows.h"

#include "base/base64.h"
#include "base/utf8.h"
#include "fixup/display_name.h"

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
test_display_name(void **state)
{
	const struct phrase_row *row = *state;
	struct buf out = {0};

	buf_add_text(&out, "From: ");
	display_name_add(&out, row->in);
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
				display_name_add(&out, buf_span(&name));
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
		display_name_add(&out, buf_span(&name));
		assert_true(out.full);
		buf_free(&name);
		buf_free(&out);
	}
	buf_init(&quoted, 1 << 20);
	while (name.len < 60000)
		buf_add_text(&name, "\\ ");
	display_name_add(&quoted, buf_span(&name));
	assert_false(quoted.full);
	assert_true(quoted.len > 90000);
	buf_free(&name);
	buf_free(&quoted);
}

int
main(void)
{
	struct rows all = {0};

	rows_add(
	    &all, "phrase", phrase_rows, ROWS(phrase_rows), test_display_name);
	rows_add_one(&all, "encoded words", test_encoded);
	rows_add_one(&all, "full", test_full);
	return rows_end(&all);
}
