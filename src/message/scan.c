#include "message/scan.h"

#include "message/wire.h"

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

/*
 * Some CRs have come, and behind them the octet at the offset `next`: if it is
 * an LF, all of them are one line end with it; else each of them ends a line.
 */
static bool
end_after_cr(struct scan *scan, bool is_lf, uint64_t next)
{
	uint64_t count = scan->cr;

	scan->cr = 0;
	if (!end_line(scan))
		return false;
	if (is_lf)
		scan->facts.has_extra_cr |= count > 1;
	else
		scan->facts.has_bare_cr = true;
	if (!is_lf)
		scan->facts.body_size += 2 * (count - 1);
	scan->line_from = next + is_lf;
	return true;
}

static bool
take_lines(struct scan *scan, struct span block)
{
	size_t at = 0, cr = 0, lf = 0, end;

	while (at < block.len) {
		if (scan->cr > 0 && block.at[at] != '\r') {
			bool is_lf = block.at[at] == '\n';

			if (!end_after_cr(scan, is_lf, scan->taken + at))
				return false;
			at += is_lf;
			continue;
		}
		wire_find_again(block, '\r', at, &cr);
		wire_find_again(block, '\n', at, &lf);
		end = cr < lf ? cr : lf;
		if (scan->line == 0 && at < end)
			scan->is_dot = block.at[at] == '.';
		scan->line += end - at;
		at = end;
		if (at == block.len)
			break;
		if (block.at[at++] == '\r') {
			scan->cr++;
			continue;
		}
		if (!end_line(scan))
			return false;
		scan->facts.has_bare_lf = true;
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

/* All its lines end in CRLF or LF; a CR at its end may be the half of one. */
static bool
is_clean(const struct scan *scan, struct span block,
    const struct octet_counts *counts)
{
	bool is_split = scan->cr == 1 && block.at[0] == '\n';
	bool is_open = block.at[block.len - 1] == '\r';

	return scan->cr == is_split &&
	    counts->cr + is_split == counts->crlf + is_open;
}

/* All at once, where no dot at the begin of a line can end the body. */
static void
take_clean(
    struct scan *scan, struct span block, const struct octet_counts *counts)
{
	bool is_open = block.at[block.len - 1] == '\r';
	size_t end = block.len - is_open;
	size_t open = last_line(block, 0, end);

	find_long_line(scan, block);
	if (counts->lf > counts->crlf)
		scan->facts.has_bare_lf = true;
	if (open > 0) {
		scan->facts.body_size +=
		    scan->line + open + counts->lf - (counts->cr - is_open);
		scan->line = 0;
		scan->line_from = scan->taken + open;
	}
	scan->line += end - open;
	scan->cr = is_open;
}

bool
scan_take(struct scan *scan, struct span block)
{
	char before = scan->cr > 0 ? '\r' : scan->line == 0 ? '\n' : ' ';
	struct octet_counts counts = wire_count(block, before, scan->dot_ends);
	bool more = true;

	if (block.len == 0)
		return true;
	scan->has_lf |= counts.lf > 0;
	if (is_clean(scan, block, &counts) &&
	    (!scan->dot_ends || (counts.dots == 0 && !scan->is_dot)))
		take_clean(scan, block, &counts);
	else
		more = take_lines(scan, block);
	/* The dot line may have begun in an earlier block. */
	if (!more)
		counts =
		    wire_count(span_head(block,
				   scan->line_from > scan->taken
				       ? (size_t)(scan->line_from - scan->taken)
				       : 0),
			before, false);
	note_counts(&scan->facts, &counts);
	scan->taken += block.len;
	return more;
}

void
scan_end(struct scan *scan)
{
	if (!scan->ended && scan->cr > 0)
		end_after_cr(scan, false, scan->taken);
	if (!scan->ended && scan->line > 0)
		end_line(scan);
}

struct octet_facts
scan_header(struct span header)
{
	struct message_facts facts = {0};
	struct octet_counts counts = wire_count(header, '\n', false);

	note_counts(&facts, &counts);
	while (header.len > 0) {
		size_t len = span_find(header, '\r');

		note_line(&facts, len);
		header = span_skip(header, len + 2);
	}
	return (struct octet_facts){
	    facts.has_long_line, facts.has_eight_bit, facts.has_nul};
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
