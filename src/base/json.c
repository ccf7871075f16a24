/*
 * Reads JSON without recursion: the time is linear in the length of the text,
 * however deep it is nested.
 */
#include "base/json.h"

bool
json_take_string(struct span *text, struct span *string)
{
	struct span rest = span_trim(*text);
	size_t end = 1;

	if (!span_starts(rest, SPAN("\"")))
		return false;
	while (end < rest.len && rest.at[end] != '"')
		end += rest.at[end] == '\\' ? 2 : 1;
	if (end >= rest.len)
		return false;
	*string = span_skip(span_head(rest, end), 1);
	*text = span_trim(span_skip(rest, end + 1));
	return true;
}

/* Takes a value of any kind, up to the comma or bracket after it. */
static bool
take_value(struct span *text, struct span *value)
{
	struct span rest = span_trim(*text);
	size_t depth = 0;

	*value = rest;
	while (rest.len > 0) {
		struct span string;
		char c = rest.at[0];

		if (c == '"') {
			if (!json_take_string(&rest, &string))
				return false;
			continue;
		}
		if (depth == 0 && (c == ',' || c == '}' || c == ']')) {
			value->len -= rest.len;
			*value = span_trim(*value);
			*text = rest;
			return value->len > 0;
		}
		if (c == '{' || c == '[')
			depth++;
		if (c == '}' || c == ']')
			depth--;
		rest = span_skip(rest, 1);
	}
	return false;
}

bool
json_enter(struct span *text, char bracket)
{
	struct span rest = span_trim(*text);

	if (rest.len == 0 || rest.at[0] != bracket)
		return false;
	*text = span_skip(rest, 1);
	return true;
}

/* Skips the comma behind a value; a closing bracket ends the reading. */
static void
skip_comma(struct span *text)
{
	*text = text->at[0] == ',' ? span_skip(*text, 1) : (struct span){0};
}

bool
json_next_member(struct span *members, struct span *name, struct span *value)
{
	if (!json_take_string(members, name) ||
	    !span_starts(*members, SPAN(":")))
		return false;
	*members = span_skip(*members, 1);
	if (!take_value(members, value))
		return false;
	skip_comma(members);
	return true;
}

bool
json_next_item(struct span *items, struct span *value)
{
	if (!take_value(items, value))
		return false;
	skip_comma(items);
	return true;
}
