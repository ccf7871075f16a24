#include "message/wire.h"

#include <string.h>

#include "message/storage.h"

/* Of gcc and clang: every machine has them, or the compiler makes do. */
#define LANES 16
/* A count of one octet holds no more. */
#define STEPS_MAX 255

struct octet_lanes {
	unsigned char at __attribute__((vector_size(LANES)));
};

static struct octet_lanes
load(const char *at)
{
	struct octet_lanes lanes;

	memcpy(&lanes, at, sizeof(lanes));
	return lanes;
}

static size_t
add_up(struct octet_lanes lanes)
{
	size_t sum = 0;

	for (size_t i = 0; i < LANES; i++)
		sum += lanes.at[i];
	return sum;
}

static void
count_one(struct octet_counts *counts, unsigned char c, char before)
{
	bool starts = before == '\n' || before == '\r';

	counts->lf += c == '\n';
	counts->cr += c == '\r';
	counts->crlf += c == '\n' && before == '\r';
	counts->dots += c == '.' && starts;
	counts->has_eight_bit |= c >= 0x80;
	counts->has_nul |= c == '\0';
}

static void
note_lanes(struct octet_counts *counts, struct octet_lanes high,
    struct octet_lanes nul)
{
	for (size_t i = 0; i < LANES; i++) {
		counts->has_eight_bit |= high.at[i] >= 0x80;
		counts->has_nul |= nul.at[i] != 0;
	}
}

/* An equal lane is all ones, which is -1: so counts grow by subtraction. */
static void
count_lanes(struct octet_counts *counts, const char *at, size_t steps)
{
	struct octet_lanes lf = {{0}}, cr = {{0}}, crlf = {{0}}, dots = {{0}};
	struct octet_lanes high = {{0}}, nul = {{0}};

	for (size_t i = 0; i < steps; i++, at += LANES) {
		struct octet_lanes here = load(at), last = load(at - 1);
		struct octet_lanes is_lf, behind_cr;

		is_lf.at = here.at == '\n';
		behind_cr.at = last.at == '\r';
		lf.at -= is_lf.at;
		cr.at -= here.at == '\r';
		crlf.at -= is_lf.at & behind_cr.at;
		dots.at -=
		    (here.at == '.') & ((last.at == '\n') | behind_cr.at);
		high.at |= here.at;
		nul.at |= here.at == 0;
	}
	counts->lf += add_up(lf);
	counts->cr += add_up(cr);
	counts->crlf += add_up(crlf);
	counts->dots += add_up(dots);
	note_lanes(counts, high, nul);
}

/* The same where there is no CR and nobody asks for dots: half the work. */
static void
count_lf_lanes(struct octet_counts *counts, const char *at, size_t steps)
{
	struct octet_lanes lf = {{0}}, high = {{0}}, nul = {{0}};

	for (size_t i = 0; i < steps; i++, at += LANES) {
		struct octet_lanes here = load(at);

		lf.at -= here.at == '\n';
		high.at |= here.at;
		nul.at |= here.at == 0;
	}
	counts->lf += add_up(lf);
	note_lanes(counts, high, nul);
}

struct octet_counts
wire_count(struct span block, char before, bool wants_dots)
{
	struct octet_counts counts = {0};
	size_t at = 0, steps;
	bool is_full;

	if (block.len == 0)
		return counts;
	is_full = wants_dots || span_find(block, '\r') < block.len;
	count_one(&counts, (unsigned char)block.at[at++], before);
	while (block.len - at >= LANES) {
		steps = (block.len - at) / LANES;
		if (steps > STEPS_MAX)
			steps = STEPS_MAX;
		if (is_full)
			count_lanes(&counts, block.at + at, steps);
		else
			count_lf_lanes(&counts, block.at + at, steps);
		at += steps * LANES;
	}
	for (; at < block.len; at++)
		count_one(
		    &counts, (unsigned char)block.at[at], block.at[at - 1]);
	return counts;
}

void
wire_find_again(struct span block, char octet, size_t at, size_t *found)
{
	if (at == 0 || *found < at)
		*found = at + span_find(span_skip(block, at), octet);
}

/* From this length on a run goes to the sink as it lies. */
#define RUN_UNCOPIED (STORAGE_BLOCK / 4)

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
	if (run.len > STORAGE_BLOCK - wire->used || run.len >= RUN_UNCOPIED)
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

static bool
end_lines(struct wire *wire, uint64_t count)
{
	wire->cr = 0;
	wire->in_line = false;
	for (; count > 0; count--)
		if (!put_counted(wire, SPAN("\r\n")))
			return false;
	return true;
}

/* CRs have come, and behind them an LF or anything else. */
static bool
end_after_cr(struct wire *wire, bool is_lf)
{
	uint64_t count = wire->cr;

	if (is_lf)
		wire->has_extra_cr |= count > 1;
	else
		wire->has_bare_cr = true;
	return end_lines(wire, is_lf ? 1 : count);
}

bool
wire_settle(struct wire *wire)
{
	return wire->cr == 0 || end_after_cr(wire, false);
}

/* Line by line: wherever the block is cut, and whatever is in it. */
static bool
take_any(struct wire *wire, struct span block)
{
	size_t run = 0, at = 0, cr = 0, lf = 0, end;

	while (at < block.len) {
		if (wire->cr > 0 && block.at[at] != '\r') {
			bool is_lf = block.at[at] == '\n';

			if (!end_after_cr(wire, is_lf))
				return false;
			run = at += is_lf;
			continue;
		}
		if (wire->is_stuffed && !wire->in_line && block.at[at] == '.' &&
		    !insert(wire, block, &run, at, "."))
			return false;
		wire_find_again(block, '\r', at, &cr);
		wire_find_again(block, '\n', at, &lf);
		end = cr < lf ? cr : lf;
		wire->in_line |= end > at;
		at = end;
		if (at == block.len)
			break;
		if (block.at[at] == '\n') {
			if (!insert(wire, block, &run, at, "\r"))
				return false;
			wire->in_line = false;
			at++;
			continue;
		}
		if (!put_counted(wire, span_skip(span_head(block, at), run)))
			return false;
		wire->cr++;
		run = ++at;
	}
	return put_counted(wire, span_skip(block, run));
}

/* Lines that end in LF alone: copied once, with what they lack. */
static bool
take_lf_lines(struct wire *wire, struct span block)
{
	while (block.len > 0) {
		bool is_stuffed =
		    wire->is_stuffed && !wire->in_line && block.at[0] == '.';
		size_t len = span_find(block, '\n');
		size_t end = len < block.len ? 2 : 0;

		/* The rare cases have a way of their own. */
		if (len + end > wire->left || len + 3 > STORAGE_BLOCK)
			return take_any(wire, block);
		if (len + 3 > STORAGE_BLOCK - wire->used && !flush(wire))
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

/* All its line ends are CRLF; a CR at its end may be the half of one. */
static bool
is_clean(const struct wire *wire, struct span block,
    const struct octet_counts *counts)
{
	bool is_split = wire->cr == 1 && block.at[0] == '\n';
	bool is_open = block.at[block.len - 1] == '\r';

	return wire->cr == is_split && counts->lf == counts->crlf &&
	    counts->cr + is_split == counts->crlf + is_open &&
	    (counts->dots == 0 || !wire->is_stuffed);
}

static bool
take_clean(struct wire *wire, struct span block)
{
	char last = block.at[block.len - 1];

	if (wire->cr > 0 && !put_counted(wire, SPAN("\r")))
		return false;
	wire->cr = last == '\r';
	wire->in_line = last != '\r' && last != '\n';
	return put_counted(wire, span_head(block, block.len - wire->cr));
}

bool
wire_take(struct wire *wire, struct span block)
{
	char before = wire->cr > 0 ? '\r' : wire->in_line ? ' ' : '\n';
	struct octet_counts counts;

	if (block.len == 0)
		return true;
	if (wire->has_no_nul && span_find(block, '\0') < block.len) {
		wire->result = REPLAY_CHANGED;
		return false;
	}
	if (wire->cr == 0 && span_find(block, '\r') == block.len)
		return take_lf_lines(wire, block);
	counts = wire_count(block, before, wire->is_stuffed);
	return is_clean(wire, block, &counts) ? take_clean(wire, block)
					      : take_any(wire, block);
}

bool
wire_end(struct wire *wire)
{
	if (!wire_settle(wire) || !end_lines(wire, wire->in_line))
		return false;
	if (wire->left != 0 && !wire->is_counting) {
		wire->result = REPLAY_CHANGED;
		return false;
	}
	return flush(wire);
}
