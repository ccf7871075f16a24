/*
 * Repairs one field: encodes what is not ASCII, then folds lines that are too
 * long. A field that is all ASCII with short lines comes back unchanged.
 */
#include "fixup/field_repair.h"

#include "address/address_list.h"
#include "fixup/encoded_word.h"
#include "fixup/field_kind.h"
#include "fixup/field_parameters.h"
#include "fixup/field_words.h"
#include "message/message.h"

bool
field_repair_may_be_long(struct span name)
{
	enum field_syntax syntax = field_kind_of(name)->syntax;

	return syntax != SYNTAX_ADDRESSES && syntax != SYNTAX_MESSAGE_ID;
}

bool
field_repair_has_long_line(struct span whole)
{
	while (whole.len > MESSAGE_LINE_MAX) {
		size_t len = span_find(whole, '\n');

		/* The CR of the line end does not count. */
		if (len > MESSAGE_LINE_MAX + (len < whole.len))
			return true;
		whole = span_skip(whole, len + 1);
	}
	return false;
}

bool
field_repair_is_needed(struct span whole)
{
	return !span_is_ascii(whole) || field_repair_has_long_line(whole);
}

/* What surrounds a place in a field: a fold may not go into quotes. */
struct folder {
	bool is_structured;
	bool is_quoted, is_literal;
	size_t comments;
};

/* Whether a fold may follow this octet although there is no blank. */
static bool
opens_place(struct folder *folder, struct span line, size_t at)
{
	char c = line.at[at];

	if (c == '"' && folder->comments == 0)
		folder->is_quoted = !folder->is_quoted;
	if (folder->is_quoted)
		return false;
	if (c == '(')
		folder->comments++;
	else if (c == ')' && folder->comments > 0)
		folder->comments--;
	else if (c == '[' || c == ']')
		folder->is_literal = c == '[';
	if (folder->comments > 0 || folder->is_literal)
		return false;
	return c == ',' || c == ';' ||
	    (c == '>' && at + 1 < line.len && line.at[at + 1] == '<');
}

/* The length of the next stretch without a place for a fold. */
static size_t
stretch_length(struct folder *folder, struct span line)
{
	size_t at = 0;

	while (at < line.len && ascii_is_blank(line.at[at]))
		at++;
	while (at < line.len && !ascii_is_blank(line.at[at])) {
		if (folder->is_structured && line.at[at] == '\\')
			at++;
		else if (folder->is_structured && opens_place(folder, line, at))
			return at + 1;
		at++;
	}
	return at < line.len ? at : line.len;
}

/*
 * Folds a line, given without its end. `has_name`: it begins with the name of
 * the field, behind which some readers expect a word.
 */
static void
fold_line(
    struct buf *out, struct folder *folder, struct span line, bool has_name)
{
	size_t column = 0, max = ENCODED_LINE_MAX;

	while (line.len > 0 && ascii_is_blank(line.at[line.len - 1]))
		line.len--;
	while (line.len > 0) {
		size_t len = stretch_length(folder, line);

		if (column > 0 && column + len > max) {
			buf_add_text(out, "\r\n");
			column = 0;
			if (!ascii_is_blank(line.at[0])) {
				buf_add_char(out, ' ');
				column = 1;
			}
		}
		max = has_name && line.at[len - 1] == ':' ? MESSAGE_LINE_MAX
							  : ENCODED_LINE_MAX;
		has_name = false;
		buf_add_span(out, span_head(line, len));
		column += len;
		line = span_skip(line, len);
	}
}

/* Lines with encoded words have a limit of 76 octets (RFC 2047 section 2). */
static bool
is_too_long(struct span line)
{
	return line.len > MESSAGE_LINE_MAX ||
	    (line.len > ENCODED_LINE_MAX && encoded_word_may_be_in(line));
}

static void
fold(struct buf *out, struct span whole, bool is_structured)
{
	struct folder folder = {.is_structured = is_structured};
	bool is_first = true;

	while (whole.len > 0) {
		struct span line = span_head(whole, span_find(whole, '\r'));

		if (is_too_long(line)) {
			fold_line(out, &folder, line, is_first);
		} else {
			buf_add_span(out, line);
			/* Quotes and comments may go on in the next line. */
			for (size_t i = 0; i < line.len; i++)
				opens_place(&folder, line, i);
		}
		buf_add_text(out, "\r\n");
		whole = span_skip(whole, line.len + 2);
		is_first = false;
	}
}

static bool
encode(struct buf *out, const struct field *field, enum field_syntax syntax)
{
	switch (syntax) {
	case SYNTAX_ADDRESSES:
	case SYNTAX_PHRASES:
		return field_words_add_structured(out, field->body, false);
	case SYNTAX_TOKENS:
	case SYNTAX_MESSAGE_ID:
	case SYNTAX_CONTENT_ID:
		return field_words_add_structured(out, field->body, true);
	case SYNTAX_PARAMETERS:
		return field_parameters_add(out, field->body);
	case SYNTAX_TEXT:
		break;
	}
	return field_words_add_text(out, field->body);
}

/* A list that cannot be parsed is encoded as text. */
static bool
is_unreadable_list(struct span body)
{
	struct address_list list = {0};
	struct error ignored = {0};
	bool is_readable = address_list_parse(&list, body, &ignored);

	address_list_free(&list);
	return !is_readable;
}

/* Adds a text with octets above 127 as %XX, as in a URL. */
static void
add_escaped(struct buf *out, struct span text)
{
	for (size_t i = 0; i < text.len; i++)
		if ((unsigned char)text.at[i] < 0x80)
			buf_add_char(out, text.at[i]);
		else
			buf_add_format(out, "%%%02X",
			    (unsigned int)(unsigned char)text.at[i]);
}

/*
 * Replaces octets above 127 that are left where neither an encoded word nor an
 * encoded parameter is allowed. Those of an address stay, as do a boundary and
 * a Content-ID, since the body refers to them.
 */
static bool
encode_rest(struct buf *text, size_t from, const struct field *field,
    enum field_syntax syntax)
{
	struct buf rest;

	if (syntax == SYNTAX_ADDRESSES && is_unreadable_list(field->body)) {
		text->len = from;
		return field_words_add_text(text, field->body);
	}
	if (syntax == SYNTAX_ADDRESSES || syntax == SYNTAX_CONTENT_ID ||
	    (syntax == SYNTAX_PARAMETERS &&
		field_parameters_have_raw_boundary(field->body)))
		return false;
	buf_init(&rest, text->max);
	add_escaped(&rest, span_skip(buf_span(text), from));
	text->len = from;
	buf_add_span(text, buf_span(&rest));
	text->full |= rest.full;
	buf_free(&rest);
	return true;
}

bool
field_repair(const struct field *field, struct buf *out)
{
	enum field_syntax syntax = field_kind_of(field->name)->syntax;
	size_t before = out->len, from;
	struct buf text;
	struct span encoded;
	bool is_encoded;

	/* At worst, each letter becomes an encoded word. */
	buf_init(&text,
	    field->whole.len < FIELD_TEXT_MAX / 20
		? field->whole.len * 20 + 1024
		: FIELD_TEXT_MAX);
	buf_add_span(&text,
	    span_head(
		field->whole, (size_t)(field->body.at - field->whole.at)));
	from = text.len;
	is_encoded = encode(&text, field, syntax);
	if (!is_encoded) {
		text.len = from;
		buf_add_span(&text, field->body);
	}
	if (!span_is_ascii(span_skip(buf_span(&text), from)))
		is_encoded |= encode_rest(&text, from, field, syntax);
	is_encoded &= !text.full;
	buf_add_text(&text, "\r\n");
	encoded = is_encoded && !text.full ? buf_span(&text) : field->whole;
	out->full |= text.full;
	if (is_encoded || field_repair_has_long_line(encoded))
		fold(out, encoded, syntax != SYNTAX_TEXT);
	else
		buf_add_span(out, encoded);
	/* If folding does not help, the field stays as it came. */
	if (!is_encoded &&
	    field_repair_has_long_line(span_skip(buf_span(out), before))) {
		out->len = before;
		buf_add_span(out, field->whole);
	}
	buf_free(&text);
	return !span_equal(span_skip(buf_span(out), before), field->whole);
}
