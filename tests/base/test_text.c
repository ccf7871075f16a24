#include "rows.h"

#include "base/text.h"

struct pair_row {
	const char *name;
	struct span a, b;
	bool equal, equal_nocase, starts, starts_nocase;
};

#define S(literal)                           \
	{                                    \
		literal, sizeof(literal) - 1 \
	}
#define NOTHING         \
	{               \
		NULL, 0 \
	}

static const struct pair_row pairs[] = {
    {"same", S("abc"), S("abc"), true, true, true, true},
    {"case", S("aBc"), S("AbC"), false, true, false, true},
    {"longer", S("abcd"), S("abc"), false, false, true, true},
    {"longer, case", S("ABcd"), S("abc"), false, false, false, true},
    {"shorter", S("ab"), S("abc"), false, false, false, false},
    {"different", S("abd"), S("abc"), false, false, false, false},
    {"nothing and nothing", NOTHING, NOTHING, true, true, true, true},
    {"empty and nothing", S(""), NOTHING, true, true, true, true},
    {"something and nothing", S("a"), NOTHING, false, false, true, true},
    {"nothing and something", NOTHING, S("a"), false, false, false, false},
    {"NUL inside", S("a\0b"), S("a\0b"), true, true, true, true},
    {"different after NUL", S("a\0b"), S("a\0c"), false, false, false, false},
    {"[ and {", S("["), S("{"), false, false, false, false},
    {"@ and `", S("@"), S("`"), false, false, false, false},
    {"no locale: A umlaut", S("\xc4"), S("\xe4"), false, false, false, false},
};

static void
test_pair(void **state)
{
	const struct pair_row *row = *state;

	assert_int_equal(span_equal(row->a, row->b), row->equal);
	assert_int_equal(span_equal_nocase(row->a, row->b), row->equal_nocase);
	assert_int_equal(span_starts(row->a, row->b), row->starts);
	assert_int_equal(
	    span_starts_nocase(row->a, row->b), row->starts_nocase);
}

static void
test_starts_one(void **state)
{
	static const char *const prefixes[] = {"ab", "c", NULL};

	(void)state;
	assert_true(span_starts_one(SPAN("abc"), prefixes));
	assert_true(span_starts_one(SPAN("c"), prefixes));
	assert_false(span_starts_one(SPAN("a"), prefixes));
	assert_false(span_starts_one(SPAN("bc"), prefixes));
	assert_false(span_starts_one(SPAN("abc"), prefixes + 2));
}

struct trim_row {
	const char *name;
	struct span in, out;
};

static const struct trim_row trims[] = {
    {"nothing to do", S("a b"), S("a b")},
    {"both ends", S(" \t\r\na b\n\r\t "), S("a b")},
    {"blanks alone", S(" \t \r\n"), S("")},
    {"empty", NOTHING, S("")},
    {"NUL is no blank", S(" \0 "), S("\0")},
    {"vertical tab is no blank", S("\va\f"), S("\va\f")},
    {"no-break space is no blank",
	S("\xa0"
	  "a"),
	S("\xa0"
	  "a")},
};

static void
test_trim(void **state)
{
	const struct trim_row *row = *state;

	assert_true(span_equal(span_trim(row->in), row->out));
}

static void
test_parts(void **state)
{
	struct span span = SPAN("abcabc"), nothing = {NULL, 0};

	(void)state;
	assert_int_equal(span_find(span, 'a'), 0);
	assert_int_equal(span_find(span, 'c'), 2);
	assert_int_equal(span_find(span, 'x'), 6);
	assert_int_equal(span_find(nothing, 'x'), 0);
	assert_int_equal(span_find(SPAN("a\0b"), '\0'), 1);
	assert_int_equal(span_find_last(span, 'a'), 3);
	assert_int_equal(span_find_last(span, 'x'), 6);
	assert_int_equal(span_find_last(nothing, 'x'), 0);
	assert_int_equal(span_find_text_nocase(span, SPAN("CA")), 2);
	assert_int_equal(span_find_text_nocase(span, SPAN("abca")), 0);
	assert_int_equal(span_find_text_nocase(span, SPAN("cba")), 6);
	assert_int_equal(span_find_text_nocase(nothing, SPAN("x")), 0);
	assert_true(span_equal(span_skip(span, 0), span));
	assert_true(span_equal(span_skip(span, 4), SPAN("bc")));
	assert_int_equal(span_skip(span, 6).len, 0);
	assert_int_equal(span_skip(span, SIZE_MAX).len, 0);
	assert_int_equal(span_skip(nothing, 5).len, 0);
	assert_true(span_equal(span_head(span, 2), SPAN("ab")));
	assert_true(span_equal(span_head(span, SIZE_MAX), span));
	assert_int_equal(span_head(span, 0).len, 0);
	assert_int_equal(span_from(NULL).len, 0);
	assert_int_equal(span_from("ab").len, 2);
}

static void
test_copy(void **state)
{
	char *copy = span_copy((struct span){"abcdef", 3});
	char *nothing = span_copy((struct span){NULL, 0});

	(void)state;
	assert_string_equal(copy, "abc");
	assert_string_equal(nothing, "");
	free(copy);
	free(nothing);
}

struct words_row {
	const char *name;
	struct span in;
	const char *between;
	const char *words; /* each followed by | */
};

static const struct words_row words[] = {
    {"one", S("one"), " ", "one|"},
    {"several", S("a b  c"), " ", "a|b|c|"},
    {"separators around", S(",, a,b ,"), ", ", "a|b|"},
    {"separators alone", S(" , "), ", ", ""},
    {"empty", NOTHING, " ", ""},
    {"no separator known", S("a b"), "", "a b|"},
    {"NUL separates nothing", S("a\0b c"), " ", "a\0b|c|"},
};

static void
test_words(void **state)
{
	const struct words_row *row = *state;
	struct span rest = row->in, word;
	char all[64];
	size_t len = 0;

	while (span_next_word(&rest, row->between, &word)) {
		assert_true(word.len > 0 && len + word.len < sizeof(all));
		memcpy(all + len, word.at, word.len);
		len += word.len;
		all[len++] = '|';
	}
	assert_int_equal(rest.len, 0);
	assert_memory_equal(all, row->words, len);
	assert_int_equal(row->words[len], '\0');
}

struct list_row {
	const char *name;
	struct span list;
	const char *between;
	struct span wanted;
	bool has;
};

static const struct list_row lists[] = {
    {"the only word", S("one"), " ", S("one"), true},
    {"the last word", S("a b c"), " ", S("c"), true},
    {"in another case", S("a Bc"), " ", S("bC"), true},
    {"the start of a word", S("abc"), " ", S("ab"), false},
    {"more than a word", S("ab"), " ", S("abc"), false},
    {"two words", S("a b"), " ", S("a b"), false},
    {"a blank that separates nothing", S("a b\nc"), "\n", S("a b"), true},
    {"no word", S("a  b"), " ", NOTHING, false},
    {"an empty list", NOTHING, " ", S("a"), false},
};

static void
test_list(void **state)
{
	const struct list_row *row = *state;

	assert_int_equal(
	    span_has_word(row->list, row->between, row->wanted), row->has);
}

struct number_row {
	const char *name;
	struct span in;
	uint64_t max;
	bool good;
	uint64_t number;
};

static const struct number_row numbers[] = {
    {"zero", S("0"), 10, true, 0},
    {"leading zeros", S("0007"), 10, true, 7},
    {"the maximum", S("10"), 10, true, 10},
    {"above the maximum", S("11"), 10, false, 0},
    {"maximum zero", S("0"), 0, true, 0},
    {"one above zero", S("1"), 0, false, 0},
    {"one digit above the maximum", S("7"), 5, false, 0},
    {"largest", S("18446744073709551615"), UINT64_MAX, true, UINT64_MAX},
    {"one above the largest", S("18446744073709551616"), UINT64_MAX, false, 0},
    {"a hundred digits",
	S("99999999999999999999999999999999999999999999999999"
	  "99999999999999999999999999999999999999999999999999"),
	UINT64_MAX, false, 0},
    {"empty", NOTHING, 10, false, 0},
    {"minus", S("-1"), 10, false, 0},
    {"plus", S("+1"), 10, false, 0},
    {"blank in front", S(" 1"), 10, false, 0},
    {"blank after it", S("1 "), 10, false, 0},
    {"hexadecimal", S("0x1"), 10, false, 0},
    {"NUL after it", S("1\0"), 10, false, 0},
    {"fraction", S("1.5"), 10, false, 0},
};

static void
test_number(void **state)
{
	const struct number_row *row = *state;
	uint64_t number = 0;

	assert_int_equal(span_number(row->in, row->max, &number), row->good);
	if (row->good)
		assert_true(number == row->number);
}

static void
test_digits(void **state)
{
	(void)state;
	assert_true(span_equal(span_digits(SPAN("25")), SPAN("25")));
	assert_true(span_equal(span_digits(SPAN("25 1")), SPAN("25")));
	assert_int_equal(span_digits(SPAN("x25")).len, 0);
	assert_int_equal(span_digits(SPAN("")).len, 0);
}

struct match_row {
	const char *name;
	struct span text, pattern;
	bool matches;
};

static const struct match_row matches[] = {
    {"equal", S("me@example.org"), S("me@example.org"), true},
    {"case", S("Me@EXAMPLE.org"), S("mE@example.ORG"), true},
    {"different", S("me@example.org"), S("me@example.com"), false},
    {"pattern longer", S("me"), S("mee"), false},
    {"text longer", S("mee"), S("me"), false},
    {"star alone", S("anything"), S("*"), true},
    {"star and nothing", NOTHING, S("*"), true},
    {"nothing and nothing", NOTHING, NOTHING, true},
    {"text and nothing", S("a"), NOTHING, false},
    {"a domain", S("me@example.org"), S("*@example.org"), true},
    {"another domain", S("me@an.example.org"), S("*@example.org"), false},
    {"star in the middle", S("me+list@example.org"), S("me*@example.org"),
	true},
    {"star for nothing", S("me@x"), S("me*@x"), true},
    {"several stars", S("abcabc"), S("*b*b*"), true},
    {"several stars, too few", S("abc"), S("*b*b*"), false},
    {"star must go back", S("aab"), S("*ab"), true},
    {"stars in a row", S("abc"), S("a***c"), true},
    {"question mark", S("abc"), S("a?c"), true},
    {"question mark for nothing", S("ac"), S("a?c"), false},
    {"question mark at the end", S("ab"), S("ab?"), false},
    {"text that has a star", S("a*c"), S("abc"), false},
    {"no brackets", S("a"), S("[a]"), false},
    {"octet over 127", S("\xc3\xa4"), S("??"), true},
};

static void
test_match(void **state)
{
	const struct match_row *row = *state;

	assert_int_equal(span_matches(row->text, row->pattern), row->matches);
}

/* A matcher that tries every star would take exponential time. */
static void
test_match_is_quick(void **state)
{
	static char text[2000], pattern[400];

	(void)state;
	memset(text, 'a', sizeof(text));
	for (size_t i = 0; i < sizeof(pattern); i++)
		pattern[i] = i % 2 ? 'a' : '*';
	pattern[sizeof(pattern) - 1] = 'b';
	assert_false(span_matches((struct span){text, sizeof(text)},
	    (struct span){pattern, sizeof(pattern)}));
}

struct class_row {
	const char *name;
	struct span in;
	bool control, ascii;
};

static const struct class_row classes[] = {
    {"text", S("a ~"), false, true},
    {"empty", NOTHING, false, true},
    {"NUL", S("a\0"), true, true},
    {"tab", S("\t"), true, true},
    {"line feed", S("a\nb"), true, true},
    {"unit separator", S("\x1f"), true, true},
    {"DEL", S("\x7f"), true, true},
    {"80", S("\x80"), false, false},
    {"ff at the end", S("a\xff"), false, false},
};

static void
test_class(void **state)
{
	const struct class_row *row = *state;

	assert_int_equal(span_has_control(row->in), row->control);
	assert_int_equal(span_is_ascii(row->in), row->ascii);
}

static void
test_characters(void **state)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz";
	static const char capitals[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
	static const char hex[] = "0123456789abcdef";

	(void)state;
	for (int i = -128; i < 128; i++) {
		char c = (char)i;
		const char *capital = i ? strchr(capitals, c) : NULL;
		const char *at;
		bool small = i && strchr(letters, c) != NULL;
		bool digit = i && strchr("0123456789", c) != NULL;

		assert_int_equal(ascii_is_alpha(c), small || capital);
		assert_int_equal(ascii_is_digit(c), digit);
		assert_int_equal(ascii_is_alnum(c), small || capital || digit);
		assert_int_equal(
		    ascii_lower(c), capital ? letters[capital - capitals] : c);
		at = i ? strchr(hex, ascii_lower(c)) : NULL;
		assert_int_equal(ascii_hex_value(c), at ? at - hex : -1);
	}
}

static void
add(char *text, size_t size, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	text_add_format(text, size, format, arguments);
	va_end(arguments);
}

static void
test_format(void **state)
{
	char text[12] = "";

	(void)state;
	add(text, sizeof(text), "%d-%s", 42, "abc");
	assert_string_equal(text, "42-abc");
	add(text, sizeof(text), "%s", "defgh");
	assert_string_equal(text, "42-abcdefgh");
	add(text, sizeof(text), "%s", "");
	assert_string_equal(text, "42-abcdefgh");
	add(text, sizeof(text), "%s", "i");
	assert_string_equal(text, "42-abcde...");
}

int
main(void)
{
	struct rows all = {0};

	rows_add(&all, "compare", pairs, ROWS(pairs), test_pair);
	rows_add(&all, "trim", trims, ROWS(trims), test_trim);
	rows_add_one(&all, "one of several beginnings", test_starts_one);
	rows_add_one(&all, "find, skip, head", test_parts);
	rows_add_one(&all, "copy", test_copy);
	rows_add(&all, "words", words, ROWS(words), test_words);
	rows_add(&all, "lists", lists, ROWS(lists), test_list);
	rows_add(&all, "number", numbers, ROWS(numbers), test_number);
	rows_add_one(&all, "digits at the front", test_digits);
	rows_add(&all, "match", matches, ROWS(matches), test_match);
	rows_add_one(&all, "a match is quick", test_match_is_quick);
	rows_add(&all, "class", classes, ROWS(classes), test_class);
	rows_add_one(&all, "a text that is cut ends in dots", test_format);
	rows_add_one(&all, "all characters", test_characters);
	return rows_end(&all);
}
