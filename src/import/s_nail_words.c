/*
 * Old quotes may stand anywhere in an argument, and a backslash keeps the octet
 * after it; in quotes it does so only before the same quote.
 */
#include "import/s_nail_words.h"

#include <string.h>

#include "base/utf8.h"

struct words {
	struct span rest;
	struct buf *word;
	bool is_known;
};

static bool
take(struct words *words, char *c)
{
	if (words->rest.len == 0)
		return false;
	*c = words->rest.at[0];
	words->rest = span_skip(words->rest, 1);
	return true;
}

static void
add(struct words *words, char c)
{
	buf_add_char(words->word, c);
}

/* In the old style both quotes are alike. */
static void
read_old_quotes(struct words *words, char quote)
{
	char c;

	while (take(words, &c) && c != quote) {
		if (c == '\\' && words->rest.len > 0 &&
		    words->rest.at[0] == quote)
			take(words, &c);
		add(words, c);
	}
}

static void
read_old(struct words *words)
{
	char c;

	while (words->rest.len > 0 && !ascii_is_space(words->rest.at[0])) {
		take(words, &c);
		if (c == '"' || c == '\'')
			read_old_quotes(words, c);
		else if (c != '\\' || take(words, &c))
			add(words, c);
	}
}

static void
read_single_quotes(struct words *words)
{
	char c;

	while (take(words, &c) && c != '\'')
		add(words, c);
}

static void
read_double_quotes(struct words *words)
{
	char c;

	while (take(words, &c) && c != '"') {
		if (c == '$')
			words->is_known = false;
		if (c == '\\' && words->rest.len > 0 &&
		    memchr("$`\"\\", words->rest.at[0], 4) != NULL)
			take(words, &c);
		add(words, c);
	}
}

/* Up to `max` digits of a number. */
static uint32_t
read_digits(struct words *words, unsigned base, size_t max)
{
	uint32_t number = 0;
	char c;

	for (size_t i = 0; i < max && words->rest.len > 0; i++) {
		int digit = ascii_hex_value(words->rest.at[0]);

		if (digit < 0 || (unsigned)digit >= base)
			break;
		take(words, &c);
		number = number * base + (uint32_t)digit;
	}
	return number;
}

/* What follows a backslash in $''. */
static void
read_escape(struct words *words)
{
	static const char letters[] = "abEefnrtv",
			  octets[] = "\a\b\033\033\f\n\r\t\v";
	char c, octets_of[4];
	uint32_t number;

	if (!take(words, &c))
		return;
	if (strchr(letters, c) != NULL) {
		add(words, octets[strchr(letters, c) - letters]);
	} else if (c == 'x') {
		add(words, (char)read_digits(words, 16, 2));
	} else if (c == 'u' || c == 'U') {
		number = read_digits(words, 16, c == 'u' ? 4 : 8);
		words->is_known = words->is_known && number > 0 &&
		    number <= 0x10ffff && (number & ~0x7ffU) != 0xd800;
		if (words->is_known)
			buf_add(words->word, octets_of,
			    utf8_encode(octets_of, number));
	} else if (c >= '0' && c <= '7') {
		words->rest.at--;
		words->rest.len++;
		add(words, (char)read_digits(words, 8, 3));
	} else if (strchr("\\'\"", c) != NULL) {
		add(words, c);
	} else {
		words->is_known = false;
	}
}

static void
read_dollar_quotes(struct words *words)
{
	char c;

	while (take(words, &c) && c != '\'') {
		if (c == '\\')
			read_escape(words);
		else
			add(words, c);
	}
}

static void
read_shell(struct words *words)
{
	char c;

	while (words->rest.len > 0 && !ascii_is_space(words->rest.at[0]) &&
	    memchr(";|&", words->rest.at[0], 3) == NULL) {
		take(words, &c);
		if (c == '\'') {
			read_single_quotes(words);
		} else if (c == '"') {
			read_double_quotes(words);
		} else if (c == '$' && words->rest.len > 0 &&
		    words->rest.at[0] == '\'') {
			take(words, &c);
			read_dollar_quotes(words);
		} else if (c == '\\') {
			if (take(words, &c))
				add(words, c);
		} else {
			if (c == '$')
				words->is_known = false;
			add(words, c);
		}
	}
}

bool
s_nail_words_next(
    struct span *rest, bool is_shell, struct buf *word, bool *is_known)
{
	struct words words = {.rest = *rest, .word = word, .is_known = true};

	buf_clear(word);
	while (words.rest.len > 0 && ascii_is_space(words.rest.at[0]))
		words.rest = span_skip(words.rest, 1);
	*rest = words.rest;
	if (words.rest.len == 0)
		return false;
	if (is_shell && words.rest.at[0] == '#') {
		*rest = (struct span){0};
		return false;
	}
	if (is_shell && memchr(";|&", words.rest.at[0], 3) != NULL) {
		*rest = span_skip(words.rest, 1);
		return false;
	}
	if (is_shell)
		read_shell(&words);
	else
		read_old(&words);
	*is_known = words.is_known && !word->full;
	*rest = words.rest;
	return true;
}
