#include "mail/wire.h"

#include <string.h>

#include "mail/body.h"
#include "mail/octets.h"

/* From this length on a run goes to the sink as it lies. */
#define RUN_UNCOPIED (MESSAGE_BLOCK / 4)

static bool
sink_write(struct wire *wire, const char *data, size_t len)
{
	if (len > 0 && !wire->sink->write(wire->sink->context, data, len))
		wire->result = REPLAY_SINK_ENDED;
	return wire->result == REPLAY_DONE;
}

static bool
flush(struct wire *wire)
{
	size_t used = wire->used;

	wire->used = 0;
	return sink_write(wire, wire->room, used);
}

static bool
put(struct wire *wire, struct span run)
{
	if (run.len > MESSAGE_BLOCK - wire->used || run.len >= RUN_UNCOPIED)
		if (!flush(wire))
			return false;
	if (run.len >= RUN_UNCOPIED)
		return sink_write(wire, run.at, run.len);
	if (run.len > 0)
		memcpy(wire->room + wire->used, run.at, run.len);
	wire->used += run.len;
	return true;
}

/* More than was announced never leaves: behind BDAT it would be commands. */
static bool
put_counted(struct wire *wire, struct span run)
{
	if (run.len > wire->left) {
		wire->result = REPLAY_CHANGED;
		return false;
	}
	wire->left -= run.len;
	return put(wire, run);
}

/* Puts the run until `at`, then one octet that was not there. */
static bool
insert(struct wire *wire, struct span block, size_t *run, size_t at,
    const char *octet)
{
	struct span before = span_skip(span_head(block, at), *run);

	*run = at;
	if (!put_counted(wire, before))
		return false;
	if (octet[0] == '.')
		return put(wire, (struct span){octet, 1});
	return put_counted(wire, (struct span){octet, 1});
}

/* Octet for octet: wherever the block is cut, and whatever is in it. */
static bool
take_any(struct wire *wire, struct span block)
{
	size_t run = 0, at = 0, cr = 0, lf = 0;

	while (at < block.len) {
		if (wire->after_cr) {
			wire->after_cr = false;
			if (block.at[at] == '\n') {
				at++;
				continue;
			}
			if (!insert(wire, block, &run, at, "\n"))
				return false;
		}
		if (wire->is_stuffed && !wire->in_line &&
		    block.at[at] == '.' &&
		    !insert(wire, block, &run, at, "."))
			return false;
		octets_find_again(block, '\r', at, &cr);
		octets_find_again(block, '\n', at, &lf);
		at = cr < lf ? cr : lf;
		wire->in_line = at == block.len;
		if (wire->in_line)
			break;
		if (block.at[at] == '\r')
			wire->after_cr = true;
		else if (!insert(wire, block, &run, at, "\r"))
			return false;
		at++;
	}
	return put_counted(wire, span_skip(block, run));
}

/* Lines that end in LF alone: copied once, with what they lack. */
static bool
take_lf_lines(struct wire *wire, struct span block)
{
	while (block.len > 0) {
		bool is_stuffed = wire->is_stuffed && !wire->in_line &&
		    block.at[0] == '.';
		size_t len = span_find(block, '\n');
		size_t end = len < block.len ? 2 : 0;

		/* The rare cases have a way of their own. */
		if (len + end > wire->left || len + 3 > MESSAGE_BLOCK)
			return take_any(wire, block);
		if (len + 3 > MESSAGE_BLOCK - wire->used && !flush(wire))
			return false;
		if (is_stuffed)
			wire->room[wire->used++] = '.';
		memcpy(wire->room + wire->used, block.at, len);
		memcpy(wire->room + wire->used + len, "\r\n", end);
		wire->used += len + end;
		wire->left -= len + end;
		wire->in_line = end == 0;
		block = span_skip(block, len + 1);
	}
	return true;
}

/* Nothing has to be inserted in it; its last CR may want an LF later. */
static bool
is_clean(const struct wire *wire, struct span block,
    const struct octet_counts *counts)
{
	bool is_split = wire->after_cr && block.at[0] == '\n';
	bool is_open = block.at[block.len - 1] == '\r';

	return wire->after_cr == is_split && counts->lf == counts->crlf &&
	    counts->cr + is_split == counts->crlf + is_open &&
	    (counts->dots == 0 || !wire->is_stuffed);
}

bool
wire_take(struct wire *wire, struct span block)
{
	char before = wire->after_cr ? '\r' : wire->in_line ? ' ' : '\n';
	struct octet_counts counts;
	char last;

	if (block.len == 0)
		return true;
	if (wire->has_no_nul && span_find(block, '\0') < block.len) {
		wire->result = REPLAY_CHANGED;
		return false;
	}
	if (!wire->after_cr && span_find(block, '\r') == block.len)
		return take_lf_lines(wire, block);
	counts = octets_count(block, before, wire->is_stuffed);
	if (!is_clean(wire, block, &counts))
		return take_any(wire, block);
	last = block.at[block.len - 1];
	wire->after_cr = last == '\r';
	wire->in_line = last != '\r' && last != '\n';
	return put_counted(wire, block);
}

bool
wire_end(struct wire *wire)
{
	struct span missing = SPAN("");

	if (wire->after_cr)
		missing = SPAN("\n");
	else if (wire->in_line)
		missing = SPAN("\r\n");
	if (!put_counted(wire, missing))
		return false;
	if (wire->left != 0 && !wire->is_counting) {
		wire->result = REPLAY_CHANGED;
		return false;
	}
	return flush(wire);
}
