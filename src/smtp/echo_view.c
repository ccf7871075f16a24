#include "smtp/echo_view.h"

#include <stdint.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/utf8.h"

/* As many octets as a view may have more than its line: none. */
static void
add(struct echo_view *view, char octet, size_t from, size_t to)
{
	if (!buf_add_char(&view->text, octet))
		return;
	view->from[view->text.len - 1] = from;
	view->to[view->text.len - 1] = to;
}

/* A number of so many digits exactly. */
static bool
take_hex(struct span text, size_t digits, uint32_t *value)
{
	*value = 0;
	if (text.len < digits)
		return false;
	for (size_t i = 0; i < digits; i++) {
		int digit = ascii_hex_value(text.at[i]);

		if (digit < 0)
			return false;
		*value = *value * 16 + (uint32_t)digit;
	}
	return true;
}

/* No escape is shorter than its character in UTF-8. */
static void
add_character(struct echo_view *view, uint32_t c, size_t from, size_t to)
{
	char octets[4];
	size_t len = utf8_encode(octets, c);

	for (size_t i = 0; i < len; i++)
		add(view, octets[i], from, to);
}

/* "&#65;", "&#x41;" or one of the names that XML has; its length, or 0. */
static size_t
take_entity(struct span text, uint32_t *c)
{
	static const struct {
		struct span name;
		char c;
	} names[] = {
	    {{"amp", 3}, '&'},
	    {{"lt", 2}, '<'},
	    {{"gt", 2}, '>'},
	    {{"quot", 4}, '"'},
	    {{"apos", 4}, '\''},
	};
	size_t end = span_find(span_head(text, 10), ';');
	struct span name = span_skip(span_head(text, end), 1);
	uint64_t number;

	if (end >= text.len || end == 10)
		return 0;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (span_equal(name, names[i].name)) {
			*c = (unsigned char)names[i].c;
			return end + 1;
		}
	if (!span_starts(name, SPAN("#")))
		return 0;
	name = span_skip(name, 1);
	if (span_starts_nocase(name, SPAN("x")))
		return take_hex(span_skip(name, 1), name.len - 1, c) &&
			*c > 0 && *c <= 0xffff
		    ? end + 1
		    : 0;
	if (!span_number(name, 0xffff, &number) || number == 0)
		return 0;
	*c = (uint32_t)number;
	return end + 1;
}

/* Behind a backslash: "x41", "u0041", or punctuation that stands for itself. */
static size_t
take_backslash(struct span text, uint32_t *c)
{
	char next = text.len > 1 ? text.at[1] : '\0';

	if (next == 'x' && take_hex(span_skip(text, 2), 2, c))
		return 4;
	if (next == 'u' && take_hex(span_skip(text, 2), 4, c))
		return 6;
	*c = (unsigned char)next;
	return next > ' ' && next < 0x7f && !ascii_is_alnum(next) ? 2 : 0;
}

/* The length of an escape at the beginning of the text; 0: there is none. */
static size_t
take_escape(struct span text, uint32_t *c, bool *is_octet)
{
	*is_octet = false;
	switch (text.at[0]) {
	case '%':
	case '=':
	case '+':
		*is_octet = true;
		return take_hex(span_skip(text, 1), 2, c) ? 3 : 0;
	case '\\':
		*is_octet = text.len > 1 && text.at[1] == 'x';
		return take_backslash(text, c);
	case '&':
		return take_entity(text, c);
	default:
		return 0;
	}
}

static bool
undo_escapes(struct echo_view *view, struct span line)
{
	bool is_other = false;

	for (size_t at = 0; at < line.len;) {
		bool is_octet;
		uint32_t c;
		size_t len = take_escape(span_skip(line, at), &c, &is_octet);

		if (len == 0)
			add(view, line.at[at], at, at + 1);
		else if (is_octet)
			add(view, (char)(unsigned char)c, at, at + len);
		else
			add_character(view, c, at, at + len);
		is_other = is_other || len > 0;
		at += len > 0 ? len : 1;
	}
	return is_other;
}

/* Small letters, and nothing between two digits. */
static bool
unify_hex(struct echo_view *view, struct span line)
{
	bool is_other = false;

	for (size_t at = 0; at < line.len; at++) {
		char c = line.at[at];
		bool is_between = at > 0 && at + 1 < line.len &&
		    (c == ':' || c == ' ' || c == '-') &&
		    ascii_hex_value(line.at[at - 1]) >= 0 &&
		    ascii_hex_value(line.at[at + 1]) >= 0;

		if (!is_between)
			add(view, ascii_lower(c), at, at + 1);
		is_other = is_other || is_between || ascii_lower(c) != c;
	}
	return is_other;
}

static bool
unify_base64(struct echo_view *view, struct span line)
{
	bool is_other = false;

	for (size_t at = 0; at < line.len; at++) {
		char c = line.at[at];

		if (c == '-' || c == '_')
			is_other = true;
		add(view, c == '-' ? '+' : c == '_' ? '/' : c, at, at + 1);
	}
	return is_other;
}

static bool
copy(struct echo_view *view, struct span line)
{
	for (size_t at = 0; at < line.len; at++)
		add(view, line.at[at], at, at + 1);
	return true;
}

bool
echo_view_make(
    struct echo_view *view, struct span line, enum echo_writing writing)
{
	static bool (*const make[])(struct echo_view *, struct span) = {
	    [ECHO_PLAIN] = copy,
	    [ECHO_ESCAPED] = undo_escapes,
	    [ECHO_HEX] = unify_hex,
	    [ECHO_URL] = unify_base64,
	};

	buf_init(&view->text, line.len > 0 ? line.len : 1);
	view->from = mem_new(line.len + 1, sizeof(*view->from));
	view->to = mem_new(line.len + 1, sizeof(*view->to));
	if (make[writing](view, line))
		return true;
	echo_view_free(view);
	return false;
}

void
echo_view_free(struct echo_view *view)
{
	buf_wipe(&view->text);
	free(view->from);
	free(view->to);
	*view = (struct echo_view){0};
}
