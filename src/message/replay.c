/*
 * Replays a message with the edits of its plan. Encoded text, replaced fields
 * and unchanged octets all go through one struct wire, so that nothing bypasses
 * its checks.
 */
#include "message/replay.h"

#include <stdlib.h>

#include "base/mem.h"
#include "message/dot_stuffing.h"
#include "message/mime.h"
#include "message/storage.h"
#include "message/wire.h"

static bool
send_header(struct wire *wire, struct span header, const struct plan *plan)
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

/* Sends a body with the edits that the plan has for it. */
struct editing {
	struct wire *wire;
	const struct plan_edits *edits; /* NULL: none */
	size_t next;			/* the current edit, or the next one */
	bool is_begun;
	uint64_t position; /* of the next octet of the body */
	struct encoder encoder;
	struct buf encoded;
	struct line_ends ends; /* of a text that is encoded */
};

/* Sends octets unchanged. */
static bool
pass(struct editing *editing, struct span run)
{
	editing->position += run.len;
	return wire_take(editing->wire, run);
}

static bool
flush_encoded(struct editing *editing)
{
	bool done = wire_take(editing->wire, buf_span(&editing->encoded));

	buf_clear(&editing->encoded);
	return done;
}

static bool
encode(struct editing *editing, struct span run)
{
	size_t slice = STORAGE_BLOCK / (2 * ENCODER_GROWTH);

	while (run.len > 0) {
		encoder_take(&editing->encoder, span_head(run, slice),
		    &editing->encoded);
		if (editing->encoded.len >= STORAGE_BLOCK &&
		    !flush_encoded(editing))
			return false;
		run = span_skip(run, slice);
	}
	return true;
}

static bool
encode_line_ends(struct editing *editing, const struct line_part *part)
{
	for (uint64_t i = 0; i < part->ends; i++)
		if (!encode(editing, SPAN("\r\n")))
			return false;
	return true;
}

static bool
encode_text(struct editing *editing, struct span run)
{
	struct line_part part;

	line_ends_take(&editing->ends, run);
	while (line_ends_next(&editing->ends, &part))
		if (!encode(editing, part.text) ||
		    !encode_line_ends(editing, &part))
			return false;
	return true;
}

static bool
begin_edit(struct editing *editing, const struct plan_edit *edit)
{
	editing->is_begun = true;
	encoder_init(&editing->encoder, edit->encoding);
	editing->encoder.quotes_dashes = edit->quotes_dashes;
	return wire_settle(editing->wire) &&
	    wire_take(editing->wire, (struct span){edit->text, edit->len});
}

static bool
end_edit(struct editing *editing, const struct plan_edit *edit)
{
	struct line_part part;

	editing->is_begun = false;
	editing->next++;
	if (!edit->is_encoded)
		return true;
	if (line_ends_settle(&editing->ends, &part) &&
	    !encode_line_ends(editing, &part))
		return false;
	encoder_end(&editing->encoder, &editing->encoded);
	return flush_encoded(editing);
}

/*
 * Takes octets that an edit covers, at most to its end. An empty run begins the
 * edit.
 */
static bool
take_edited(
    struct editing *editing, const struct plan_edit *edit, struct span run)
{
	bool is_binary = edit->encoding == ENCODING_BASE64;

	if (!editing->is_begun && !begin_edit(editing, edit))
		return false;
	editing->position += run.len;
	if (edit->is_encoded &&
	    !(is_binary ? encode(editing, run) : encode_text(editing, run)))
		return false;
	return editing->position < edit->to || end_edit(editing, edit);
}

static bool
take_block(struct editing *editing, struct span block, bool is_last)
{
	const struct plan_edits *edits = editing->edits;

	while (edits != NULL && editing->next < edits->count) {
		const struct plan_edit *edit = &edits->list[editing->next];
		bool is_due = editing->position >= edit->from;
		uint64_t left =
		    (is_due ? edit->to : edit->from) - editing->position;
		struct span run = span_head(
		    block, left < block.len ? (size_t)left : block.len);

		/* An edit that only inserts may be at the end of the body. */
		if (block.len == 0 && !(is_last && is_due && left == 0))
			return true;
		if (!(is_due ? take_edited(editing, edit, run)
			     : pass(editing, run)))
			return false;
		block = span_skip(block, run.len);
	}
	return pass(editing, block);
}

static bool
send_body(
    struct wire *wire, struct storage_reader *reader, const struct plan *plan)
{
	const struct storage *body = reader->storage;
	struct editing editing = {
	    .wire = wire,
	    .edits = plan != NULL ? &plan->body : NULL,
	};
	struct span block;
	bool done = true;

	/* Not while measuring, because the plan handles NULs later. */
	wire->refuses_nul = body->is_source && wire->left != UINT64_MAX;
	buf_init(&editing.encoded, 2 * STORAGE_BLOCK);
	while (done && storage_reader_next(reader, &block))
		done =
		    take_block(&editing, block, reader->position == body->size);
	if (done && body->size == 0)
		done = take_block(&editing, (struct span){0}, true);
	if (done && reader->is_changed) {
		wire->result = REPLAY_CHANGED;
		done = false;
	}
	buf_free(&editing.encoded);
	return done;
}

enum part { PART_HEADER = 1, PART_BODY = 2 };

/* Sends the parts of the planned message that `parts` names. */
static enum replay_result
send_parts(const struct message *message, const struct plan *plan,
    unsigned parts, struct wire *wire)
{
	struct span header = message_header(message);
	struct storage_reader reader;

	storage_reader_init(&reader, message_body(message));
	if (reader.is_changed)
		wire->result = REPLAY_CHANGED;
	else if ((!(parts & PART_HEADER) || send_header(wire, header, plan)) &&
	    (!(parts & PART_BODY) || send_body(wire, &reader, plan)))
		wire_end(wire);
	storage_reader_free(&reader);
	return wire->result;
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

enum replay_result
replay_message(const struct message *message, const struct plan *plan,
    enum replay_form form, const struct message_sink *sink)
{
	struct dot_stuffing stuffing = {.sink = sink};
	const struct message_sink stuffed = {dot_stuffing_write, &stuffing};
	struct wire wire;
	enum replay_result result;

	wire_init(&wire, form == REPLAY_STUFFED ? &stuffed : sink,
	    replay_size(message, plan));
	result = send_parts(message, plan, PART_HEADER | PART_BODY, &wire);
	wire_free(&wire);
	return result;
}

/* Sends the octets of the body from the start of the only edit up to `end`. */
static bool
send_stretch(
    struct editing *editing, const struct message *message, uint64_t end)
{
	struct storage body = *message_body(message);
	char *room = mem_resize(NULL, 1, STORAGE_BLOCK);
	uint64_t position = editing->position;
	struct span block = {0};
	bool done = true;

	body.size = end;
	do {
		if (position < end)
			block = storage_block(&body, position, room);
		position += block.len;
		done = (block.len > 0 || position == end) &&
		    take_block(editing, block, position == end);
	} while (done && position < end);
	free(room);
	return done;
}

enum replay_result
replay_edit(const struct message *message, const struct plan_edit *edit,
    uint64_t end, const struct message_sink *sink)
{
	struct plan_edit only = *edit;
	struct plan_edits edits = {.list = &only, .count = 1};
	struct wire wire;
	struct editing editing = {
	    .wire = &wire, .edits = &edits, .position = edit->from};

	wire_init(&wire, sink, UINT64_MAX);
	buf_init(&editing.encoded, 2 * STORAGE_BLOCK);
	if (send_stretch(&editing, message, end))
		wire_end(&wire);
	else if (wire.result == REPLAY_DONE)
		wire.result = REPLAY_CHANGED;
	buf_free(&editing.encoded);
	wire_free(&wire);
	return wire.result;
}

/* Measures a part of the planned message. */
struct measuring {
	struct scan scan;
	struct mime *mime; /* NULL: its structure is not needed */
	struct buf *text;  /* NULL: nor is its text */
};

static bool
measuring_write(void *context, const char *data, size_t len)
{
	struct measuring *measuring = context;

	if (measuring->mime != NULL)
		mime_take(measuring->mime, (struct span){data, len});
	if (measuring->text != NULL)
		buf_add(measuring->text, data, len);
	scan_take(&measuring->scan, (struct span){data, len});
	return true;
}

static bool
measure(const struct message *message, const struct plan *plan, enum part part,
    struct measuring *measuring)
{
	const struct message_sink sink = {measuring_write, measuring};
	enum replay_result result;
	struct wire wire;

	wire_init(&wire, &sink, UINT64_MAX);
	result = send_parts(message, plan, part, &wire);
	wire_free(&wire);
	scan_end(&measuring->scan);
	measuring->scan.facts.body_has_bare_cr = wire.has_bare_cr;
	measuring->scan.facts.body_has_extra_cr = wire.has_extra_cr;
	return result == REPLAY_DONE;
}

static void
outline_entity(void *context, const struct mime_entity *entity)
{
	uint64_t *outline = context;

	*outline = mime_outline_add(*outline, entity);
}

/* Measures a body that the plan edits; `header` is the planned one. */
static bool
measure_body(const struct message *message, struct plan *plan,
    struct span header, struct message_facts *facts)
{
	const struct mime_sink sink = {outline_entity, &plan->planned_outline};
	struct measuring measuring = {.mime = mime_new(header, &sink)};
	bool done = measure(message, plan, PART_BODY, &measuring);

	mime_end(measuring.mime);
	mime_free(measuring.mime);
	*facts = measuring.scan.facts;
	return done;
}

/* The facts of the body alone, without those of the header. */
static struct message_facts
body_facts(const struct message *message)
{
	struct message_facts facts = *message_facts(message);

	facts.has_long_line = facts.body.has_long_line;
	facts.has_eight_bit = facts.body.has_eight_bit;
	facts.has_nul = facts.body.has_nul;
	return facts;
}

bool
replay_header(
    const struct message *message, const struct plan *plan, struct buf *header)
{
	struct measuring measuring = {.text = header};

	buf_init(header, PLAN_HEADER_MAX);
	if (!measure(message, plan, PART_HEADER, &measuring))
		return false;
	header->len -= 2; /* the empty line */
	return true;
}

bool
replay_measure(const struct message *message, struct plan *plan)
{
	struct message_facts facts = body_facts(message);
	struct buf header;
	bool done = replay_header(message, plan, &header);

	if (done && plan->body.count > 0)
		done = measure_body(message, plan, buf_span(&header), &facts);
	if (done) {
		scan_join_header(&facts, scan_header(buf_span(&header)));
		plan->facts = facts;
		plan->has_facts = true;
	}
	buf_free(&header);
	return done;
}
