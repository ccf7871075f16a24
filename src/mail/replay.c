#include "mail/message_parts.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "mail/plan.h"
#include "mail/wire.h"

static bool
replay_header(
    struct wire *wire, struct span header, const struct plan *plan)
{
	size_t from = 0;

	if (plan != NULL && !wire_take(wire, buf_span(&plan->added)))
		return false;
	for (size_t i = 0; plan != NULL && i < plan->header.count; i++) {
		const struct plan_edit *edit = &plan->header.list[i];
		struct span kept = span_head(header, (size_t)edit->from);

		if (!wire_take(wire, span_skip(kept, from)) ||
		    !wire_take(wire, (struct span){edit->text, edit->len}))
			return false;
		from = (size_t)edit->to;
	}
	return wire_take(wire, span_skip(header, from)) &&
	    wire_take(wire, SPAN("\r\n"));
}

/* The body on its way, with the edits that the plan has for it. */
struct mending {
	struct wire *wire;
	const struct plan_edits *edits; /* NULL: none */
	size_t next;	 /* the edit under way, or the next one */
	bool is_begun;
	uint64_t position;
	struct encoder encoder;
	struct buf encoded;
};

/* What passes as it is. */
static bool
pass(struct mending *mending, struct span run)
{
	mending->position += run.len;
	return wire_take(mending->wire, run);
}

static bool
flush_encoded(struct mending *mending)
{
	bool done = wire_take(mending->wire, buf_span(&mending->encoded));

	buf_clear(&mending->encoded);
	return done;
}

/* The octets of an edit, no more than are left of it; none at its begin. */
static bool
mend(struct mending *mending, const struct plan_edit *edit, struct span run)
{
	size_t slice = MESSAGE_BLOCK / (2 * ENCODER_GROWTH);

	if (!mending->is_begun) {
		mending->is_begun = true;
		encoder_init(&mending->encoder, edit->encoding);
		if (!wire_take(mending->wire,
			(struct span){edit->text, edit->len}))
			return false;
	}
	mending->position += run.len;
	while (edit->is_encoded && run.len > 0) {
		encoder_take(&mending->encoder, span_head(run, slice),
		    &mending->encoded);
		if (!flush_encoded(mending))
			return false;
		run = span_skip(run, slice);
	}
	if (mending->position < edit->to)
		return true;
	mending->is_begun = false;
	mending->next++;
	if (!edit->is_encoded)
		return true;
	encoder_end(&mending->encoder, &mending->encoded);
	return flush_encoded(mending);
}

static bool
mend_block(struct mending *mending, struct span block, bool is_last)
{
	const struct plan_edits *edits = mending->edits;

	while (edits != NULL && mending->next < edits->count) {
		const struct plan_edit *edit = &edits->list[mending->next];
		bool is_due = mending->position >= edit->from;
		uint64_t left =
		    (is_due ? edit->to : edit->from) - mending->position;
		struct span run =
		    span_head(block, left < block.len ? (size_t)left
						      : block.len);

		/* One that only inserts may stand at the very end. */
		if (block.len == 0 && !(is_last && is_due && left == 0))
			return true;
		if (!(is_due ? mend(mending, edit, run)
			     : pass(mending, run)))
			return false;
		block = span_skip(block, run.len);
	}
	return pass(mending, block);
}

static bool
replay_body(struct wire *wire, struct body_reader *reader,
    const struct plan *plan)
{
	const struct body *body = reader->body;
	struct mending mending = {
	    .wire = wire,
	    .edits = plan != NULL ? &plan->body : NULL,
	};
	struct span block;
	bool done = true;

	wire->has_no_nul = body->is_source && !wire->is_counting;

	buf_init(&mending.encoded, 2 * MESSAGE_BLOCK);
	while (done && body_reader_next(reader, &block))
		done = mend_block(
		    &mending, block, reader->position == body->size);
	if (done && body->size == 0)
		done = mend_block(&mending, (struct span){0}, true);
	if (done && reader->is_changed) {
		wire->result = REPLAY_CHANGED;
		done = false;
	}
	buf_free(&mending.encoded);
	return done;
}

enum replay_result
message_replay(const struct message *message, const struct plan *plan,
    enum replay_form form, const struct message_sink *sink)
{
	struct wire wire = {
	    .sink = sink,
	    .is_stuffed = form == REPLAY_STUFFED,
	    .left = message_size(message, plan),
	    .room = mem_resize(NULL, 1, MESSAGE_BLOCK),
	};
	struct body_reader reader;

	body_reader_init(&reader, &message->body);
	if (reader.is_changed)
		wire.result = REPLAY_CHANGED;
	else if (replay_header(&wire, message_header(message), plan) &&
	    replay_body(&wire, &reader, plan))
		wire_end(&wire);
	body_reader_free(&reader);
	free(wire.room);
	return wire.result;
}

static uint64_t
header_size(const struct message *message, const struct plan *plan)
{
	uint64_t size = message->header.len + 2;

	if (plan == NULL)
		return size;
	for (size_t i = 0; i < plan->header.count; i++) {
		const struct plan_edit *edit = &plan->header.list[i];

		size = size + edit->len - (edit->to - edit->from);
	}
	return size + plan->added.len;
}

uint64_t
message_size(const struct message *message, const struct plan *plan)
{
	return header_size(message, plan) +
	    plan_facts(plan, message)->body_size;
}

static bool
scan_write(void *context, const char *data, size_t len)
{
	return scan_take(context, (struct span){data, len});
}

/* Runs a part of the planned message through a scan. */
static bool
measure(const struct message *message, const struct plan *plan, bool of_body,
    struct message_facts *facts)
{
	struct scan scan = {0};
	struct message_sink sink = {scan_write, &scan};
	struct wire wire = {
	    .sink = &sink,
	    .is_counting = true,
	    .left = UINT64_MAX,
	    .room = mem_resize(NULL, 1, MESSAGE_BLOCK),
	};
	struct body_reader reader;

	body_reader_init(&reader, &message->body);
	if (reader.is_changed)
		wire.result = REPLAY_CHANGED;
	else if (of_body ? replay_body(&wire, &reader, plan)
			 : replay_header(&wire, message_header(message), plan))
		wire_end(&wire);
	body_reader_free(&reader);
	free(wire.room);
	scan_end(&scan);
	*facts = scan.facts;
	return wire.result == REPLAY_DONE;
}

bool
message_measure(const struct message *message, struct plan *plan)
{
	struct message_facts header, body = message->facts;

	if (!measure(message, plan, false, &header))
		return false;
	if (plan->body.count > 0) {
		if (!measure(message, plan, true, &body))
			return false;
		body.body = (struct octet_facts){body.has_long_line,
		    body.has_eight_bit, body.has_nul};
	}
	header.header = (struct octet_facts){
	    header.has_long_line, header.has_eight_bit, header.has_nul};
	body.header = header.header;
	body.has_long_line = body.body.has_long_line || header.has_long_line;
	body.has_eight_bit = body.body.has_eight_bit || header.has_eight_bit;
	body.has_nul = body.body.has_nul || header.has_nul;
	plan->facts = body;
	plan->has_facts = true;
	return true;
}
