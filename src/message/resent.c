/*
 * Finds where a block of Resent- fields ends. The RFC only says that its fields
 * should stand together, and programs do put other fields between them.
 */
#include "message/resent.h"

#include "message/header.h"

#define RECIPIENT_BITS 7U /* the first three names below */

/* A block has one of each of these fields: the bit of a name; 0: none of them.
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

/* The fields that servers on the way put in front of the message. */
static bool
is_trace(struct span name)
{
	return span_equal_nocase(name, SPAN("Received")) ||
	    span_equal_nocase(name, SPAN("Return-Path")) ||
	    span_equal_nocase(name, SPAN("Delivered-To"));
}

/*
 * A name that comes a second time belongs to an older block. So does all behind
 * a trace field, once the block has named a recipient: the recipients of an
 * older block must not get the message a second time.
 */
struct span
resent_newest(struct span header)
{
	struct span rest = header, block = {header.at, 0};
	struct field field;
	unsigned seen = 0;

	while (header_next(&rest, &field)) {
		unsigned bit = resent_bit(field.name);

		if (seen & bit ||
		    (seen & RECIPIENT_BITS && is_trace(field.name)))
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
resent_has(struct span block, struct span field)
{
	return block.len > 0 && field.at >= block.at &&
	    field.at < block.at + block.len;
}
