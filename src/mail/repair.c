#include "mail/repair.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "mail/field_repair.h"
#include "mail/verdict.h"
#include "message/message_parts.h"

/* All texts that edits hold together: twice what a header may have. */
#define TEXTS_MAX (2 * MESSAGE_HEADER_MAX)

struct repairer {
	struct plan *plan;
	bool seven_bit;
	size_t texts; /* octets of them, until now */
	uint64_t outline;
	bool quotes_dashes; /* an open multipart's boundary asks for it */
	/* What was found of the message itself; its header comes last. */
	struct verdict_fields top;
	struct mime_entity message; /* without what is borrowed */
};

static const char *
place_of(const struct mime_entity *entity, char *room, size_t size)
{
	if (entity->number == 0)
		return "the body";
	snprintf(room, size, "part %zu", entity->number);
	return room;
}

static void
note_verdict(struct plan *plan, const struct verdict *verdict,
    const struct mime_entity *entity)
{
	static const char *const names[] = {
	    [ENCODING_QUOTED_PRINTABLE] = "encoded as quoted-printable",
	    [ENCODING_BASE64_TEXT] = "encoded as base64",
	    [ENCODING_BASE64] = "encoded as base64",
	    [ENCODING_MEND_QUOTED_PRINTABLE] = "its quoted-printable mended",
	    [ENCODING_MEND_BASE64] = "its base64 mended",
	};
	char room[32];
	const char *place = place_of(entity, room, sizeof(room));

	if (verdict->is_dropped)
		plan_note(plan, "text outside the parts: dropped, since %s",
		    verdict->reason);
	if (verdict->makes_text)
		plan_note(plan, "%s: declared as text, since no part begins "
		    "in it", place);
	if (verdict->charset[0] != '\0')
		plan_note(plan, "%s: declared as charset %s", place,
		    verdict->charset);
	if (verdict->is_encoded)
		plan_note(plan, "%s: %s, since %s", place,
		    names[verdict->encoding], verdict->reason);
	else if (verdict->coding != NULL)
		plan_note(plan, "%s: declared as %s", place, verdict->coding);
}

/* What it has room for; else the part stays as it is. */
static bool
add_text_edit(struct repairer *repairer, struct plan_edits *edits,
    struct plan_edit *edit, const struct buf *text)
{
	repairer->texts += text->len;
	if (text->full || repairer->texts > TEXTS_MAX) {
		plan_set_obstacle(repairer->plan, "its headers are too large");
		return false;
	}
	edit->text = text->len > 0 ? mem_copy(text->data, text->len) : NULL;
	edit->len = text->len;
	plan_edit_add(edits, edit);
	return true;
}

/* The header of a part: as a whole, since it lies in the body. */
static bool
edit_part_header(struct repairer *repairer, const struct mime_entity *entity,
    const struct verdict *verdict)
{
	struct verdict_fields fields = {.verdict = *verdict};
	struct plan_edit edit = {
	    .from = entity->header_from, .to = entity->header_to};
	struct span rest = entity->header;
	struct field field;
	struct buf text;
	bool is_changed, done;

	buf_init(&text, TEXTS_MAX);
	while (header_next(&rest, &field))
		if (verdict_on_field(&fields, &field, &text))
			continue;
		else if (field_needs_repair(field.whole))
			field_repair(&field, &text);
		else
			buf_add_span(&text, field.whole);
	verdict_add_missing(&fields, entity,
	    verdict_changes_fields(verdict), &text);
	if (entity->header_is_open)
		buf_add_text(&text, "\r\n");
	if (field_needs_repair(buf_span(&text)))
		plan_set_obstacle(repairer->plan,
		    "the header of part %zu cannot be repaired",
		    entity->number);
	is_changed = !span_equal(buf_span(&text), entity->header);
	if (is_changed && field_needs_repair(entity->header))
		plan_note(repairer->plan, "part %zu: its header repaired",
		    entity->number);
	done = !is_changed ||
	    add_text_edit(repairer, &repairer->plan->body, &edit, &text);
	buf_free(&text);
	return done;
}

static bool
header_must_change(const struct repairer *repairer,
    const struct mime_entity *entity)
{
	if (entity->number == 0 || entity->kind == MIME_FILLER ||
	    entity->header.len == 0)
		return false;
	if (field_has_long_line(entity->header))
		return true;
	/* An enclosed message is only touched where it must be. */
	return (repairer->seven_bit || !entity->is_enclosed) &&
	    !span_is_ascii(entity->header);
}

/*
 * Behind a header without an empty line at its end, an encoded line could
 * look like a field, and the fields of an enclosed message would be the part's.
 */
static bool
needs_empty_line(
    const struct mime_entity *entity, const struct verdict *verdict)
{
	return entity->header_is_open && !entity->is_signed &&
	    (verdict->is_encoded || (entity->kind == MIME_COMPOSITE &&
		entity->content.type == MIME_MESSAGE));
}

/* Quoted-printable could spell its boundary where the text did not. */
static bool
has_spellable_boundary(const struct mime_entity *entity)
{
	return entity->kind == MIME_COMPOSITE &&
	    entity->content.boundary != NULL &&
	    strchr(entity->content.boundary, '=') != NULL;
}

static void
see_entity(void *context, const struct mime_entity *entity)
{
	struct repairer *repairer = context;
	struct plan *plan = repairer->plan;
	struct verdict verdict = verdict_on(entity, repairer->seven_bit);
	bool must_header = header_must_change(repairer, entity);
	struct plan_edit edit = {.from = entity->from,
	    .to = entity->to,
	    .is_encoded = verdict.is_encoded,
	    .encoding = verdict.encoding,
	    .quotes_dashes = repairer->quotes_dashes};
	char room[32];

	repairer->outline = mime_outline_add(repairer->outline, entity);
	repairer->quotes_dashes |= has_spellable_boundary(entity);
	if (must_header && entity->is_signed) {
		verdict.obstacle = "it is signed";
		must_header = false;
	}
	if (verdict.obstacle != NULL)
		plan_set_obstacle(plan, "%s cannot be encoded: %s",
		    place_of(entity, room, sizeof(room)), verdict.obstacle);
	if (entity->number == 0 && entity->kind != MIME_FILLER) {
		repairer->top.verdict = verdict;
		repairer->message = *entity;
	} else if (must_header || verdict_changes_fields(&verdict) ||
	    needs_empty_line(entity, &verdict)) {
		if (!edit_part_header(repairer, entity, &verdict))
			return;
		if (needs_empty_line(entity, &verdict))
			plan_note(plan, "%s: empty line added behind its "
			    "header", place_of(entity, room, sizeof(room)));
	}
	note_verdict(plan, &verdict, entity);
	if (verdict.is_encoded || verdict.is_dropped)
		plan_edit_add(&plan->body, &edit);
}

/* Whether the structure of the body has to be known. */
static bool
body_needs_look(const struct message *message, bool seven_bit,
    const struct mime_content *content)
{
	const struct octet_facts *body = &message_facts(message)->body;

	if (body->has_nul || body->has_long_line)
		return true;
	if (!body->has_eight_bit)
		return false;
	/* A text that says what it is can pass. */
	return seven_bit || content->type != MIME_TEXT ||
	    content->coding != CODING_8BIT ||
	    (content->charset != CHARSET_OTHER &&
		content->charset != CHARSET_WIDE);
}

static bool
look_through(struct repairer *repairer, const struct message *message,
    struct error *err)
{
	const struct mime_sink sink = {see_entity, repairer};
	struct mime *mime = mime_new(message_header(message), &sink);
	struct body_reader reader;
	struct span block;
	bool is_changed;

	body_reader_init(&reader, &message->body);
	while (body_reader_next(&reader, &block))
		mime_take(mime, block);
	mime_end(mime);
	is_changed = reader.is_changed;
	body_reader_free(&reader);
	mime_free(mime);
	return !is_changed ||
	    error_set(err, ERROR_TEMPORARY,
		"cannot send the message: it was changed while it was read");
}

/* What no verdict has told of a field of the message itself. */
static void
note_content_field(
    struct plan *plan, const struct field *field, const struct buf *text)
{
	if (text->len == 0)
		plan_note_field(plan, field->name,
		    "dropped, since it stands there twice");
	else if (field_has_long_line(field->whole))
		plan_note_field(plan, field->name, "long lines folded");
	if (text->len > 0 && !span_is_ascii(field->whole))
		plan_note_field(plan, field->name, "8-bit text encoded");
}

/* Content-Type and Content-Transfer-Encoding of the message itself. */
static bool
edit_header(
    struct repairer *repairer, struct span header, struct error *err)
{
	struct plan *plan = repairer->plan;
	struct plan_edit edit = {.is_of_content = true};
	struct span rest = header;
	bool with_version = plan->body.count > 0 ||
	    verdict_changes_fields(&repairer->top.verdict);
	struct field field;
	struct buf text;
	bool done = true;

	buf_init(&text, TEXTS_MAX);
	while (done && header_next(&rest, &field)) {
		buf_clear(&text);
		if (!verdict_on_field(&repairer->top, &field, &text))
			continue;
		if (field_has_long_line(buf_span(&text)))
			plan_note_long_field(plan, field.name);
		if (span_equal(buf_span(&text), field.whole))
			continue;
		edit.to = header.len - rest.len;
		edit.from = edit.to - field.whole.len;
		if (add_text_edit(repairer, &plan->header, &edit, &text))
			note_content_field(plan, &field, &text);
		done = plan_check_edits(plan, err);
	}
	buf_clear(&text);
	verdict_add_missing(
	    &repairer->top, &repairer->message, with_version, &text);
	edit.from = edit.to = header.len;
	/* The verdict tells of the other fields. */
	if (text.len > 0 &&
	    add_text_edit(repairer, &plan->header, &edit, &text) &&
	    span_starts(buf_span(&text), SPAN("MIME-Version:")))
		plan_tell_field(plan, SPAN("MIME-Version"), "added");
	buf_free(&text);
	return done;
}

bool
repair_content(struct plan *plan, const struct message *message,
    bool seven_bit, struct error *err)
{
	struct repairer repairer = {.plan = plan, .seven_bit = seven_bit};
	struct span header = message_header(message);
	struct mime_content content;
	bool needs_look;

	mime_content_read(&content, header, MIME_TEXT);
	needs_look = body_needs_look(message, seven_bit, &content);
	mime_content_free(&content);
	if (needs_look && !look_through(&repairer, message, err))
		return false;
	plan->outline = repairer.outline;
	return !(needs_look || field_needs_repair(header)) ||
	    edit_header(&repairer, header, err);
}

bool
repair_is_forbidden(const struct message *message)
{
	struct span header = message_header(message);
	struct mime_content content;
	bool is_signed;

	mime_content_read(&content, header, MIME_TEXT);
	is_signed = content.type == MIME_SIGNED ||
	    mime_header_is_signed(header);
	mime_content_free(&content);
	return is_signed;
}
