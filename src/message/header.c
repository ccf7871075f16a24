/*
 * Reads the fields of a header section. A line that is not a field does not end
 * the section here, because message_read has already found where the body
 * begins.
 */
#include "message/header.h"

#include "base/utf8.h"

#define NAME_SHOWN_MAX 64 /* octets */

/* RFC 5322 section 2.2: printable US-ASCII except the colon. */
static size_t
name_length(struct span line)
{
	size_t len = 0;

	while (len < line.len && line.at[len] > 32 && line.at[len] < 127 &&
	    line.at[len] != ':')
		len++;
	return len;
}

/*
 * Blanks before the colon are obsolete (section 4.5), but programs send them. A
 * CR counts as a blank.
 */
bool
header_line_is_field(struct span line)
{
	size_t len, colon;

	line = span_head(line, HEADER_NAME_MAX);
	len = colon = name_length(line);
	while (colon < line.len &&
	    (ascii_is_blank(line.at[colon]) || line.at[colon] == '\r'))
		colon++;
	return len > 0 && colon < line.len && line.at[colon] == ':';
}

bool
header_line_is_mbox(struct span line)
{
	return (span_starts(line, SPAN("From ")) ||
		   span_starts(line, SPAN(">From "))) &&
	    !header_line_is_field(line);
}

/* The length of the first line, with its line end. */
static size_t
line_length(struct span text)
{
	size_t len = span_find(text, '\n');

	return len < text.len ? len + 1 : len;
}

bool
header_next(struct span *rest, struct field *field)
{
	size_t len, colon;

	if (rest->len == 0)
		return false;
	len = line_length(*rest);
	colon = span_find(span_head(*rest, len), ':');
	while (len < rest->len && ascii_is_blank(rest->at[len]))
		len += line_length(span_skip(*rest, len));
	field->whole = span_head(*rest, len);
	*rest = span_skip(*rest, len);
	field->body = field->whole;
	if (field->body.len > 0 && field->body.at[field->body.len - 1] == '\n')
		field->body.len--;
	if (field->body.len > 0 && field->body.at[field->body.len - 1] == '\r')
		field->body.len--;
	field->name = span_head(field->body, 0);
	if (header_line_is_field(field->whole)) {
		field->name =
		    span_head(field->whole, name_length(field->whole));
		field->body = span_skip(field->body, colon + 1);
	}
	return true;
}

bool
header_find(struct span header, struct span name, struct field *field)
{
	while (header_next(&header, field))
		if (span_equal_nocase(field->name, name))
			return true;
	return false;
}

bool
header_is_signed(struct span header)
{
	struct field field;

	while (header_next(&header, &field))
		if (span_equal_nocase(field.name, SPAN("DKIM-Signature")) ||
		    span_equal_nocase(
			field.name, SPAN("DomainKey-Signature")) ||
		    span_starts_nocase(field.name, SPAN("ARC-")))
			return true;
	return false;
}

#define RESENT_RECIPIENTS 7U /* the bits of the first three names below */

/*
 * Returns the bit of a Resent- field, or 0; a block has each field at most
 * once.
 */
static unsigned
resent_bit(struct span name)
{
	static const char *const names[] = {"To", "Cc", "Bcc", "Date", "From",
	    "Sender", "Message-ID", "Reply-To"};
	static const struct span prefix = SPAN("Resent-");

	if (!span_starts_nocase(name, prefix))
		return 0;
	name = span_skip(name, prefix.len);
	for (unsigned i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (span_equal_nocase(name, span_from(names[i])))
			return 1U << i;
	return 0;
}

/* The fields that servers add at the front of a message. */
static bool
is_trace(struct span name)
{
	return span_equal_nocase(name, SPAN("Received")) ||
	    span_equal_nocase(name, SPAN("Return-Path")) ||
	    span_equal_nocase(name, SPAN("Delivered-To"));
}

/*
 * The RFC only recommends that the fields of a block be grouped, and programs
 * do put other fields between them, so its end must be found. A field name that
 * occurs a second time belongs to an older block. So do all fields after a
 * trace field, once the block has named a recipient: the recipients of an older
 * block must not get the message a second time.
 */
struct span
header_newest_resent(struct span header)
{
	struct span rest = header, block = {header.at, 0};
	struct field field;
	unsigned seen = 0;

	while (header_next(&rest, &field)) {
		unsigned bit = resent_bit(field.name);

		if (seen & bit ||
		    (seen & RESENT_RECIPIENTS && is_trace(field.name)))
			break;
		if (bit == 0)
			continue;
		if (seen == 0)
			block.at = field.whole.at;
		seen |= bit;
		block.len =
		    (size_t)(field.whole.at + field.whole.len - block.at);
	}
	return block;
}

bool
header_block_has(struct span block, struct span field)
{
	return block.len > 0 && field.at >= block.at &&
	    field.at < block.at + block.len;
}

char *
header_shown_name(struct span name)
{
	return utf8_excerpt_masked(name, NAME_SHOWN_MAX);
}
