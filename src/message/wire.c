/*
 * Corrects line ends while sending. A long run of correct lines is written to
 * the sink without a copy; short runs are collected into a block first.
 */
#include "message/wire.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "message/storage.h"

/* A run of this length is not copied. */
#define RUN_UNCOPIED (STORAGE_BLOCK / 4)

void
wire_init(struct wire *wire, const struct message_sink *sink, uint64_t left)
{
	*wire = (struct wire){.sink = sink, .left = left};
	wire->room = mem_resize(NULL, 1, STORAGE_BLOCK);
}

void
wire_free(struct wire *wire)
{
	free(wire->room);
}

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

/*
 * Never sends more octets than announced: after the octets of a BDAT command
 * the server would read the rest as commands.
 */
static bool
put(struct wire *wire, struct span run)
{
	if (run.len > wire->left) {
		wire->result = REPLAY_CHANGED;
		return false;
	}
	if (wire->left != UINT64_MAX)
		wire->left -= run.len;
	if (run.len >= RUN_UNCOPIED)
		return flush(wire) && sink_write(wire, run.at, run.len);
	if (run.len > STORAGE_BLOCK - wire->used && !flush(wire))
		return false;
	if (run.len > 0)
		memcpy(wire->room + wire->used, run.at, run.len);
	wire->used += run.len;
	return true;
}

static bool
end_lines(struct wire *wire, const struct line_part *part)
{
	wire->has_extra_cr |= part->end == LINE_END_EXTRA_CR;
	wire->has_bare_cr |= part->end == LINE_END_CR;
	wire->in_line = false;
	for (uint64_t i = 0; i < part->ends; i++)
		if (!put(wire, SPAN("\r\n")))
			return false;
	return true;
}

bool
wire_settle(struct wire *wire)
{
	struct line_part part;

	return !line_ends_settle(&wire->ends, &part) || end_lines(wire, &part);
}

bool
wire_take(struct wire *wire, struct span block)
{
	struct span run = span_head(block, 0); /* sent unchanged */
	struct line_part part;

	if (wire->refuses_nul && span_find(block, '\0') < block.len) {
		wire->result = REPLAY_CHANGED;
		return false;
	}
	line_ends_take(&wire->ends, block);
	while (line_ends_next(&wire->ends, &part)) {
		run.len += part.text.len;
		wire->in_line |= part.text.len > 0;
		if (part.end == LINE_END_NONE)
			break;
		if (part.end == LINE_END_CRLF && !part.is_split) {
			run.len += 2;
			wire->in_line = false;
			continue;
		}
		if (!put(wire, run) || !end_lines(wire, &part))
			return false;
		run = (struct span){wire->ends.at, 0};
	}
	return put(wire, run);
}

bool
wire_end(struct wire *wire)
{
	static const struct line_part last = {.ends = 1};

	if (!wire_settle(wire) || (wire->in_line && !end_lines(wire, &last)))
		return false;
	if (wire->left != 0 && wire->left != UINT64_MAX) {
		wire->result = REPLAY_CHANGED;
		return false;
	}
	return flush(wire);
}
