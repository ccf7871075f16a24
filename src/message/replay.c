#include "message/replay.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "message/dot_stuffing.h"
#include "message/mime.h"
#include "message/storage.h"
#include "message/wire.h"

static bool
replay_header(struct wire *wire, struct span header, const struct plan *plan)
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
	size_t next; /* the edit under way, or the next one */
	bool is_begun;
	uint64_t position;
	struct encoder encoder;
	struct buf encoded;
	struct line_ends ends; /* of a text that is encoded */
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

static bool
encode(struct mending *mending, struct span run)
{
	size_t slice = STORAGE_BLOCK / (2 * ENCODER_GROWTH);

	while (run.len > 0) {
		encoder_take(&mending->encoder, span_head(run, slice),
		    &mending->encoded);
		if (mending->encoded.len >= STORAGE_BLOCK &&
		    !flush_encoded(mending))
			return false;
		run = span_skip(run, slice);
	}
	return true;
}

static bool
encode_line_ends(struct mending *mending, const struct line_part *part)
{
	for (uint64_t i = 0; i < part->ends; i++)
		if (!encode(mending, SPAN("\r\n")))
			return false;
	return true;
}

static bool
encode_text(struct mending *mending, struct span run)
{
	struct line_part part;

	line_ends_take(&mending->ends, run);
	while (line_ends_next(&mending->ends, &part))
		if (!encode(mending, part.text) ||
		    !encode_line_ends(mending, &part))
			return false;
	return true;
}

static bool
begin_edit(struct mending *mending, const struct plan_edit *edit)
{
	mending->is_begun = true;
	encoder_init(&mending->encoder, edit->encoding);
	mending->encoder.quotes_dashes = edit->quotes_dashes;
	return wire_settle(mending->wire) &&
	    wire_take(mending->wire, (struct span){edit->text, edit->len});
}

static bool
end_edit(struct mending *mending, const struct plan_edit *edit)
{
	struct line_part part;

	mending->is_begun = false;
	mending->next++;
	if (!edit->is_encoded)
		return true;
	if (line_ends_settle(&mending->ends, &part) &&
	    !encode_line_ends(mending, &part))
		return false;
	encoder_end(&mending->encoder, &mending->encoded);
	return flush_encoded(mending);
}

/* The octets of an edit, no more than are left of it; none at its begin. */
static bool
mend(struct mending *mending, const struct plan_edit *edit, struct span run)
{
	bool is_binary = edit->encoding == ENCODING_BASE64;

	if (!mending->is_begun && !begin_edit(mending, edit))
		return false;
	mending->position += run.len;
	if (edit->is_encoded &&
	    !(is_binary ? encode(mending, run) : encode_text(mending, run)))
		return false;
	return mending->position < edit->to || end_edit(mending, edit);
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
		struct span run = span_head(
		    block, left < block.len ? (size_t)left : block.len);

		/* One that only inserts may stand at the very end. */
		if (block.len == 0 && !(is_last && is_due && left == 0))
			return true;
		if (!(is_due ? mend(mending, edit, run) : pass(mending, run)))
			return false;
		block = span_skip(block, run.len);
	}
	return pass(mending, block);
}

static bool
replay_body(
    struct wire *wire, struct storage_reader *reader, const struct plan *plan)
{
	const struct storage *body = reader->body;
	struct mending mending = {
	    .wire = wire,
	    .edits = plan != NULL ? &plan->body : NULL,
	};
	struct span block;
	bool done = true;

	wire->has_no_nul = body->is_source && !wire->is_counting;

	buf_init(&mending.encoded, 2 * STORAGE_BLOCK);
	while (done && storage_reader_next(reader, &block))
		done =
		    mend_block(&mending, block, reader->position == body->size);
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
replay_message(const struct message *message, const struct plan *plan,
    enum replay_form form, const struct message_sink *sink)
{
	struct dot_stuffing stuffing = {.sink = sink};
	const struct message_sink stuffed = {dot_stuffing_write, &stuffing};
	struct wire wire = {
	    .sink = form == REPLAY_STUFFED ? &stuffed : sink,
	    .left = replay_size(message, plan),
	    .room = mem_resize(NULL, 1, STORAGE_BLOCK),
	};
	struct storage_reader reader;

	storage_reader_init(&reader, message_body(message));
	if (reader.is_changed)
		wire.result = REPLAY_CHANGED;
	else if (replay_header(&wire, message_header(message), plan) &&
	    replay_body(&wire, &reader, plan))
		wire_end(&wire);
	storage_reader_free(&reader);
	free(wire.room);
	return wire.result;
}

enum replay_result
replay_edit(const struct message *message, const struct plan_edit *edit,
    uint64_t end, const struct message_sink *sink)
{
	struct plan_edit only = *edit;
	struct plan_edits edits = {.list = &only, .count = 1};
	struct wire wire = {
	    .sink = sink,
	    .is_counting = true,
	    .left = UINT64_MAX,
	    .room = mem_resize(NULL, 1, STORAGE_BLOCK),
	};
	struct mending mending = {
	    .wire = &wire, .edits = &edits, .position = edit->from};
	struct storage body =
	    *message_body(message); /* to be read until `end` */
	char *room = mem_resize(NULL, 1, STORAGE_BLOCK);
	uint64_t position = edit->from;
	struct span block = {0};
	bool done = true;

	body.size = end;
	buf_init(&mending.encoded, 2 * STORAGE_BLOCK);
	do {
		if (position < end)
			block = storage_block(&body, position, room);
		position += block.len;
		done = (block.len > 0 || position == end) &&
		    mend_block(&mending, block, position == end);
	} while (done && position < end);
	if (done)
		wire_end(&wire);
	else if (wire.result == REPLAY_DONE)
		wire.result = REPLAY_CHANGED;
	buf_free(&mending.encoded);
	free(room);
	free(wire.room);
	return wire.result;
}

static uint64_t
header_size(const struct message *message, const struct plan *plan)
{
	uint64_t size = message_header(message).len + 2;

	if (plan == NULL)
		return size;
	for (size_t i = 0; i < plan->header.count; i++) {
		const struct plan_edit *edit = &plan->header.list[i];

		size = size + edit->len - (edit->to - edit->from);
	}
	return size + plan->added.len;
}

uint64_t
replay_size(const struct message *message, const struct plan *plan)
{
	return header_size(message, plan) +
	    plan_facts(plan, message)->body_size;
}

/* What a part of the planned message is run through. */
struct measuring {
	struct scan scan;
	struct mime *mime; /* NULL: its structure does not matter */
	struct buf *text;  /* NULL: nor does what it says */
};

static bool
measuring_write(void *context, const char *data, size_t len)
{
	struct measuring *measuring = context;

	if (measuring->mime != NULL)
		mime_take(measuring->mime, (struct span){data, len});
	if (measuring->text != NULL)
		buf_add(measuring->text, data, len);
	return scan_take(&measuring->scan, (struct span){data, len});
}

static bool
measure(const struct message *message, const struct plan *plan, bool of_body,
    struct measuring *measuring)
{
	struct message_sink sink = {measuring_write, measuring};
	struct wire wire = {
	    .sink = &sink,
	    .is_counting = true,
	    .left = UINT64_MAX,
	    .room = mem_resize(NULL, 1, STORAGE_BLOCK),
	};
	struct storage_reader reader;

	storage_reader_init(&reader, message_body(message));
	if (reader.is_changed)
		wire.result = REPLAY_CHANGED;
	else if (of_body ? replay_body(&wire, &reader, plan)
			 : replay_header(&wire, message_header(message), plan))
		wire_end(&wire);
	storage_reader_free(&reader);
	free(wire.room);
	scan_end(&measuring->scan);
	measuring->scan.facts.body_has_bare_cr = wire.has_bare_cr;
	measuring->scan.facts.body_has_extra_cr = wire.has_extra_cr;
	return wire.result == REPLAY_DONE;
}

static void
outline_entity(void *context, const struct mime_entity *entity)
{
	uint64_t *outline = context;

	*outline = mime_outline_add(*outline, entity);
}

/* The body of a plan that edits it; `header` is the planned one. */
static bool
measure_body(const struct message *message, struct plan *plan,
    struct span header, struct message_facts *facts)
{
	const struct mime_sink sink = {outline_entity, &plan->planned_outline};
	struct measuring measuring = {.mime = mime_new(header, &sink)};
	bool done = measure(message, plan, true, &measuring);

	mime_end(measuring.mime);
	mime_free(measuring.mime);
	*facts = measuring.scan.facts;
	facts->body = (struct octet_facts){
	    facts->has_long_line, facts->has_eight_bit, facts->has_nul};
	return done;
}

bool
replay_measure(const struct message *message, struct plan *plan)
{
	struct message_facts header, body = *message_facts(message);
	struct buf text = {0};
	struct measuring measuring = {
	    .text = plan->body.count > 0 ? &text : NULL};
	bool done;

	buf_init(&text, PLAN_HEADER_MAX);
	done = measure(message, plan, false, &measuring);
	header = measuring.scan.facts;
	if (done && plan->body.count > 0) {
		text.len -= 2; /* the empty line */
		done = measure_body(message, plan, buf_span(&text), &body);
	}
	buf_free(&text);
	if (!done)
		return false;
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
