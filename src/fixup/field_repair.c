#include "fixup/field_repair.h"

#include <string.h>

#include "address/address_list.h"
#include "fixup/encoded_word.h"

enum kind {
	KIND_UNSTRUCTURED,
	KIND_ADDRESSES,
	KIND_PHRASES, /* phrases beside identifiers */
	KIND_PARAMETERS,
	KIND_TOKENS,	 /* comments alone */
	KIND_IDENTIFIER, /* the message's own; comments alone */
	KIND_LABEL,	 /* of a part, which others name; comments alone */
};

static const struct kind_row {
	const char *name;
	enum kind kind;
} kinds[] = {
    {"From", KIND_ADDRESSES},
    {"Sender", KIND_ADDRESSES},
    {"Reply-To", KIND_ADDRESSES},
    {"To", KIND_ADDRESSES},
    {"Cc", KIND_ADDRESSES},
    {"Bcc", KIND_ADDRESSES},
    {"Resent-From", KIND_ADDRESSES},
    {"Resent-Sender", KIND_ADDRESSES},
    {"Resent-Reply-To", KIND_ADDRESSES},
    {"Resent-To", KIND_ADDRESSES},
    {"Resent-Cc", KIND_ADDRESSES},
    {"Resent-Bcc", KIND_ADDRESSES},
    {"Return-Path", KIND_ADDRESSES},
    {"Delivered-To", KIND_ADDRESSES},
    {"Apparently-To", KIND_ADDRESSES},
    {"Errors-To", KIND_ADDRESSES},
    {"Return-Receipt-To", KIND_ADDRESSES},
    {"Disposition-Notification-To", KIND_ADDRESSES},
    {"Mail-Followup-To", KIND_ADDRESSES},
    {"Mail-Reply-To", KIND_ADDRESSES},
    {"In-Reply-To", KIND_PHRASES},
    {"References", KIND_PHRASES},
    {"List-ID", KIND_PHRASES},
    {"Content-Type", KIND_PARAMETERS},
    {"Content-Disposition", KIND_PARAMETERS},
    {"Date", KIND_TOKENS},
    {"Resent-Date", KIND_TOKENS},
    {"Message-ID", KIND_IDENTIFIER},
    {"Resent-Message-ID", KIND_IDENTIFIER},
    {"Received", KIND_TOKENS},
    {"MIME-Version", KIND_TOKENS},
    {"Content-Transfer-Encoding", KIND_TOKENS},
    {"Content-ID", KIND_LABEL},
    {"Content-Language", KIND_TOKENS},
    {"Auto-Submitted", KIND_TOKENS},
    {"Authentication-Results", KIND_TOKENS},
    {"List-Help", KIND_TOKENS},
    {"List-Unsubscribe", KIND_TOKENS},
    {"List-Subscribe", KIND_TOKENS},
    {"List-Post", KIND_TOKENS},
    {"List-Owner", KIND_TOKENS},
    {"List-Archive", KIND_TOKENS},
    {"Archived-At", KIND_TOKENS},
};

static enum kind
kind_of(struct span name)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (span_equal_nocase(name, span_from(kinds[i].name)))
			return kinds[i].kind;
	return KIND_UNSTRUCTURED;
}

bool
field_repair_holds_addresses(struct span name)
{
	return kind_of(name) == KIND_ADDRESSES;
}

bool
field_repair_may_be_long(struct span name)
{
	enum kind kind = kind_of(name);

	return kind != KIND_ADDRESSES && kind != KIND_IDENTIFIER;
}

bool
field_repair_has_long_line(struct span whole)
{
	while (whole.len > FIELD_LINE_MAX) {
		size_t len = span_find(whole, '\n');

		if (len > FIELD_LINE_MAX + (len < whole.len))
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

/* Where in a line a fold may stand, and what surrounds the place. */
struct folder {
	bool is_structured;
	bool is_quoted, is_literal;
	size_t comments;
};

/* Whether a fold may be put behind this octet though no blank is there. */
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

/* The length of the next stretch in which no fold may stand. */
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
 * A line too long, without its end, is made several. `has_name`: it begins
 * with the field's name, behind which some readers want a word.
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
		max = has_name && line.at[len - 1] == ':' ? FIELD_LINE_MAX
							  : ENCODED_LINE_MAX;
		has_name = false;
		buf_add_span(out, span_head(line, len));
		column += len;
		line = span_skip(line, len);
	}
}

static bool
has_encoded_word(struct span line)
{
	for (; line.len > 2; line = span_skip(line, 1))
		if (span_starts(line, SPAN("=?")))
			return true;
	return false;
}

/* RFC 2047 section 2 has a limit of its own for lines with encoded words. */
static bool
is_too_long(struct span line)
{
	return line.len > FIELD_LINE_MAX ||
	    (line.len > ENCODED_LINE_MAX && has_encoded_word(line));
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
			/* What was open stays open in the next line. */
			for (size_t i = 0; i < line.len; i++)
				opens_place(&folder, line, i);
		}
		buf_add_text(out, "\r\n");
		whole = span_skip(whole, line.len + 2);
		is_first = false;
	}
}

static bool
encode(struct buf *out, const struct field *field, enum kind kind)
{
	switch (kind) {
	case KIND_ADDRESSES:
	case KIND_PHRASES:
		return field_add_structured(out, field->body, false);
	case KIND_TOKENS:
	case KIND_IDENTIFIER:
	case KIND_LABEL:
		return field_add_structured(out, field->body, true);
	case KIND_PARAMETERS:
		return field_add_parameters(out, field->body);
	case KIND_UNSTRUCTURED:
		break;
	}
	return field_add_unstructured(out, field->body);
}

/* A list of addresses that nobody can read: its words are mere text. */
static bool
is_unreadable_list(struct span body)
{
	struct address_list list = {0};
	struct error ignored = {0};
	bool is_readable = address_list_parse(&list, body, &ignored);

	address_list_free(&list);
	return !is_readable;
}

/* Writes octets beyond ASCII as %XX, as a URL has them. */
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
 * Octets beyond ASCII where neither an encoded word nor an encoded parameter
 * may stand. Those of an address stay, and so do a boundary and a Content-ID:
 * the body, which names them, would have to change with them.
 */
static bool
encode_rest(
    struct buf *text, size_t from, const struct field *field, enum kind kind)
{
	struct buf rest;

	if (kind == KIND_ADDRESSES && is_unreadable_list(field->body)) {
		text->len = from;
		return field_add_unstructured(text, field->body);
	}
	if (kind == KIND_ADDRESSES || kind == KIND_LABEL ||
	    (kind == KIND_PARAMETERS && field_has_raw_boundary(field->body)))
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
	enum kind kind = kind_of(field->name);
	size_t before = out->len, from;
	struct buf text;
	struct span encoded;
	bool is_encoded;

	/* Encoded words of one letter each are the worst. */
	buf_init(&text,
	    field->whole.len < FIELD_TEXT_MAX / 20
		? field->whole.len * 20 + 1024
		: FIELD_TEXT_MAX);
	buf_add_span(&text,
	    span_head(
		field->whole, (size_t)(field->body.at - field->whole.at)));
	from = text.len;
	is_encoded = encode(&text, field, kind);
	if (!is_encoded) {
		text.len = from;
		buf_add_span(&text, field->body);
	}
	if (!span_is_ascii(span_skip(buf_span(&text), from)))
		is_encoded |= encode_rest(&text, from, field, kind);
	is_encoded &= !text.full;
	buf_add_text(&text, "\r\n");
	encoded = is_encoded && !text.full ? buf_span(&text) : field->whole;
	out->full |= text.full;
	if (is_encoded || field_repair_has_long_line(encoded))
		fold(out, encoded, kind != KIND_UNSTRUCTURED);
	else
		buf_add_span(out, encoded);
	/* Where folding does not help, it is better left as it came. */
	if (!is_encoded &&
	    field_repair_has_long_line(span_skip(buf_span(out), before))) {
		out->len = before;
		buf_add_span(out, field->whole);
	}
	buf_free(&text);
	return !span_equal(span_skip(buf_span(out), before), field->whole);
}
