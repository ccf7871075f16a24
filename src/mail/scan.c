#include "mail/message_parts.h"

#include "mail/octets.h"

static void
note_counts(struct message_facts *facts, const struct octet_counts *counts)
{
	facts->has_eight_bit |= counts->has_eight_bit;
	facts->has_nul |= counts->has_nul;
}

static void
note_line(struct message_facts *facts, uint64_t len)
{
	if (len > MESSAGE_LINE_MAX)
		facts->has_long_line = true;
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
		octets_find_again(block, '\r', at, &cr);
		octets_find_again(block, '\n', at, &lf);
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

static bool
is_line_end(char c)
{
	return c == '\n' || c == '\r';
}

/* Behind the last end of a line before `end`, not before `from`. */
static size_t
last_line(struct span block, size_t from, size_t end)
{
	while (end > from && !is_line_end(block.at[end - 1]))
		end--;
	return end;
}

/*
 * A line is too long where none ends within the octets that it may have: so
 * only one octet in a thousand has to be looked at, and a few before it.
 */
static void
find_long_line(struct scan *scan, struct span block)
{
	size_t at = 0;
	uint64_t line = scan->line;

	note_line(&scan->facts, line);
	while (!scan->facts.has_long_line) {
		size_t end = at + (size_t)(MESSAGE_LINE_MAX - line) + 1;
		size_t next;

		if (end > block.len)
			return;
		next = last_line(block, at, end);
		if (next == at)
			scan->facts.has_long_line = true;
		at = next;
		line = 0;
	}
}

/* All at once, where no dot at the begin of a line can end the body. */
static void
take_block(
    struct scan *scan, struct span block, const struct octet_counts *counts)
{
	size_t lines = counts->lf + counts->cr - counts->crlf;
	size_t open = last_line(block, 0, block.len);
	bool is_split = scan->after_cr && block.at[0] == '\n';
	char last = block.at[block.len - 1];

	find_long_line(scan, block);
	if (counts->cr + is_split > counts->crlf + (last == '\r') ||
	    (scan->after_cr && !is_split))
		scan->facts.has_bare_cr = true;
	if (counts->lf > counts->crlf)
		scan->facts.has_bare_lf = true;
	if (open > 0) {
		scan->facts.body_size += scan->line + open - counts->lf -
		    counts->cr + 2 * (uint64_t)lines;
		scan->line = 0;
		scan->line_from = scan->taken + open;
	}
	scan->line += block.len - open;
	scan->after_cr = last == '\r';
}

bool
scan_take(struct scan *scan, struct span block)
{
	char before = scan->after_cr ? '\r' : scan->line == 0 ? '\n' : ' ';
	struct octet_counts counts =
	    octets_count(block, before, scan->dot_ends);
	bool more = true;

	if (block.len == 0)
		return true;
	if (!scan->dot_ends || (counts.dots == 0 && !scan->is_dot))
		take_block(scan, block, &counts);
	else
		more = take_lines(scan, block);
	/* The dot line may have begun in an earlier block. */
	if (!more)
		counts = octets_count(span_head(block,
		    scan->line_from > scan->taken
			? (size_t)(scan->line_from - scan->taken)
			: 0), before, false);
	note_counts(&scan->facts, &counts);
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
	struct octet_counts counts = octets_count(header, '\n', false);

	note_counts(&facts, &counts);
	while (header.len > 0) {
		size_t len = span_find(header, '\r');

		note_line(&facts, len);
		header = span_skip(header, len + 2);
	}
	return (struct octet_facts){
	    facts.has_long_line, facts.has_eight_bit, facts.has_nul};
}

static void
add_header(struct message_facts *facts, struct span header)
{
	facts->body = (struct octet_facts){
	    facts->has_long_line, facts->has_eight_bit, facts->has_nul};
	facts->header = section_facts(header);
	facts->has_eight_bit |= facts->header.has_eight_bit;
	facts->has_nul |= facts->header.has_nul;
	facts->has_long_line |= facts->header.has_long_line;
}

void
message_take_header(struct message *message, struct section *section,
    const struct message_facts *body)
{
	section->lines.len = section->line;
	message->header = section->lines;
	section->lines = (struct buf){0};
	message->facts = *body;
	message->facts.has_bare_cr |= section->has_bare_cr;
	message->facts.has_bare_lf |= section->has_bare_lf;
	message->facts.has_mark = section->has_mark;
	add_header(&message->facts, buf_span(&message->header));
}
