#include "mail/verdict.h"

#include <string.h>

#include "mail/field_repair.h"

#define LINE_MAX_OCTETS 998 /* RFC 5321 section 4.5.3.1.6, without CRLF */

static const char charset_utf8[] = "utf-8";
static const char charset_unknown[] = "unknown-8bit"; /* RFC 1428 */

/* Why the body cannot go as it is; NULL: it can. */
static const char *
find_reason(const struct mime_entity *entity, bool seven_bit)
{
	const struct mime_facts *facts = &entity->facts;

	if (facts->has_nul)
		return "it holds NUL octets";
	if (facts->longest_line > LINE_MAX_OCTETS)
		return "it holds a line of more than 998 octets";
	if (seven_bit && facts->has_eight_bit)
		return "the server takes no 8-bit octets";
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
 * The charset that a text really has, where none is declared, or one without
 * octets above 127. What a document says of itself counts first: a parameter
 * would override it (RFC 6657 section 3, RFC 7303 section 3.2).
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
	verdict->makes_text |=
	    content->has_type && !content->type_is_readable;
}

/* Line ends are octets of UTF-16, and of what is no text. */
static bool
has_lines(const struct mime_entity *entity)
{
	enum mime_charset charset = entity->content.charset;

	if (!declares_charset(&entity->content))
		charset = mime_charset_of(
		    span_from(entity->document_charset));
	return is_text(entity) && charset != CHARSET_WIDE;
}

/*
 * Base64 gives every line of a text a CR, which tools that read patches and
 * scripts do not expect. In a document nobody minds, and where a quarter of
 * it had to be quoted base64 is shorter.
 */
static enum encoding
text_encoding(const struct mime_entity *entity)
{
	const struct mime_facts *facts = &entity->facts;

	return entity->content.is_document &&
		facts->quoted > facts->octets / 4
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

/* A message that says nothing of MIME is not made to say half of it. */
static bool
is_of_mime(const struct mime_entity *entity)
{
	const struct mime_content *content = &entity->content;

	return entity->number > 0 || content->has_version ||
	    content->has_type || content->has_coding;
}

/* Octets as they are, that may go so: they are only declared. */
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

/* Why a leaf cannot be encoded, whatever is in it; NULL: it can. */
static const char *
find_obstacle(const struct mime_entity *entity)
{
	if (entity->has_odd_boundary)
		return "its boundary is not usable";
	if (entity->content.coding == CODING_OTHER)
		return "it has an encoding of its own";
	if (entity->content.type == MIME_FIXED || entity->is_opaque)
		return "its type takes no encoding";
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
			verdict->reason = "it holds 8-bit octets";
	} else if (verdict->reason != NULL) {
		encode_identity(verdict, entity);
	} else {
		declare(verdict, entity);
	}
}

struct verdict
verdict_on(const struct mime_entity *entity, bool seven_bit)
{
	struct verdict verdict = {0};

	if (entity->kind == MIME_COMPOSITE) {
		/* All in it will be of 7 bits. */
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

bool
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
add_type(struct buf *out, const struct field *field,
    const struct verdict *verdict)
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
	body = span_skip(buf_span(&repaired),
	    (size_t)(field->body.at - field->whole.at));
	buf_add_span(out, field->name);
	buf_add_char(out, ':');
	mime_charset_set(out, body, verdict->charset);
	buf_add_text(out, "\r\n");
	out->full |= repaired.full;
	buf_free(&repaired);
	/* One that leaves no room is better kept. */
	if (field_has_long_line(span_skip(buf_span(out), before))) {
		out->len = before;
		buf_add_span(out, field->whole);
	}
}

/* Of two only the first counts; where it changes, the other must not stay. */
bool
verdict_on_field(struct verdict_fields *fields, const struct field *field,
    struct buf *out)
{
	const struct verdict *verdict = &fields->verdict;
	bool is_type = span_equal_nocase(field->name, SPAN("Content-Type"));
	bool *is_passed = is_type ? &fields->type_is_passed
				  : &fields->coding_is_passed;
	bool was_passed = *is_passed;

	if (!is_type &&
	    !span_equal_nocase(
		field->name, SPAN("Content-Transfer-Encoding")))
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
		buf_add_format(out, "Content-Transfer-Encoding: %s\r\n",
		    verdict->coding);
	}
	return true;
}

void
verdict_add_missing(const struct verdict_fields *fields,
    const struct mime_entity *entity, bool with_version, struct buf *out)
{
	const struct verdict *verdict = &fields->verdict;

	if (with_version && entity->is_message &&
	    !entity->content.has_version)
		buf_add_text(out, "MIME-Version: 1.0\r\n");
	if (!fields->type_is_passed && verdict->charset[0] != '\0')
		add_plain_text(out, verdict->charset);
	if (!fields->coding_is_passed && verdict->coding != NULL)
		buf_add_format(out, "Content-Transfer-Encoding: %s\r\n",
		    verdict->coding);
}
