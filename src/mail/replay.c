#include "mail/message_parts.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "mail/fixup.h"

/* From this length on a run goes to the sink as it lies. */
#define RUN_UNCOPIED (MESSAGE_BLOCK / 4)

/*
 * The way to the wire. All it ever does to the octets that pass is to insert
 * one: LF behind a bare CR, CR before a bare LF, a dot before a dot. It does
 * not rely on the facts of the first pass: a source that has changed since
 * must not reach the wire unmended either.
 */
struct wire {
	const struct message_sink *sink;
	bool is_stuffed;
	bool after_cr, in_line;
	uint64_t left; /* octets that may come, not counting stuffed dots */
	char *room;    /* MESSAGE_BLOCK, for what is gathered */
	size_t used;
	enum replay_result result; /* once it is not DONE, all is over */
};

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

/* As in scan.c: searched again only when the last one lies behind. */
static void
find_again(struct span block, char c, size_t at, size_t *found)
{
	if (at == 0 || *found < at)
		*found = at + span_find(span_skip(block, at), c);
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
wire_take(struct wire *wire, struct span block)
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
		find_again(block, '\r', at, &cr);
		find_again(block, '\n', at, &lf);
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

/* The last line is ended too; then nothing may be missing. */
static bool
wire_end(struct wire *wire)
{
	struct span missing = SPAN("");

	if (wire->after_cr)
		missing = SPAN("\n");
	else if (wire->in_line)
		missing = SPAN("\r\n");
	if (!put_counted(wire, missing))
		return false;
	if (wire->left != 0) {
		wire->result = REPLAY_CHANGED;
		return false;
	}
	return flush(wire);
}

static bool
replay_header(
    struct wire *wire, struct span header, const struct plan *plan)
{
	size_t from = 0;

	if (plan != NULL && !wire_take(wire, buf_span(&plan->added)))
		return false;
	for (size_t i = 0; plan != NULL && i < plan->drop_count; i++) {
		struct span kept = span_head(header, plan->drops[i].from);

		if (!wire_take(wire, span_skip(kept, from)))
			return false;
		from = plan->drops[i].to;
	}
	return wire_take(wire, span_skip(header, from)) &&
	    wire_take(wire, SPAN("\r\n"));
}

/* A source must be what was read, before its last block goes on its way. */
static bool
block_is_as_read(const struct body *body, uint64_t *sum, struct span block,
    bool is_last)
{
	if (!body->is_source)
		return true;
	*sum = body_sum(*sum, block);
	if (memchr(block.at, '\0', block.len) != NULL)
		return false;
	return !is_last || (*sum == body->sum && body_is_unchanged(body));
}

static bool
replay_body(struct wire *wire, const struct body *body, char *room)
{
	uint64_t position = 0, sum = 0;

	while (position < body->size) {
		struct span block = body_block(body, position, room);

		position += block.len;
		if (block.len == 0 ||
		    !block_is_as_read(
			body, &sum, block, position == body->size)) {
			wire->result = REPLAY_CHANGED;
			return false;
		}
		if (!wire_take(wire, block))
			return false;
	}
	return true;
}

enum replay_result
message_replay(const struct message *message, const struct plan *plan,
    enum replay_form form, const struct message_sink *sink)
{
	const struct body *body = &message->body;
	char *rooms = mem_resize(NULL, body->fd < 0 ? 1 : 2, MESSAGE_BLOCK);
	struct wire wire = {
	    .sink = sink,
	    .is_stuffed = form == REPLAY_STUFFED,
	    .left = message_size(message, plan),
	    .room = rooms,
	};

	if (body->is_source && !body_is_unchanged(body))
		wire.result = REPLAY_CHANGED;
	else if (replay_header(&wire, message_header(message), plan) &&
	    replay_body(&wire, body,
		body->fd < 0 ? NULL : rooms + MESSAGE_BLOCK))
		wire_end(&wire);
	free(rooms);
	return wire.result;
}

uint64_t
message_size(const struct message *message, const struct plan *plan)
{
	uint64_t size = message->header.len + 2 + message->facts.body_size;

	if (plan == NULL)
		return size;
	for (size_t i = 0; i < plan->drop_count; i++)
		size -= plan->drops[i].to - plan->drops[i].from;
	return size + plan->added.len;
}
