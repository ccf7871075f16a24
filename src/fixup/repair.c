/*
 * Decides for each part of a message what to do about it (a verdict), and turns
 * the verdicts into edits of the plan. The message is only read: its parts are
 * found in one pass, and the edits refer to octets by offset.
 */
#include "fixup/repair.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "fixup/field_repair.h"
#include "message/mime.h"
#include "message/storage.h"

/* What to do about one entity of a message. */
struct verdict {
	bool is_encoded; /* encode its body, with: */
	enum encoding encoding;
	bool is_dropped;    /* drop it: it is text outside of the parts */
	const char *coding; /* new Content-Transfer-Encoding; NULL: none */
	char charset[CHARSET_NAME_MAX + 1]; /* new charset; "": none */
	bool makes_text;      /* Content-Type becomes text/plain */
	const char *obstacle; /* why it cannot be repaired; NULL: it can be */
	/* Why the body must be encoded or dropped; NULL: it need not. */
	const char *reason;
};

/* The fields of one header while they are rewritten. */
struct verdict_fields {
	struct verdict verdict;
	bool type_is_passed, coding_is_passed;
};

static const char charset_utf8[] = "utf-8";
static const char charset_unknown[] = "unknown-8bit"; /* RFC 1428 */

/* Why the body cannot be sent unchanged; NULL if it can be. */
static const char *
find_reason(const struct mime_entity *entity, bool seven_bit)
{
	const struct mime_facts *facts = &entity->facts;

	if (facts->has_nul)
		return "it has NUL octets";
	if (facts->longest_line > MESSAGE_LINE_MAX)
		return "it has a line of more than 998 octets";
	if (seven_bit && facts->has_eight_bit)
		return "it has 8-bit octets";
	return NULL;
}

static bool
is_text(const struct mime_entity *entity)
{
	return entity->content.type == MIME_TEXT || entity->is_unparted;
}

static bool
declares_charset(const struct mime_content *content)
{
	return content->charset == CHARSET_WIDE ||
	    content->charset == CHARSET_OTHER;
}

/*
 * Sets the charset of a text with octets above 127 that declares none for them.
 * A charset that the document itself declares comes first, because the
 * parameter would override it (RFC 6657 section 3, RFC 7303 section 3.2).
 */
static void
set_charset(struct verdict *verdict, const struct mime_entity *entity)
{
	const struct mime_content *content = &entity->content;
	const char *name = charset_unknown;

	if (!is_text(entity) || !entity->facts.has_eight_bit ||
	    declares_charset(content))
		return;
	if (entity->document_charset[0] != '\0')
		name = entity->document_charset;
	else if (entity->facts.is_utf8)
		name = charset_utf8;
	else if (content->is_document || !verdict->is_encoded)
		return;
	memcpy(verdict->charset, name, strlen(name) + 1);
	verdict->makes_text |= content->has_type && !content->type_is_readable;
}

/*
 * Whether it is text whose line ends may be changed; those of UTF-16 must not.
 */
static bool
has_lines(const struct mime_entity *entity)
{
	enum mime_charset charset = entity->content.charset;

	if (!declares_charset(&entity->content))
		charset =
		    mime_field_charset_of(span_from(entity->document_charset));
	return is_text(entity) && charset != CHARSET_WIDE;
}

/*
 * How to encode a text. After base64 each line ends in CRLF, which readers of
 * patches and scripts do not expect, so it is used only for a document (HTML,
 * XML, CSS), and only if more than a quarter of it would have to be quoted.
 */
static enum encoding
text_encoding(const struct mime_entity *entity)
{
	const struct mime_facts *facts = &entity->facts;

	return entity->content.is_document && facts->quoted > facts->octets / 4
	    ? ENCODING_BASE64_TEXT
	    : ENCODING_QUOTED_PRINTABLE;
}

static void
encode_identity(struct verdict *verdict, const struct mime_entity *entity)
{
	verdict->is_encoded = true;
	verdict->encoding =
	    has_lines(entity) ? text_encoding(entity) : ENCODING_BASE64;
	verdict->coding = verdict->encoding == ENCODING_QUOTED_PRINTABLE
	    ? "quoted-printable"
	    : "base64";
	verdict->makes_text = entity->is_unparted;
	set_charset(verdict, entity);
}

/*
 * Whether it has any MIME fields. Without any, Content-Transfer-Encoding: 8bit
 * is not added by itself.
 */
static bool
is_of_mime(const struct mime_entity *entity)
{
	const struct mime_content *content = &entity->content;

	return entity->number > 0 || content->has_version ||
	    content->has_type || content->has_coding;
}

/* Declares octets above 127 that may be sent unchanged. */
static void
declare(struct verdict *verdict, const struct mime_entity *entity)
{
	enum mime_coding coding = entity->content.coding;

	if (!entity->facts.has_eight_bit || entity->is_unparted)
		return;
	if (coding == CODING_BINARY && !is_text(entity)) {
		verdict->reason = "it is binary";
		encode_identity(verdict, entity);
		return;
	}
	set_charset(verdict, entity);
	if (coding != CODING_8BIT &&
	    (verdict->charset[0] != '\0' || is_of_mime(entity)))
		verdict->coding = "8bit";
}

/* Why a leaf cannot be encoded; NULL if it can be. */
static const char *
find_obstacle(const struct mime_entity *entity)
{
	if (entity->has_odd_boundary)
		return "its boundary cannot be used";
	if (entity->content.coding == CODING_OTHER)
		return "its Content-Transfer-Encoding is not known";
	if (entity->content.type == MIME_FIXED || entity->is_opaque)
		return "its type must not be encoded";
	return NULL;
}

static void
judge_leaf(struct verdict *verdict, const struct mime_entity *entity)
{
	enum mime_coding coding = entity->content.coding;
	const char *obstacle = find_obstacle(entity);
	bool is_wrong = verdict->reason != NULL ||
	    (entity->facts.has_eight_bit && !entity->is_enclosed);

	if (!is_wrong)
		return;
	if (obstacle != NULL) {
		if (verdict->reason != NULL)
			verdict->obstacle = obstacle;
	} else if (coding == CODING_QUOTED_PRINTABLE ||
	    coding == CODING_BASE64) {
		verdict->is_encoded = true;
		verdict->encoding = coding == CODING_BASE64
		    ? ENCODING_MEND_BASE64
		    : ENCODING_MEND_QUOTED_PRINTABLE;
		if (verdict->reason == NULL)
			verdict->reason = "it has 8-bit octets";
	} else if (verdict->reason != NULL) {
		encode_identity(verdict, entity);
	} else {
		declare(verdict, entity);
	}
}

/*
 * What to do about an entity. seven_bit: the server accepts no octets above
 * 127.
 */
static struct verdict
verdict_on(const struct mime_entity *entity, bool seven_bit)
{
	struct verdict verdict = {0};

	if (entity->kind == MIME_COMPOSITE) {
		/* All its parts will have 7-bit octets. */
		if (seven_bit &&
		    (entity->content.coding == CODING_8BIT ||
			entity->content.coding == CODING_BINARY) &&
		    !entity->is_signed)
			verdict.coding = "7bit";
		return verdict;
	}
	verdict.reason = find_reason(entity, seven_bit);
	if (entity->is_signed) {
		if (verdict.reason != NULL)
			verdict.obstacle = "it is signed";
	} else if (entity->kind == MIME_FILLER) {
		verdict.is_dropped = verdict.reason != NULL;
	} else {
		judge_leaf(&verdict, entity);
	}
	return verdict;
}

/* Whether Content-Type, Content-Transfer-Encoding or MIME-Version change. */
static bool
verdict_changes_fields(const struct verdict *verdict)
{
	return verdict->coding != NULL || verdict->charset[0] != '\0' ||
	    verdict->makes_text;
}

static void
add_plain_text(struct buf *out, const char *charset)
{
	buf_add_format(out, "Content-Type: text/plain; charset=%s\r\n",
	    charset[0] != '\0' ? charset : "us-ascii");
}

static void
add_type(
    struct buf *out, const struct field *field, const struct verdict *verdict)
{
	size_t before = out->len;
	struct buf repaired;
	struct span body;

	if (verdict->makes_text) {
		add_plain_text(out, verdict->charset);
		return;
	}
	if (verdict->charset[0] == '\0') {
		field_repair(field, out);
		return;
	}
	buf_init(&repaired, field->whole.len * 20 + 1024);
	field_repair(field, &repaired);
	body = span_skip(
	    buf_span(&repaired), (size_t)(field->body.at - field->whole.at));
	buf_add_span(out, field->name);
	buf_add_char(out, ':');
	mime_field_set_charset(out, body, verdict->charset);
	buf_add_text(out, "\r\n");
	out->full |= repaired.full;
	buf_free(&repaired);
	/* A field that can no longer be folded stays unchanged. */
	if (field_repair_has_long_line(span_skip(buf_span(out), before))) {
		out->len = before;
		buf_add_span(out, field->whole);
	}
}

/*
 * Adds the new text of Content-Type or Content-Transfer-Encoding; false if the
 * field is neither. If there are two with the same name, only the first one
 * counts: if it changes, the other is dropped.
 */
static bool
verdict_on_field(
    struct verdict_fields *fields, const struct field *field, struct buf *out)
{
	const struct verdict *verdict = &fields->verdict;
	bool is_type = span_equal_nocase(field->name, SPAN("Content-Type"));
	bool *is_passed =
	    is_type ? &fields->type_is_passed : &fields->coding_is_passed;
	bool was_passed = *is_passed;

	if (!is_type &&
	    !span_equal_nocase(field->name, SPAN("Content-Transfer-Encoding")))
		return false;
	*is_passed = true;
	if (is_type) {
		bool changes =
		    verdict->charset[0] != '\0' || verdict->makes_text;

		if (!was_passed || !changes)
			add_type(out, field, verdict);
	} else if (verdict->coding == NULL) {
		field_repair(field, out);
	} else if (!was_passed) {
		buf_add_format(
		    out, "Content-Transfer-Encoding: %s\r\n", verdict->coding);
	}
	return true;
}

/* After the last field: adds those that are missing. */
static void
verdict_add_missing(const struct verdict_fields *fields,
    const struct mime_entity *entity, bool with_version, struct buf *out)
{
	const struct verdict *verdict = &fields->verdict;

	if (with_version && entity->is_message && !entity->content.has_version)
		buf_add_text(out, "MIME-Version: 1.0\r\n");
	if (!fields->type_is_passed && verdict->charset[0] != '\0')
		add_plain_text(out, verdict->charset);
	if (!fields->coding_is_passed && verdict->coding != NULL)
		buf_add_format(
		    out, "Content-Transfer-Encoding: %s\r\n", verdict->coding);
}

/* The maximum length of all texts in edits, in octets: that of two headers. */
#define TEXTS_MAX (2 * HEADER_MAX)

struct repairer {
	struct plan *plan;
	bool seven_bit;
	size_t texts; /* octets of text in its edits */
	uint64_t outline;
	bool quotes_dashes; /* see has_spellable_boundary */
	/* Results for the message itself, whose header is rewritten last: */
	struct verdict_fields top;
	struct mime_entity message; /* do not use its pointers */
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
	    [ENCODING_MEND_QUOTED_PRINTABLE] = "its quoted-printable repaired",
	    [ENCODING_MEND_BASE64] = "its base64 repaired",
	};
	char room[32];
	const char *place = place_of(entity, room, sizeof(room));

	if (verdict->is_dropped)
		plan_note(plan, "text outside the parts: dropped, since %s",
		    verdict->reason);
	if (verdict->makes_text)
		plan_note(
		    plan, "%s: declared as text, since it has no parts", place);
	if (verdict->charset[0] != '\0')
		plan_note(plan, "%s: declared as charset %s", place,
		    verdict->charset);
	if (verdict->is_encoded)
		plan_note(plan, "%s: %s, since %s", place,
		    names[verdict->encoding], verdict->reason);
	else if (verdict->coding != NULL)
		plan_note(plan, "%s: declared as %s", place, verdict->coding);
}

/*
 * Adds an edit with this text; false if there is too much text, so the part
 * stays unchanged.
 */
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

/* Replaces the whole header of a part, because it is part of the body. */
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
		else if (field_repair_is_needed(field.whole))
			field_repair(&field, &text);
		else
			buf_add_span(&text, field.whole);
	verdict_add_missing(
	    &fields, entity, verdict_changes_fields(verdict), &text);
	if (entity->header_is_open)
		buf_add_text(&text, "\r\n");
	if (field_repair_is_needed(buf_span(&text)))
		plan_set_obstacle(repairer->plan,
		    "the header of part %zu cannot be repaired",
		    entity->number);
	is_changed = !span_equal(buf_span(&text), entity->header);
	if (is_changed && field_repair_is_needed(entity->header))
		plan_note(repairer->plan, "part %zu: its header repaired",
		    entity->number);
	done = !is_changed ||
	    add_text_edit(repairer, &repairer->plan->body, &edit, &text);
	buf_free(&text);
	return done;
}

static bool
header_must_change(
    const struct repairer *repairer, const struct mime_entity *entity)
{
	if (entity->number == 0 || entity->kind == MIME_FILLER ||
	    entity->header.len == 0)
		return false;
	if (field_repair_has_long_line(entity->header))
		return true;
	/* An enclosed message is changed only if necessary. */
	return (repairer->seven_bit || !entity->is_enclosed) &&
	    !span_is_ascii(entity->header);
}

/*
 * Whether a part header without an empty line after it needs one: an encoded
 * line after it could look like a field, and the fields of an enclosed message
 * would.
 */
static bool
needs_empty_line(
    const struct mime_entity *entity, const struct verdict *verdict)
{
	return entity->header_is_open && !entity->is_signed &&
	    (verdict->is_encoded ||
		(entity->kind == MIME_COMPOSITE &&
		    entity->content.type == MIME_MESSAGE));
}

/* Whether the boundary has a "=", so that quoted-printable could spell it. */
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
			plan_note(plan, "%s: empty line added after its header",
			    place_of(entity, room, sizeof(room)));
	}
	note_verdict(plan, &verdict, entity);
	if (verdict.is_encoded || verdict.is_dropped)
		plan_edit_add(&plan->body, &edit);
}

/* Whether the parts of the body must be found. */
static bool
body_needs_look(const struct message *message, bool seven_bit,
    const struct mime_content *content)
{
	const struct octet_facts *body = &message_facts(message)->body;

	if (body->has_nul || body->has_long_line)
		return true;
	if (!body->has_eight_bit)
		return false;
	/* A text with charset and 8bit declared needs nothing. */
	return seven_bit || content->type != MIME_TEXT ||
	    content->coding != CODING_8BIT ||
	    (content->charset != CHARSET_OTHER &&
		content->charset != CHARSET_WIDE);
}

static bool
look_through(
    struct repairer *repairer, const struct message *message, struct error *err)
{
	const struct mime_sink sink = {see_entity, repairer};
	struct mime *mime = mime_new(message_header(message), &sink);
	struct storage_reader reader;
	struct span block;
	bool is_changed;

	storage_reader_init(&reader, message_body(message));
	while (storage_reader_next(&reader, &block)) {
		uint64_t known =
		    storage_known_lines(reader.storage, reader.position);

		mime_take(mime, block);
		if (known > 0 && mime_skip_lines(mime, known))
			reader.position += known;
	}
	mime_end(mime);
	is_changed = reader.is_changed;
	storage_reader_free(&reader);
	mime_free(mime);
	return !is_changed ||
	    error_set(err, ERROR_TEMPORARY,
		"cannot send the message: it changed while it was being read");
}

/* Notes changes that note_verdict does not mention. */
static void
note_content_field(
    struct plan *plan, const struct field *field, const struct buf *text)
{
	if (text->len == 0)
		plan_note_field(
		    plan, field->name, "dropped, since it occurs twice");
	else if (field_repair_has_long_line(field->whole))
		plan_note_field(plan, field->name, "long lines folded");
	if (text->len > 0 && !span_is_ascii(field->whole))
		plan_note_field(plan, field->name, "8-bit text encoded");
}

/* Rewrites Content-Type and Content-Transfer-Encoding of the message. */
static bool
edit_header(struct repairer *repairer, struct span header, struct error *err)
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
		if (field_repair_has_long_line(buf_span(&text)))
			plan_note_unfolded(plan, field.name);
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
	/* The notes of the verdict mention the other fields. */
	if (text.len > 0 &&
	    add_text_edit(repairer, &plan->header, &edit, &text) &&
	    span_starts(buf_span(&text), SPAN("MIME-Version:")))
		plan_note_routine(plan, SPAN("MIME-Version"), "added");
	buf_free(&text);
	return done;
}

bool
repair_content(struct plan *plan, const struct message *message, bool seven_bit,
    struct error *err)
{
	struct repairer repairer = {.plan = plan, .seven_bit = seven_bit};
	struct span header = message_header(message);
	struct mime_content content;
	bool needs_look;

	mime_field_read(&content, header, MIME_TEXT);
	needs_look = body_needs_look(message, seven_bit, &content);
	mime_field_free(&content);
	if (needs_look && !look_through(&repairer, message, err))
		return false;
	plan->outline = repairer.outline;
	return !(needs_look || field_repair_is_needed(header)) ||
	    edit_header(&repairer, header, err);
}

bool
repair_is_forbidden(const struct message *message)
{
	struct span header = message_header(message);
	struct mime_content content;
	bool is_signed;

	mime_field_read(&content, header, MIME_TEXT);
	is_signed = content.type == MIME_SIGNED || header_is_signed(header);
	mime_field_free(&content);
	return is_signed;
}
