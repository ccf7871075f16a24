/*
 * Reads the structure of a message line by line. A line that may be a delimiter
 * or part of a header is held until it is complete; all others are only
 * counted, so that memory is bounded.
 */
#include "message/mime.h"

#include <stdlib.h>
#include <string.h>

#include "base/base64.h"
#include "base/mem.h"
#include "message/header.h"
#include "message/line_ends.h"

/* The facts of a body, gathered from parts of its lines. */
struct leaf_count {
	struct mime_facts facts;
	uint64_t line; /* octets of the line so far */
	struct utf8_state utf8;
	char last; /* the octet before */
	/* For document_charset_find: the first octets, with LF line ends. */
	bool keeps_head;
	char head[DOCUMENT_HEAD_MAX];
	size_t head_len;
};

static void
count_begin(struct leaf_count *count)
{
	*count = (struct leaf_count){.facts = {.is_utf8 = true}};
}

static void
keep_head(struct leaf_count *count, struct span part)
{
	size_t room = sizeof(count->head) - count->head_len;

	if (!count->keeps_head || room == 0)
		return;
	part = span_head(part, room);
	memcpy(count->head + count->head_len, part.at, part.len);
	count->head_len += part.len;
}

static void
count_take(struct leaf_count *count, struct span part)
{
	struct mime_facts *facts = &count->facts;

	if (part.len == 0)
		return;
	keep_head(count, part);
	for (size_t i = 0; i < part.len; i++) {
		unsigned char c = (unsigned char)part.at[i];

		facts->quoted +=
		    c == '=' || c >= 0x7f || (c < ' ' && c != '\t');
		if (c > 0 && c < 0x80 && count->utf8.missing == 0)
			continue;
		facts->has_nul |= c == 0;
		facts->has_eight_bit |= c >= 0x80;
		facts->is_utf8 &= utf8_take(&count->utf8, c);
	}
	facts->octets += part.len;
	count->line += part.len;
	count->last = part.at[part.len - 1];
}

static void
count_end_line(struct leaf_count *count)
{
	struct mime_facts *facts = &count->facts;

	keep_head(count, SPAN("\n"));
	if (count->line > facts->longest_line)
		facts->longest_line = count->line;
	if (count->utf8.missing != 0)
		facts->is_utf8 = false;
	if (count->line > 0 && ascii_is_blank(count->last))
		facts->quoted++;
	count->utf8 = (struct utf8_state){0};
	count->line = 0;
}

/* A longer line does not count as a delimiter. */
#define DELIMITER_MAX ((size_t)998)

enum state {
	STATE_HEADER,
	STATE_BODY,	/* of a leaf */
	STATE_PREAMBLE, /* of the multipart that is the current entity */
	STATE_EPILOGUE,
};

/* Properties of an entity that all entities in it share. */
struct scope {
	bool is_signed, is_enclosed;
	size_t depth;
};

/* An open multipart. */
struct level {
	char *boundary;
	bool is_digest;
	struct scope scope; /* of its parts */
};

struct mime {
	struct mime_sink sink;
	struct level levels[MIME_DEPTH_MAX];
	size_t level_count;
	size_t entities;
	enum state state;
	struct scope scope; /* of the current entity */
	struct mime_entity entity;
	enum mime_type standard; /* its type if its header gives none */
	struct buf header;
	struct leaf_count count;
	/* The part of the current line that is held. */
	struct buf line;
	bool is_passed; /* it is content, and is counted instead of held */
	struct line_ends ends;
	uint64_t line_from;
	uint64_t line_to; /* its end, not counting the line end */
	uint64_t last_to; /* the same of the line before */
};

static void
begin_body(struct mime *mime, enum state state, uint64_t from)
{
	mime->state = state;
	mime->entity.from = from;
	count_begin(&mime->count);
	mime->count.keeps_head =
	    state == STATE_BODY && mime->entity.content.is_document;
}

static void
give(struct mime *mime, enum mime_kind kind)
{
	mime->entity.kind = kind;
	mime->entity.facts = mime->count.facts;
	document_charset_find(
	    (struct span){mime->count.head, mime->count.head_len},
	    mime->entity.document_charset);
	mime->entity.depth = mime->scope.depth;
	mime->entity.is_signed = mime->scope.is_signed;
	mime->entity.is_enclosed = mime->scope.is_enclosed;
	mime->sink.see(mime->sink.context, &mime->entity);
}

static void
forget_entity(struct mime *mime)
{
	mime_field_free(&mime->entity.content);
	buf_clear(&mime->header);
	mime->entity = (struct mime_entity){0};
}

static void
begin_entity(struct mime *mime, enum mime_type standard, uint64_t from)
{
	forget_entity(mime);
	mime->standard = standard;
	mime->state = STATE_HEADER;
	mime->entity.number = ++mime->entities;
	mime->entity.header_from = mime->entity.header_to = from;
}

/* The body is a message, which begins with its header. */
static void
enter_message(struct mime *mime, uint64_t from)
{
	give(mime, MIME_COMPOSITE);
	mime->scope.depth++;
	mime->scope.is_enclosed = true;
	begin_entity(mime, MIME_TEXT, from);
	mime->entity.is_message = true;
}

static void
enter_multipart(struct mime *mime, uint64_t from)
{
	struct level *level = &mime->levels[mime->level_count++];

	*level = (struct level){
	    .boundary = mem_copy_text(mime->entity.content.boundary),
	    .is_digest = mime->entity.content.type == MIME_DIGEST,
	    .scope = mime->scope,
	};
	level->scope.depth++;
	begin_body(mime, STATE_PREAMBLE, from);
}

/* The header is complete: the body begins at `from`. */
static void
enter_body(struct mime *mime, uint64_t from)
{
	struct mime_entity *entity = &mime->entity;
	struct mime_content *content = &entity->content;
	bool is_bounded = mime->scope.depth < MIME_DEPTH_MAX &&
	    mime->entities < MIME_PARTS_MAX;
	bool has_parts;

	mime_field_read(content, entity->header, mime->standard);
	has_parts = content->type == MIME_MULTIPART ||
	    content->type == MIME_SIGNED || content->type == MIME_DIGEST;
	mime->scope.is_signed |=
	    content->type == MIME_SIGNED || header_is_signed(entity->header);
	count_begin(&mime->count);
	if (has_parts && content->boundary != NULL && is_bounded) {
		enter_multipart(mime, from);
	} else if (content->type == MIME_MESSAGE && is_bounded &&
	    mime_field_is_identity(content->coding)) {
		entity->from = from;
		enter_message(mime, from);
	} else {
		entity->is_opaque =
		    content->type == MIME_MESSAGE || (has_parts && !is_bounded);
		entity->has_odd_boundary =
		    has_parts && content->has_odd_boundary;
		entity->is_unparted = has_parts && !entity->is_opaque &&
		    !entity->has_odd_boundary;
		begin_body(mime, STATE_BODY, from);
	}
}

/* has_part: a delimiter of the current multipart ends its preamble. */
static void
end_body(struct mime *mime, uint64_t to, bool has_part)
{
	struct mime_entity *entity = &mime->entity;

	if (mime->state == STATE_HEADER) {
		entity->header = buf_span(&mime->header);
		/* Recurses once for each enclosed message that begins here. */
		enter_body(mime, entity->header_to);
		end_body(mime, to, false);
		return;
	}
	entity->to = to > entity->from ? to : entity->from;
	if (mime->state == STATE_PREAMBLE && has_part) {
		give(mime, MIME_COMPOSITE);
		give(mime, MIME_FILLER);
	} else if (mime->state == STATE_EPILOGUE) {
		give(mime, MIME_FILLER);
	} else {
		entity->is_unparted |= mime->state == STATE_PREAMBLE;
		give(mime, MIME_LEAF);
	}
}

static void
drop_levels(struct mime *mime, size_t keep)
{
	while (mime->level_count > keep)
		free(mime->levels[--mime->level_count].boundary);
}

/* RFC 2046 section 5.1.1: "--", boundary, "--" after the last part, blanks. */
static bool
is_delimiter(struct span line, const char *boundary, bool *is_last)
{
	struct span rest = span_skip(line, 2), name = span_from(boundary);

	if (!span_starts(line, SPAN("--")) || !span_starts(rest, name) ||
	    line.len > DELIMITER_MAX)
		return false;
	rest = span_skip(rest, name.len);
	*is_last = span_starts(rest, SPAN("--"));
	if (*is_last)
		rest = span_skip(rest, 2);
	return span_trim(rest).len == 0;
}

/* A delimiter of an outer multipart ends all entities in it. */
static bool
take_delimiter(struct mime *mime, struct span line, uint64_t next)
{
	size_t at = mime->level_count;
	struct level *level;
	bool is_last = false;

	while (at > 0 &&
	    !is_delimiter(line, mime->levels[at - 1].boundary, &is_last))
		at--;
	if (at == 0)
		return false;
	end_body(mime, mime->last_to,
	    mime->state == STATE_PREAMBLE && at == mime->level_count);
	drop_levels(mime, at);
	level = &mime->levels[at - 1];
	mime->scope = level->scope;
	if (!is_last) {
		begin_entity(
		    mime, level->is_digest ? MIME_MESSAGE : MIME_TEXT, next);
		return true;
	}
	drop_levels(mime, at - 1);
	forget_entity(mime);
	begin_body(mime, STATE_EPILOGUE, next);
	return true;
}

/* False if the line is the first one of the body. */
static bool
take_header_line(struct mime *mime, struct span line, uint64_t next)
{
	struct mime_entity *entity = &mime->entity;
	bool is_later =
	    line.len > 0 && ascii_is_blank(line.at[0]) && mime->header.len > 0;

	if (header_line_is_field(line) || is_later ||
	    (mime->header.len == 0 && header_line_is_mbox(line))) {
		buf_add_span(&mime->header, line);
		buf_add_text(&mime->header, "\r\n");
		entity->header_to = next;
		return true;
	}
	entity->header = buf_span(&mime->header);
	entity->header_is_open = line.len > 0;
	enter_body(mime, line.len > 0 ? mime->line_from : next);
	return line.len == 0;
}

/* Handles the line that was held, which is now complete. */
static void
judge_line(struct mime *mime, struct span line, uint64_t next)
{
	bool was_header = mime->state == STATE_HEADER;

	if (take_delimiter(mime, line, next))
		return;
	/* This loops if enclosed messages begin with this line. */
	while (mime->state == STATE_HEADER)
		if (take_header_line(mime, line, next))
			return;
	/* A multipart may begin with this line. */
	if (!was_header || !take_delimiter(mime, line, next))
		count_take(&mime->count, line);
}

static void
end_line(struct mime *mime, uint64_t next)
{
	if (!mime->is_passed)
		judge_line(mime, buf_span(&mime->line), next);
	if (mime->state != STATE_HEADER)
		count_end_line(&mime->count);
	buf_clear(&mime->line);
	mime->is_passed = false;
	mime->last_to = mime->line_to;
	mime->line_from = mime->line_to = next;
}

/* The header is too long: header and body become an opaque leaf. */
static void
give_up_header(struct mime *mime)
{
	mime->entity.is_opaque = true;
	mime->entity.header = (struct span){0};
	begin_body(mime, STATE_BODY, mime->entity.header_from);
	count_take(&mime->count, buf_span(&mime->header));
	count_end_line(&mime->count);
}

/*
 * Whether the current line is held: a header line, or one that may be a
 * delimiter.
 */
static bool
is_held(const struct mime *mime)
{
	struct span line = buf_span(&mime->line);

	if (mime->state == STATE_HEADER)
		return true;
	return mime->level_count > 0 && line.len <= DELIMITER_MAX &&
	    span_starts(SPAN("--"), span_head(line, 2));
}

/* Takes part of a line, without its end. */
static void
take_part(struct mime *mime, struct span part)
{
	bool is_plain = mime->level_count == 0 || part.at[0] != '-';

	mime->line_to += part.len;
	if (mime->is_passed ||
	    (mime->state != STATE_HEADER && mime->line.len == 0 && is_plain)) {
		mime->is_passed = true;
		count_take(&mime->count, part);
		return;
	}
	if (mime->state == STATE_HEADER &&
	    mime->header.len + mime->line.len + part.len > MIME_HEADER_MAX)
		give_up_header(mime);
	/* The line is too long for a delimiter. */
	if (mime->state != STATE_HEADER &&
	    mime->line.len + part.len > DELIMITER_MAX + 1) {
		count_take(&mime->count, buf_span(&mime->line));
		count_take(&mime->count, part);
		mime->is_passed = true;
		return;
	}
	buf_add_span(&mime->line, part);
	if (!is_held(mime)) {
		mime->is_passed = true;
		count_take(&mime->count, buf_span(&mime->line));
	}
}

static void
end_lines(struct mime *mime, const struct line_part *part)
{
	/* Each of several CRs ends a line. */
	uint64_t next = mime->ends.position - part->ends;

	for (uint64_t i = 0; i < part->ends; i++)
		end_line(mime, ++next);
}

void
mime_take(struct mime *mime, struct span block)
{
	struct line_part part;

	line_ends_take(&mime->ends, block);
	while (line_ends_next(&mime->ends, &part)) {
		if (part.text.len > 0)
			take_part(mime, part.text);
		end_lines(mime, &part);
	}
}

bool
mime_skip_lines(struct mime *mime, uint64_t size)
{
	struct leaf_count *count = &mime->count;

	if (mime->state == STATE_HEADER || mime->line_to > mime->line_from ||
	    mime->ends.cr > 0 ||
	    (count->keeps_head && count->head_len < sizeof(count->head)))
		return false;
	count->facts.octets += size - size / BASE64_LINE * 2;
	mime->ends.position += size;
	mime->line_from = mime->line_to = mime->ends.position;
	mime->last_to = mime->line_from - 2;
	return true;
}

void
mime_end(struct mime *mime)
{
	struct line_part part;

	if (line_ends_settle(&mime->ends, &part))
		end_lines(mime, &part);
	if (mime->line_to > mime->line_from)
		end_line(mime, mime->ends.position);
	end_body(mime, mime->ends.position, false);
}

uint64_t
mime_outline_add(uint64_t sum, const struct mime_entity *entity)
{
	uint64_t type = (uint64_t)entity->content.type;

	if (entity->kind == MIME_FILLER)
		return sum;
	/* A multipart without parts is read as text, and may become text. */
	if (entity->is_unparted)
		type = MIME_TEXT;
	sum ^= ((uint64_t)entity->depth << 8 | type << 1 |
		   (entity->kind == MIME_COMPOSITE)) +
	    1;
	sum *= UINT64_C(0x9e3779b97f4a7c15);
	return sum ^ sum >> 29;
}

struct mime *
mime_new(struct span header, const struct mime_sink *sink)
{
	struct mime *mime = mem_new(1, sizeof(*mime));

	mime->sink = *sink;
	mime->standard = MIME_TEXT;
	buf_init(&mime->header, MIME_HEADER_MAX + 2 * DELIMITER_MAX);
	buf_init(&mime->line, MIME_HEADER_MAX + 2 * DELIMITER_MAX);
	mime->entity.header = header;
	mime->entity.is_message = true;
	enter_body(mime, 0);
	return mime;
}

void
mime_free(struct mime *mime)
{
	if (mime == NULL)
		return;
	drop_levels(mime, 0);
	forget_entity(mime);
	buf_free(&mime->header);
	buf_free(&mime->line);
	free(mime);
}
