/*
 * Repairs one field: encodes what is not ASCII, then folds lines that are too
 * long. A field of ASCII with short lines is copied unchanged.
 */
#include "fixup/field_repair.h"

#include "fixup/encoded_word.h"
#include "fixup/field_encoding.h"
#include "message/message.h"

#define NEW_LINE_MAX ((size_t)78) /* RFC 5322 section 2.1.1 */

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

/* The context of a position in a field: quotes must not be folded. */
struct folder {
	bool is_structured;
	bool is_quoted, is_literal;
	size_t comments;
};

/*
 * Whether the field may be folded after this octet although no blank follows.
 */
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

/*
 * The length of the text up to the next place for a fold. Some readers do not
 * know folds in quotes, so these are only folded if they are longer than a
 * line.
 */
static size_t
stretch_length(struct folder *folder, struct span line)
{
	size_t at = 0;

	while (at < line.len && ascii_is_blank(line.at[at]))
		at++;
	while (at < line.len &&
	    (!ascii_is_blank(line.at[at]) ||
		(folder->is_quoted && at <= ENCODED_LINE_MAX))) {
		if (folder->is_structured && line.at[at] == '\\')
			at++;
		else if (folder->is_structured && opens_place(folder, line, at))
			return at + 1;
		at++;
	}
	return at < line.len ? at : line.len;
}

/*
 * Folds a line, which has no line end. has_name: it begins with the name of the
 * field, after which some readers expect a word.
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
is_too_long(struct span line, size_t max)
{
	return line.len > max ||
	    (line.len > ENCODED_LINE_MAX && encoded_word_may_be_in(line));
}

/* Folds lines of more than `max` octets. */
static void
fold(struct buf *out, struct span whole, bool is_structured, size_t max)
{
	struct folder folder = {.is_structured = is_structured};
	bool is_first = true;

	while (whole.len > 0) {
		struct span line = span_head(whole, span_find(whole, '\r'));

		if (is_too_long(line, max)) {
			fold_line(out, &folder, line, is_first);
		} else {
			buf_add_span(out, line);
			/* Quotes and comments may continue in the next line. */
			for (size_t i = 0; is_structured && i < line.len; i++)
				if (line.at[i] == '\\')
					i++;
				else
					opens_place(&folder, line, i);
		}
		buf_add_text(out, "\r\n");
		whole = span_skip(whole, line.len + 2);
		is_first = false;
	}
}

bool
field_repair(const struct field *field, struct buf *out)
{
	enum field_syntax syntax = field_kind_of(field->name)->syntax;
	size_t before = out->len;
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
	is_encoded = field_encoding_add(&text, field, syntax) && !text.full;
	buf_add_text(&text, "\r\n");
	encoded = is_encoded && !text.full ? buf_span(&text) : field->whole;
	out->full |= text.full;
	if (is_encoded || field_repair_has_long_line(encoded))
		fold(out, encoded, syntax != SYNTAX_TEXT, MESSAGE_LINE_MAX);
	else
		buf_add_span(out, encoded);
	/* If folding does not help, the field stays unchanged. */
	if (!is_encoded &&
	    field_repair_has_long_line(span_skip(buf_span(out), before))) {
		out->len = before;
		buf_add_span(out, field->whole);
	}
	buf_free(&text);
	return !span_equal(span_skip(buf_span(out), before), field->whole);
}

void
field_repair_new(const struct field *field, struct buf *out)
{
	enum field_syntax syntax = field_kind_of(field->name)->syntax;
	struct buf repaired;

	buf_init(&repaired, FIELD_TEXT_MAX);
	field_repair(field, &repaired);
	fold(out, buf_span(&repaired), syntax != SYNTAX_TEXT, NEW_LINE_MAX);
	out->full |= repaired.full;
	buf_free(&repaired);
}
