#include "mail/message_parts.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "mail/plan.h"

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
	bool is_stuffed, is_counting;
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
	if (wire->left != 0 && !wire->is_counting) {
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
	bool is_source;
};

/* What passes as it is. A NUL can only be where a source has changed. */
static bool
pass(struct mending *mending, struct span run)
{
	struct wire *wire = mending->wire;

	mending->position += run.len;
	if (mending->is_source && span_find(run, '\0') < run.len) {
		wire->result = REPLAY_CHANGED;
		return false;
	}
	return wire_take(wire, run);
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
	    .is_source = body->is_source && !wire->is_counting,
	};
	struct span block;
	bool done = true;

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
		body.body = (struct octet_facts){body.longest_line,
		    body.has_eight_bit, body.has_nul};
	}
	header.header = (struct octet_facts){
	    header.longest_line, header.has_eight_bit, header.has_nul};
	body.header = header.header;
	body.longest_line = body.body.longest_line;
	if (body.longest_line < header.longest_line)
		body.longest_line = header.longest_line;
	body.has_eight_bit = body.body.has_eight_bit || header.has_eight_bit;
	body.has_nul = body.body.has_nul || header.has_nul;
	plan->facts = body;
	plan->has_facts = true;
	return true;
}
