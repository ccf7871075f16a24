/*
 * Finds the line ends of a body block by block. The meaning of a CR at the end
 * of a block is only known with the next block: until then it is counted in
 * `cr` and belongs to no part.
 */
#include "message/line_ends.h"

#include <string.h>

static const char *
find(const char *at, const char *end, char c)
{
	const char *found = memchr(at, c, (size_t)(end - at));

	return found != NULL ? found : end;
}

/* Moves to `at`; searches for the next CR and LF only if they are before it. */
static void
go_to(struct line_ends *ends, const char *at)
{
	ends->position += (uint64_t)(at - ends->at);
	ends->at = at;
	if (ends->next_cr < at)
		ends->next_cr = find(at, ends->end, '\r');
	if (ends->next_lf < at)
		ends->next_lf = find(at, ends->end, '\n');
}

void
line_ends_take(struct line_ends *ends, struct span block)
{
	ends->at = ends->end = block.at;
	if (block.len == 0)
		return;
	ends->end = block.at + block.len;
	ends->next_cr = find(ends->at, ends->end, '\r');
	ends->next_lf = find(ends->at, ends->end, '\n');
}

bool
line_ends_next(struct line_ends *ends, struct line_part *part)
{
	const char *at = ends->at;

	if (at == ends->end)
		return false;
	part->is_split = ends->cr > 0;
	if (!part->is_split)
		at = ends->next_cr < ends->next_lf ? ends->next_cr
						   : ends->next_lf;
	part->text = (struct span){ends->at, (size_t)(at - ends->at)};
	for (; at < ends->end && *at == '\r'; at++)
		ends->cr++;
	part->end = LINE_END_NONE;
	part->ends = 0;
	if (at < ends->end) {
		bool is_lf = *at == '\n';

		part->end = !is_lf  ? LINE_END_CR
		    : ends->cr == 0 ? LINE_END_LF
		    : ends->cr == 1 ? LINE_END_CRLF
				    : LINE_END_EXTRA_CR;
		part->ends = is_lf ? 1 : ends->cr;
		ends->cr = 0;
		at += is_lf;
	}
	go_to(ends, at);
	return true;
}

bool
line_ends_settle(struct line_ends *ends, struct line_part *part)
{
	*part = (struct line_part){
	    .end = LINE_END_CR, .ends = ends->cr, .is_split = true};
	ends->cr = 0;
	return part->ends > 0;
}
