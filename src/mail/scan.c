#include "mail/message_parts.h"

#include <string.h>

static bool
has_eight_bit(struct span block)
{
	uint64_t seen = 0, word;
	size_t i = 0;

	for (; block.len - i >= sizeof(word); i += sizeof(word)) {
		memcpy(&word, block.at + i, sizeof(word));
		seen |= word;
	}
	for (; i < block.len; i++)
		seen |= (unsigned char)block.at[i];
	return (seen & UINT64_C(0x8080808080808080)) != 0;
}

static void
note_octets(struct message_facts *facts, struct span block)
{
	if (block.len == 0)
		return;
	if (!facts->has_eight_bit)
		facts->has_eight_bit = has_eight_bit(block);
	if (memchr(block.at, '\0', block.len) != NULL)
		facts->has_nul = true;
}

static void
note_line(struct message_facts *facts, uint64_t len)
{
	if (len > facts->longest_line)
		facts->longest_line = len;
}

/* The line is whole, without its end. False if it is the dot. */
static bool
end_line(struct scan *scan)
{
	if (scan->dot_ends && scan->is_dot && scan->line == 1) {
		scan->ended = true;
		return false;
	}
	scan->facts.body_size += scan->line + 2;
	note_line(&scan->facts, scan->line);
	scan->line = 0;
	return true;
}

/*
 * The next place of c: searched only when the last one found lies behind, so
 * that a block without a CR is searched for it once.
 */
static void
find_again(struct span block, char c, size_t at, size_t *found)
{
	if (at == 0 || *found < at)
		*found = at + span_find(span_skip(block, at), c);
}

/* Returns where in the block the line that is still open begins. */
static bool
take_lines(struct scan *scan, struct span block)
{
	size_t at = 0, cr = 0, lf = 0, end;

	while (at < block.len) {
		if (scan->after_cr) {
			scan->after_cr = false;
			if (block.at[at] == '\n') {
				at++;
				scan->line_from++;
				continue;
			}
			scan->facts.has_bare_cr = true;
		}
		find_again(block, '\r', at, &cr);
		find_again(block, '\n', at, &lf);
		end = cr < lf ? cr : lf;
		if (scan->line == 0 && at < end)
			scan->is_dot = block.at[at] == '.';
		scan->line += end - at;
		if (end == block.len)
			return true;
		if (!end_line(scan))
			return false;
		if (block.at[end] == '\r')
			scan->after_cr = true;
		else
			scan->facts.has_bare_lf = true;
		at = end + 1;
		scan->line_from = scan->taken + at;
	}
	return true;
}

bool
scan_take(struct scan *scan, struct span block)
{
	bool more = take_lines(scan, block);
	uint64_t until = more ? block.len : 0;

	/* The dot line may have begun in an earlier block. */
	if (!more && scan->line_from > scan->taken)
		until = scan->line_from - scan->taken;
	note_octets(&scan->facts, span_head(block, (size_t)until));
	scan->taken += block.len;
	return more;
}

void
scan_end(struct scan *scan)
{
	if (scan->ended)
		return;
	if (scan->after_cr)
		scan->facts.has_bare_cr = true;
	if (scan->line > 0)
		end_line(scan);
}

static struct octet_facts
section_facts(struct span header)
{
	struct message_facts facts = {0};

	note_octets(&facts, header);
	while (header.len > 0) {
		size_t len = span_find(header, '\r');

		note_line(&facts, len);
		header = span_skip(header, len + 2);
	}
	return (struct octet_facts){
	    facts.longest_line, facts.has_eight_bit, facts.has_nul};
}

void
facts_add_header(struct message_facts *facts, struct span header)
{
	facts->body = (struct octet_facts){
	    facts->longest_line, facts->has_eight_bit, facts->has_nul};
	facts->header = section_facts(header);
	facts->has_eight_bit |= facts->header.has_eight_bit;
	facts->has_nul |= facts->header.has_nul;
	note_line(facts, facts->header.longest_line);
}
