#include "rows.h"

#include "base/utf8.h"

struct decode_row {
	const char *name;
	const char *octets;
	size_t len; /* 0: invalid */
	uint32_t character;
};

static const struct decode_row decodes[] = {
    {"letter", "a", 1, 'a'},
    {"DEL", "\x7f", 1, 0x7f},
    {"least of two", "\xc2\x80", 2, 0x80},
    {"most of two", "\xdf\xbf", 2, 0x7ff},
    {"least of three", "\xe0\xa0\x80", 3, 0x800},
    {"below the surrogates", "\xed\x9f\xbf", 3, 0xd7ff},
    {"above the surrogates", "\xee\x80\x80", 3, 0xe000},
    {"most of three", "\xef\xbf\xbf", 3, 0xffff},
    {"least of four", "\xf0\x90\x80\x80", 4, 0x10000},
    {"last character", "\xf4\x8f\xbf\xbf", 4, 0x10ffff},
    {"first of several", "\xc3\xa4xyz", 2, 0xe4},
    {"empty", "", 0, 0},
    {"continuation alone", "\x80", 0, 0},
    {"last continuation alone", "\xbf", 0, 0},
    {"two cut short", "\xc3", 0, 0},
    {"three cut short", "\xe2\x82", 0, 0},
    {"four cut short", "\xf0\x9f\x98", 0, 0},
    {"two broken off", "\xc3z", 0, 0},
    {"three broken off", "\xe2\x82z", 0, 0},
    {"three broken at once", "\xe2zz", 0, 0},
    {"four broken off", "\xf0\x9f\x98z", 0, 0},
    {"start after start", "\xc3\xc3", 0, 0},
    {"overlong NUL", "\xc0\x80", 0, 0},
    {"overlong slash in two", "\xc0\xaf", 0, 0},
    {"overlong 7f in two", "\xc1\xbf", 0, 0},
    {"overlong slash in three", "\xe0\x80\xaf", 0, 0},
    {"overlong 7ff in three", "\xe0\x9f\xbf", 0, 0},
    {"overlong slash in four", "\xf0\x80\x80\xaf", 0, 0},
    {"overlong ffff in four", "\xf0\x8f\xbf\xbf", 0, 0},
    {"first surrogate", "\xed\xa0\x80", 0, 0},
    {"last surrogate", "\xed\xbf\xbf", 0, 0},
    {"above the last", "\xf4\x90\x80\x80", 0, 0},
    {"f5", "\xf5\x80\x80\x80", 0, 0},
    {"five octets", "\xf8\x88\x80\x80\x80", 0, 0},
    {"six octets", "\xfc\x84\x80\x80\x80\x80", 0, 0},
    {"fe", "\xfe", 0, 0},
    {"ff", "\xff\xbf\xbf\xbf", 0, 0},
};

static void
test_decode(void **state)
{
	const struct decode_row *row = *state;
	uint32_t character = 0;

	assert_int_equal(
	    utf8_decode(span_from(row->octets), &character), row->len);
	if (row->len != 0) {
		char again[4];

		assert_int_equal(character, row->character);
		assert_int_equal(utf8_encode(again, character), row->len);
		assert_memory_equal(again, row->octets, row->len);
	}
	if (row->len != 0 && row->len == strlen(row->octets))
		assert_true(utf8_is_valid(span_from(row->octets)));
	if (row->len == 0 && row->octets[0] != '\0')
		assert_false(utf8_is_valid(span_from(row->octets)));
}

struct text_row {
	const char *name;
	struct span text;
	bool valid;
};

static const struct text_row texts[] = {
    {"empty", {NULL, 0}, true},
    {"ASCII with NUL", {"a\0b", 3}, true},
    {"mixed", {"gr\xc3\xbc\xc3\x9f \xe2\x82\xac \xf0\x9f\x98\x80", 15}, true},
    {"Latin-1", {"gr\xfc\xdf", 4}, false},
    {"the last character cut", {"abc\xe2\x82", 5}, false},
    {"valid again after it",
	{"\xff"
	 "abc",
	    4},
	false},
};

static void
test_valid(void **state)
{
	const struct text_row *row = *state;

	assert_int_equal(utf8_is_valid(row->text), row->valid);
}

struct mask_row {
	const char *name;
	struct span text;
	const char *masked;
};

#define ROW(name, text, masked)                        \
	{                                              \
		name, {text, sizeof(text) - 1}, masked \
	}

static const struct mask_row masks[] = {
    ROW("empty", "", ""),
    ROW("plain", "2.1.5 Ok, go ahead ~", "2.1.5 Ok, go ahead ~"),
    ROW("accents and an emoji", "\xc3\xa4\xf0\x9f\x98\x80",
	"\xc3\xa4\xf0\x9f\x98\x80"),
    ROW("NUL", "a\0b", "a\\x00b"),
    ROW("line end", "a\r\nb", "a\\x0d\\x0ab"),
    ROW("tab", "a\tb", "a\\x09b"),
    ROW("escape sequence", "\033[2J", "\\x1b[2J"),
    ROW("DEL", "\x7f", "\\x7f"),
    ROW("backslash", "\\x41", "\\x5cx41"),
    ROW("C1 as UTF-8",
	"\xc2\x9b"
	"0m",
	"\\xc2\\x9b0m"),
    ROW("C1 as an octet",
	"\x9b"
	"0m",
	"\\x9b0m"),
    ROW("Latin-1", "gr\xfc\xdf", "gr\\xfc\\xdf"),
    ROW("overlong line feed", "\xc0\x8a", "\\xc0\\x8a"),
    ROW("surrogate", "\xed\xa0\x80", "\\xed\\xa0\\x80"),
    ROW("cut at the end", "a\xe2\x82", "a\\xe2\\x82"),
    ROW("invalid, then valid", "\xe2\xc3\xa4", "\\xe2\xc3\xa4"),
    ROW("right-to-left override", "\xe2\x80\xae", "\\xe2\\x80\\xae"),
    ROW("isolate", "\xe2\x81\xa6", "\\xe2\\x81\\xa6"),
    ROW("first and last C1", "\xc2\x80\xc2\x9f", "\\xc2\\x80\\xc2\\x9f"),
    ROW("space, tilde, no-break space", " ~\xc2\xa0", " ~\xc2\xa0"),
    ROW("zero width, to its end", "\xe2\x80\x8f\xe2\x80\x8a",
	"\\xe2\\x80\\x8f\xe2\x80\x8a"),
    ROW("around the invisible ones",
	"\xe2\x81\x9f\xe2\x81\xa0\xe2\x81\xaf\xe2\x81\xb0",
	"\xe2\x81\x9f\\xe2\\x81\\xa0\\xe2\\x81\\xaf\xe2\x81\xb0"),
    ROW("around the annotations",
	"\xef\xbf\xb8\xef\xbf\xb9\xef\xbf\xbb\xef\xbf\xbc",
	"\xef\xbf\xb8\\xef\\xbf\\xb9\\xef\\xbf\\xbb\xef\xbf\xbc"),
    ROW("around the tags",
	"\xf3\x9f\xbf\xbd\xf3\xa0\x80\x80\xf3\xa0\x81\xbf\xf3\xa0\x82\x80",
	"\xf3\x9f\xbf\xbd\\xf3\\xa0\\x80\\x80\\xf3\\xa0\\x81\\xbf"
	"\xf3\xa0\x82\x80"),
    ROW("Arabic letter mark", "\xd8\x9c", "\\xd8\\x9c"),
    ROW("line separator", "\xe2\x80\xa8", "\\xe2\\x80\\xa8"),
    ROW("paragraph separator", "\xe2\x80\xa9", "\\xe2\\x80\\xa9"),
    ROW("zero width space", "\xe2\x80\x8b", "\\xe2\\x80\\x8b"),
    ROW("byte order mark", "\xef\xbb\xbf", "\\xef\\xbb\\xbf"),
    ROW("tag character", "\xf3\xa0\x81\x81", "\\xf3\\xa0\\x81\\x81"),
    ROW("no character", "\xef\xbf\xbf", "\\xef\\xbf\\xbf"),
    ROW("hyphen, not a control", "\xe2\x80\x90", "\xe2\x80\x90"),
    ROW("ellipsis", "\xe2\x80\xa6", "\xe2\x80\xa6"),
    ROW("replacement character", "\xef\xbf\xbd", "\xef\xbf\xbd"),
};

static void
test_masked(void **state)
{
	const struct mask_row *row = *state;
	char *masked = utf8_masked(row->text);

	assert_string_equal(masked, row->masked);
	assert_true(utf8_is_valid(span_from(masked)));
	free(masked);
}

/* For any input the output is valid UTF-8 without controls. */
static void
test_every_pair(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 65536; i++) {
		char pair[2] = {(char)(i >> 8), (char)(i & 255)};
		char *masked = utf8_masked((struct span){pair, 2});

		if (!utf8_is_valid(span_from(masked)) ||
		    span_has_control(span_from(masked)))
			fail_msg("%04x became %s", i, masked);
		free(masked);
	}
}

static void
test_long(void **state)
{
	size_t len = BUF_DEFAULT_MAX + 100;
	char *octets = malloc(len), *masked;

	(void)state;
	assert_non_null(octets);
	memset(octets, 1, len);
	masked = utf8_masked((struct span){octets, len});
	assert_int_equal(strlen(masked), 4 * 16 * 1024 + 3);
	assert_string_equal(masked + 4 * 16 * 1024, "...");
	free(masked);
	free(octets);
}

struct excerpt_row {
	const char *name, *text;
	size_t max;
	const char *shown;
};

static const struct excerpt_row excerpt_rows[] = {
    {"empty", "", 5, ""},
    {"shorter", "abc", 5, "abc"},
    {"as long", "abcde", 5, "abcde"},
    {"longer", "abcdef", 5, "abcde..."},
    {"nothing wanted", "abc", 0, "..."},
    {"masked", "a\r\n", 5, "a\\x0d\\x0a"},
    {"the maximum counts octets before masking", "\r\n\t", 2, "\\x0d\\x0a..."},
    {"two octets whole",
	"abc\xc3\xbc"
	"de",
	5, "abc\xc3\xbc..."},
    {"two octets not cut",
	"abcd\xc3\xbc"
	"e",
	5, "abcd..."},
    {"four octets not cut", "ab\xf0\x9f\x90\xb1", 5, "ab..."},
    {"four octets whole",
	"a\xf0\x9f\x90\xb1"
	"b",
	5, "a\xf0\x9f\x90\xb1..."},
    {"no character at all", "\xbc\xbc\xbc\xbc\xbc\xbc", 5, "\\xbc\\xbc..."},
};

static void
test_excerpt(void **state)
{
	const struct excerpt_row *row = *state;
	char *shown = utf8_excerpt_masked(span_from(row->text), row->max);

	assert_string_equal(shown, row->shown);
	free(shown);
}

int
main(void)
{
	struct rows all = {0};

	rows_add(&all, "decode", decodes, ROWS(decodes), test_decode);
	rows_add(&all, "valid", texts, ROWS(texts), test_valid);
	rows_add(&all, "masked", masks, ROWS(masks), test_masked);
	rows_add_one(&all, "every pair of octets is masked", test_every_pair);
	rows_add_one(&all, "a very long text is bounded", test_long);
	rows_add(
	    &all, "excerpt", excerpt_rows, ROWS(excerpt_rows), test_excerpt);
	return rows_end(&all);
}
