/*
 * Whether a text is JSON (RFC 8259), and a way to look into it. Strict; for
 * tests, so recursion is bounded and nothing is converted.
 */
#ifndef TESTS_CLI_JSON_H
#define TESTS_CLI_JSON_H

#include <stdbool.h>

#include "base/text.h"
#include "base/utf8.h"

#define JSON_DEPTH_MAX 16

static inline bool json_value(struct span *rest, unsigned depth);

static inline bool
json_take(struct span *rest, struct span word)
{
	if (!span_starts(*rest, word))
		return false;
	*rest = span_skip(*rest, word.len);
	return true;
}

static inline void
json_blanks(struct span *rest)
{
	while (rest->len > 0 && strchr(" \t\r\n", rest->at[0]) != NULL &&
	    rest->at[0] != '\0')
		*rest = span_skip(*rest, 1);
}

static inline bool
json_escape(struct span *rest)
{
	char c = rest->len > 0 ? rest->at[0] : '\0';

	*rest = span_skip(*rest, 1);
	if (c != 'u')
		return c != '\0' && strchr("\"\\/bfnrt", c) != NULL;
	for (size_t i = 0; i < 4; i++, *rest = span_skip(*rest, 1))
		if (rest->len == 0 ||
		    strchr("0123456789abcdefABCDEF", rest->at[0]) == NULL ||
		    rest->at[0] == '\0')
			return false;
	return true;
}

static inline bool
json_string(struct span *rest)
{
	if (!json_take(rest, SPAN("\"")))
		return false;
	while (rest->len > 0 && rest->at[0] != '"') {
		char c = rest->at[0];

		if ((unsigned char)c < 0x20)
			return false;
		*rest = span_skip(*rest, 1);
		if (c == '\\' && !json_escape(rest))
			return false;
	}
	return json_take(rest, SPAN("\""));
}

static inline size_t
json_digits(struct span *rest)
{
	size_t count = 0;

	for (; rest->len > 0 && ascii_is_digit(rest->at[0]); count++)
		*rest = span_skip(*rest, 1);
	return count;
}

static inline bool
json_number(struct span *rest)
{
	struct span whole;
	size_t count;

	json_take(rest, SPAN("-"));
	whole = *rest;
	count = json_digits(rest);
	if (count == 0 || (count > 1 && whole.at[0] == '0'))
		return false;
	if (json_take(rest, SPAN(".")) && json_digits(rest) == 0)
		return false;
	if (json_take(rest, SPAN("e")) || json_take(rest, SPAN("E"))) {
		if (!json_take(rest, SPAN("+")))
			json_take(rest, SPAN("-"));
		return json_digits(rest) > 0;
	}
	return true;
}

static inline bool
json_members(struct span *rest, bool is_object, unsigned depth)
{
	struct span end = is_object ? SPAN("}") : SPAN("]");

	json_blanks(rest);
	if (json_take(rest, end))
		return true;
	do {
		json_blanks(rest);
		if (is_object) {
			if (!json_string(rest))
				return false;
			json_blanks(rest);
			if (!json_take(rest, SPAN(":")))
				return false;
		}
		if (!json_value(rest, depth))
			return false;
		json_blanks(rest);
	} while (json_take(rest, SPAN(",")));
	return json_take(rest, end);
}

static inline bool
json_value(struct span *rest, unsigned depth)
{
	if (depth == JSON_DEPTH_MAX)
		return false;
	json_blanks(rest);
	if (json_take(rest, SPAN("{")))
		return json_members(rest, true, depth + 1);
	if (json_take(rest, SPAN("[")))
		return json_members(rest, false, depth + 1);
	return json_take(rest, SPAN("null")) || json_take(rest, SPAN("true")) ||
	    json_take(rest, SPAN("false")) || json_string(rest) ||
	    json_number(rest);
}

/* One value, in UTF-8, and nothing but blanks around it. */
static inline bool
json_is_valid(struct span text)
{
	if (!utf8_is_valid(text) || !json_value(&text, 0))
		return false;
	json_blanks(&text);
	return text.len == 0;
}

#endif
