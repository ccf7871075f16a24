/*
 * The scanner is made by lex: of the rules that fit, the one that takes most
 * octets wins, and among those the first. So "a"b is one word with quotes in
 * it.
 */
#include "import/esmtp_words.h"

#include <string.h>

#define STOPS "=;, \t\r\n"

static size_t
plain_length(const struct esmtp_words *words, struct span rest)
{
	size_t len = 0;

	while (len < rest.len && strchr(STOPS, rest.at[len]) == NULL &&
	    (words->is_name || rest.at[len] != ':'))
		len++;
	return len;
}

/* 0: there is no closing quote. */
static size_t
quoted_length(struct span rest)
{
	size_t end;

	if (rest.at[0] != '"' && rest.at[0] != '\'')
		return 0;
	end = span_find(span_skip(rest, 1), rest.at[0]);
	return end + 1 < rest.len ? end + 2 : 0;
}

/* Skips blanks, comments, and what the scanner merely prints. */
static void
skip_blanks(struct esmtp_words *words)
{
	while (words->at < words->text.len) {
		struct span rest = span_skip(words->text, words->at);

		if (rest.at[0] == '#')
			esmtp_words_skip_line(words);
		else if (span_starts(rest, SPAN("\\\n")))
			words->at += 2;
		else if (strchr(",; \t\r\n", rest.at[0]) != NULL ||
		    (rest.at[0] == ':' && !words->is_name))
			words->at++;
		else
			return;
	}
}

struct esmtp_word
esmtp_words_peek(struct esmtp_words *words)
{
	struct esmtp_word word = {0};
	struct span before, rest;
	size_t plain, quoted;

	skip_blanks(words);
	rest = span_skip(words->text, words->at);
	if (rest.len == 0)
		return word;
	plain = plain_length(words, rest);
	quoted = quoted_length(rest);
	word.is_equals = rest.at[0] == '=';
	word.is_quoted = quoted > 0 && quoted >= plain;
	word.raw = span_head(rest,
	    word.is_equals	 ? 1
		: word.is_quoted ? quoted
				 : plain);
	before = span_head(words->text, words->at);
	while (before.len > 0 && ascii_is_blank(before.at[before.len - 1]))
		before.len--;
	word.begins_line = before.len == 0 || before.at[before.len - 1] == '\n';
	return word;
}

void
esmtp_words_skip(struct esmtp_words *words, struct esmtp_word word)
{
	words->at += word.raw.len;
	if (!word.is_equals)
		words->is_name = false;
}

void
esmtp_words_skip_line(struct esmtp_words *words)
{
	struct span rest = span_skip(words->text, words->at);
	size_t end = span_find(rest, '\n');

	words->at += end < rest.len ? end + 1 : end;
	words->is_name = false;
}

/* Up to `count` digits of the base; takes them from the front. */
static char
take_number(struct span *rest, int base, unsigned count)
{
	int number = 0;

	while (count-- > 0 && rest->len > 0) {
		int digit = ascii_hex_value(rest->at[0]);

		if (digit < 0 || digit >= base)
			break;
		number = number * base + digit;
		*rest = span_skip(*rest, 1);
	}
	return (char)(unsigned char)number;
}

/* What follows a backslash. */
static char
take_escape(struct span *rest)
{
	char c = rest->at[0];
	const char *found;

	if (ascii_is_digit(c))
		return take_number(rest, c == '0' ? 8 : 10, 3);
	*rest = span_skip(*rest, 1);
	if (c == 'x' || c == 'X')
		return take_number(rest, 16, 2);
	found = c != '\0' ? strchr("n\nt\tb\br\r", c) : NULL;
	return found != NULL && ascii_is_alpha(c) ? found[1] : c;
}

void
esmtp_words_add_value(struct esmtp_word word, struct buf *out)
{
	struct span rest = word.raw;

	if (word.is_quoted)
		rest = span_head(span_skip(rest, 1), rest.len - 2);
	while (rest.len > 0) {
		char c = rest.at[0];

		rest = span_skip(rest, 1);
		if (c == '\\' && rest.len > 0)
			c = take_escape(&rest);
		buf_add_char(out, c);
	}
}
