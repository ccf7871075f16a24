/*
 * Gathers the facts of a body line by line, and those of a header section at
 * once. A line is only counted when it is complete: if a line of one dot ends
 * the message, neither it nor anything after it is counted.
 */
#include "message/scan.h"

#include <string.h>

static bool
has_eight_bit(struct span text)
{
	uint64_t word, all = 0;
	size_t at = 0;

	for (; text.len - at >= sizeof(word); at += sizeof(word)) {
		memcpy(&word, text.at + at, sizeof(word));
		all |= word;
	}
	return (all & UINT64_C(0x8080808080808080)) != 0 ||
	    !span_is_ascii(span_skip(text, at));
}

static bool
has_nul(struct span text)
{
	return span_find(text, '\0') < text.len;
}

/* Counts a complete line, unless it is the dot that ends the message. */
static void
end_lines(struct scan *scan, const struct line_part *part)
{
	struct message_facts *facts = &scan->facts;

	if (scan->dot_ends && scan->is_dot && scan->line == 1) {
		scan->ended = true;
		return;
	}
	facts->body_size += scan->line + 2 * part->ends;
	facts->has_long_line |= scan->line > MESSAGE_LINE_MAX;
	facts->body_has_bare_cr |= part->end == LINE_END_CR;
	facts->body_has_extra_cr |= part->end == LINE_END_EXTRA_CR;
	scan->has_lf |= part->end != LINE_END_CR;
	scan->line = 0;
	scan->line_from = scan->ends.position;
}

struct span
scan_take(struct scan *scan, struct span block)
{
	uint64_t from = scan->ends.position;
	struct line_part part;

	line_ends_take(&scan->ends, block);
	while (!scan->ended && line_ends_next(&scan->ends, &part)) {
		if (scan->line == 0 && part.text.len > 0)
			scan->is_dot = part.text.at[0] == '.';
		scan->line += part.text.len;
		if (part.ends > 0)
			end_lines(scan, &part);
	}
	/* The dot line may have begun in an earlier block. */
	if (scan->ended)
		block = span_head(block,
		    scan->line_from > from ? (size_t)(scan->line_from - from)
					   : 0);
	scan->facts.has_eight_bit |= has_eight_bit(block);
	scan->facts.has_nul |= has_nul(block);
	return block;
}

void
scan_skip_lines(struct scan *scan, uint64_t size)
{
	scan->facts.body_size += size;
	scan->ends.position += size;
	scan->line_from = scan->ends.position;
}

void
scan_end(struct scan *scan)
{
	static const struct line_part last = {.ends = 1};
	struct line_part part;

	if (!scan->ended && line_ends_settle(&scan->ends, &part))
		end_lines(scan, &part);
	if (!scan->ended && scan->line > 0)
		end_lines(scan, &last);
}

struct octet_facts
scan_header(struct span header)
{
	struct octet_facts facts = {
	    .has_eight_bit = has_eight_bit(header),
	    .has_nul = has_nul(header),
	};

	while (header.len > 0) {
		size_t len = span_find(header, '\r');

		facts.has_long_line |= len > MESSAGE_LINE_MAX;
		header = span_skip(header, len + 2);
	}
	return facts;
}

void
scan_join_header(struct message_facts *facts, struct octet_facts header)
{
	facts->body = (struct octet_facts){
	    facts->has_long_line, facts->has_eight_bit, facts->has_nul};
	facts->header = header;
	facts->has_long_line |= header.has_long_line;
	facts->has_eight_bit |= header.has_eight_bit;
	facts->has_nul |= header.has_nul;
}
