/*
 * The template is a message that could be sent: it is read like any other, and
 * mime.c finds its text parts. A cell must not change the structure of the
 * message, which the outline of mime.c shows.
 */
#include "compose/message_template.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/base64.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "compose/address_template.h"
#include "fixup/encoded_word.h"
#include "fixup/field_kind.h"
#include "message/mime.h"
#include "message/pieces.h"
#include "message/storage.h"

/* Of a filled message. */
#define FILLED_MAX (2 * MESSAGE_TEMPLATE_MAX)

struct field_template {
	struct span name; /* borrowed from the message */
	bool has_addresses;
	struct address_template addresses;
	struct template text; /* after the colon; only without addresses */
};

/* A part of the body: a text part, or all between two of them. */
struct body_template {
	struct template template;
	bool is_ascii; /* its charset is US-ASCII */
};

struct message_template {
	char *name; /* for errors */
	struct message *message;
	struct buf body;
	struct field_template *fields;
	size_t field_count;
	struct body_template *parts;
	size_t part_count;
	bool is_multipart;
	uint64_t outline;
};

/* While the body is parsed. */
struct parser {
	struct message_template *template;
	const struct table_columns *columns;
	struct error *err;
	bool has_failed;
	size_t done; /* the body before it belongs to parts */
};

/* The next octet of quoted-printable; soft line breaks are left out. */
static char
next_quoted(struct span *text)
{
	struct span hex;
	char c;

	for (;;) {
		c = text->at[0];
		hex = span_head(span_skip(*text, 1), 2);
		if (c == '=' && span_starts(hex, SPAN("\r\n")))
			*text = span_skip(*text, 3);
		else if (c == '=' && span_starts(hex, SPAN("\n")))
			*text = span_skip(*text, 2);
		else
			break;
		if (text->len == 0)
			return '\0';
	}
	*text = span_skip(*text, 1);
	if (c != '=' || !span_equal_nocase(hex, SPAN("7B")))
		return c;
	*text = span_skip(*text, 2);
	return '{';
}

static bool
has_encoded_braces(struct span text, enum mime_coding coding)
{
	char last = '\0', *room;
	struct span decoded;
	bool found;

	if (coding == CODING_QUOTED_PRINTABLE) {
		while (text.len > 0) {
			char c = next_quoted(&text);

			if (c == '{' && last == '{')
				return true;
			last = c;
		}
		return false;
	}
	if (coding != CODING_BASE64)
		return template_has_braces(text);
	room = mem_resize(NULL, text.len + 1, 1);
	decoded =
	    (struct span){room, base64_decode_head(room, text.len + 1, text)};
	found = template_has_braces(decoded);
	free(room);
	return found;
}

/* Adds what an encoded word stands for, as far as braces matter. */
static void
decode_word(struct buf *out, const struct encoded_word *word)
{
	struct span text = word->text;

	if (word->encoding == 'B') {
		char *room = mem_resize(NULL, text.len + 1, 1);
		size_t len = base64_decode_head(room, text.len + 1, text);

		buf_add(out, room, len);
		free(room);
		return;
	}
	while (text.len > 0)
		buf_add_char(out, next_quoted(&text));
}

/* Braces may be in two encoded words, between which blanks do not count. */
static bool
has_braces_in_words(struct span body)
{
	struct encoded_word word;
	struct buf text;
	bool found;

	if (!encoded_word_may_be_in(body))
		return false;
	buf_init(&text, 2 * body.len);
	while (body.len > 0) {
		if (encoded_word_read(&word, body, WORD_IN_ANY_TEXT)) {
			decode_word(&text, &word);
			body = span_skip(body, word.whole.len);
			continue;
		}
		if (!ascii_is_space(body.at[0]))
			buf_add_char(&text, '\n');
		body = span_skip(body, 1);
	}
	found = template_has_braces(buf_span(&text));
	buf_free(&text);
	return found;
}

static void
fail(struct parser *parser, const char *why)
{
	parser->has_failed = true;
	error_set(parser->err, ERROR_DATA,
	    "cannot use the template %s: a placeholder is in %s\n"
	    "hint: placeholders are replaced in the header, and in text parts "
	    "in UTF-8 with the encoding 7bit or 8bit",
	    parser->template->name, why);
}

static struct body_template *
add_part(struct message_template *template)
{
	return mem_append(
	    &template->parts, &template->part_count, sizeof(*template->parts));
}

/* Adds the body up to an offset, as it is. */
static void
add_plain(struct parser *parser, size_t to)
{
	struct message_template *template = parser->template;
	struct body_template *part;
	struct template_piece *piece;

	if (to <= parser->done)
		return;
	part = add_part(template);
	piece = mem_append(
	    &part->template.pieces, &part->template.count, sizeof(*piece));
	piece->text =
	    span_head(span_skip(buf_span(&template->body), parser->done),
		to - parser->done);
	parser->done = to;
}

static bool
is_html(struct span header)
{
	struct field field;

	return header_find(header, SPAN("Content-Type"), &field) &&
	    (span_starts_nocase(span_trim(field.body), SPAN("text/html")) ||
		span_starts_nocase(
		    span_trim(field.body), SPAN("application/xhtml")));
}

static bool
is_utf8_name(struct span name)
{
	return name.len == 0 || span_equal_nocase(name, SPAN("UTF-8")) ||
	    span_equal_nocase(name, SPAN("UTF8"));
}

/* Whether the charset of the part, if it has one, is UTF-8 or US-ASCII. */
static bool
is_utf8(const struct mime_entity *entity)
{
	struct mime_parameter parameter;
	struct field field;
	size_t at = 0;
	bool is_right = true;

	if (!entity->facts.is_utf8 ||
	    !is_utf8_name(span_from(entity->document_charset)))
		return false;
	if (entity->content.charset == CHARSET_NONE ||
	    entity->content.charset == CHARSET_ASCII)
		return true;
	if (!header_find(entity->header, SPAN("Content-Type"), &field))
		return true;
	while (mime_field_next_parameter(field.body, &at, &parameter)) {
		struct buf value = {0};

		if (!span_equal_nocase(parameter.name, SPAN("charset")))
			continue;
		mime_field_add_value(&value, parameter.value);
		is_right = is_right && is_utf8_name(buf_span(&value));
		buf_free(&value);
	}
	return is_right;
}

/* Takes a text part with placeholders. */
static void
take_text(
    struct parser *parser, const struct mime_entity *entity, struct span text)
{
	struct body_template *part;

	if (entity->is_signed) {
		fail(parser, "a signed part");
		return;
	}
	if (!mime_field_is_identity(entity->content.coding)) {
		fail(parser,
		    entity->content.coding == CODING_BASE64
			? "a part in base64"
			: "a part in quoted-printable");
		return;
	}
	if (!is_utf8(entity)) {
		fail(parser, "a part whose charset is not UTF-8");
		return;
	}
	add_plain(parser, (size_t)entity->from);
	part = add_part(parser->template);
	part->is_ascii = entity->content.charset == CHARSET_ASCII;
	parser->done = (size_t)entity->to;
	if (!template_parse(&part->template, text,
		is_html(entity->header) ? TEMPLATE_HTML : TEMPLATE_TEXT,
		parser->columns, parser->template->name, parser->err))
		parser->has_failed = true;
}

static void
see_entity(void *context, const struct mime_entity *entity)
{
	struct parser *parser = context;
	struct message_template *template = parser->template;
	struct span text = span_head(
	    span_skip(buf_span(&template->body), (size_t)entity->from),
	    (size_t)(entity->to - entity->from));

	template->outline = mime_outline_add(template->outline, entity);
	if (parser->has_failed || entity->is_enclosed)
		return;
	if (entity->kind == MIME_COMPOSITE)
		template->is_multipart = true;
	if (entity->number != 0 && template_has_braces(entity->header))
		fail(parser, "the header of a part");
	else if (entity->kind == MIME_LEAF && entity->is_opaque &&
	    template_has_braces(text))
		fail(parser, "a part that is too deep or too large");
	else if (entity->kind == MIME_LEAF &&
	    entity->content.type == MIME_TEXT &&
	    has_encoded_braces(text, entity->content.coding))
		take_text(parser, entity, text);
}

static bool
parse_body(struct parser *parser)
{
	struct message_template *template = parser->template;
	const struct mime_sink sink = {see_entity, parser};
	struct mime *mime = mime_new(message_header(template->message), &sink);

	mime_take(mime, buf_span(&template->body));
	mime_end(mime);
	mime_free(mime);
	if (!parser->has_failed)
		add_plain(parser, template->body.len);
	return !parser->has_failed;
}

/* Whether a field of the template is left out. */
static bool
is_dropped(struct span name)
{
	return span_equal_nocase(name, SPAN("Date")) ||
	    span_equal_nocase(name, SPAN("Message-ID"));
}

/* Whether a placeholder in the field would not be replaced. */
static bool
is_fixed(const struct field *field)
{
	return template_has_braces(field->name) ||
	    (template_has_braces(field->body) &&
		(span_starts_nocase(field->name, SPAN("Content-")) ||
		    span_starts_nocase(field->name, SPAN("MIME-"))));
}

static bool
parse_field(struct parser *parser, const struct field *field)
{
	struct message_template *template = parser->template;
	struct field_template *own;
	struct buf place = {0};
	char *shown;
	bool done;

	if (is_fixed(field)) {
		fail(parser, "a field that describes the body, or in a name");
		return false;
	}
	shown = header_shown_name(field->name);
	buf_add_format(&place, "%s, field %s", template->name, shown);
	free(shown);
	if (has_braces_in_words(field->body)) {
		error_set(parser->err, ERROR_DATA,
		    "%s: a placeholder is in an encoded word\n"
		    "hint: write the text of the field in UTF-8",
		    buf_text(&place));
		buf_free(&place);
		return false;
	}
	own = mem_append(&template->fields, &template->field_count,
	    sizeof(*template->fields));
	own->name = field->name;
	own->has_addresses = field_kind_has_addresses(field->name) &&
	    template_has_braces(field->body);
	done = own->has_addresses
	    ? address_template_parse(&own->addresses, field->body,
		  parser->columns, buf_text(&place), parser->err)
	    : template_parse(&own->text, field->body, TEMPLATE_TEXT,
		  parser->columns, buf_text(&place), parser->err);
	buf_free(&place);
	return done;
}

static bool
parse_header(struct parser *parser)
{
	struct span header = message_header(parser->template->message);
	struct field field;

	if (header.len == 0)
		return error_set(parser->err, ERROR_DATA,
		    "cannot use the template %s: it has no header",
		    parser->template->name);
	if (header_is_signed(header))
		return error_set(parser->err, ERROR_DATA,
		    "cannot use the template %s: it is signed, and its "
		    "messages would not be\n"
		    "hint: remove the field DKIM-Signature and the like",
		    parser->template->name);
	while (header_next(&header, &field))
		if (!is_dropped(field.name) && !parse_field(parser, &field))
			return false;
	return true;
}

/* Reads the body, which the storage of the message has. */
static bool
read_body(struct message_template *template, struct error *err)
{
	struct storage_reader reader;
	struct span block;

	buf_init(&template->body, MESSAGE_TEMPLATE_MAX);
	storage_reader_init(&reader, message_body(template->message));
	while (storage_reader_next(&reader, &block))
		buf_add_span(&template->body, block);
	storage_reader_free(&reader);
	if (reader.is_changed)
		return error_set(err, ERROR_TEMPORARY,
		    "cannot read %s: it changed while it was being read",
		    template->name);
	if (!template->body.full)
		return true;
	return error_set(err, ERROR_DATA,
	    "cannot use the template %s: it is larger than 32 MiB",
	    template->name);
}

static bool
read_template(struct message_template *template, const char *path,
    const struct table_columns *columns, struct error *err)
{
	struct message_options how = {.header = HEADER_BY_FORM};
	struct parser parser = {
	    .template = template, .columns = columns, .err = err};
	bool is_stdin = strcmp(path, "-") == 0;
	int fd = is_stdin ? STDIN_FILENO
			  : file_open(path, FILE_ANY, ERROR_NO_INPUT, err);
	bool done;

	if (fd < 0)
		return false;
	template->message = message_read(fd, template->name, &how, err);
	done = template->message != NULL && read_body(template, err);
	if (!is_stdin)
		close(fd);
	return done && parse_header(&parser) && parse_body(&parser);
}

struct message_template *
message_template_read(
    const char *path, const struct table_columns *columns, struct error *err)
{
	struct message_template *template = mem_new(1, sizeof(*template));

	template->name = strcmp(path, "-") == 0
	    ? mem_copy_text("standard input")
	    : utf8_masked(span_from(path));
	if (read_template(template, path, columns, err))
		return template;
	message_template_free(template);
	return NULL;
}

void
message_template_free(struct message_template *template)
{
	for (size_t i = 0; i < template->field_count; i++) {
		address_template_free(&template->fields[i].addresses);
		template_free(&template->fields[i].text);
	}
	for (size_t i = 0; i < template->part_count; i++)
		template_free(&template->parts[i].template);
	free(template->fields);
	free(template->parts);
	if (template->message != NULL)
		message_free(template->message);
	buf_free(&template->body);
	free(template->name);
	free(template);
}

void
message_template_add_text(
    const struct message_template *template, struct buf *out)
{
	buf_add_span(out, message_header(template->message));
	buf_add_text(out, "\r\n");
	buf_add_span(out, buf_span(&template->body));
}

void
message_template_count(const struct message_template *template, size_t *cells)
{
	for (size_t i = 0; i < template->field_count; i++) {
		const struct field_template *field = &template->fields[i];

		address_template_count(&field->addresses, cells);
		template_count(&field->text, cells);
	}
	for (size_t i = 0; i < template->part_count; i++)
		template_count(&template->parts[i].template, cells);
}

static bool
fill_header(const struct message_template *template,
    const struct table_row *row, struct buf *out, size_t *column,
    struct error *err)
{
	for (size_t i = 0; i < template->field_count; i++) {
		const struct field_template *field = &template->fields[i];

		if (field->name.len > 0) {
			buf_add_span(out, field->name);
			buf_add_char(out, ':');
		}
		if (field->has_addresses
			? !address_template_fill(
			      &field->addresses, row, out, column, err)
			: !template_fill_line(
			      &field->text, row, out, column, err))
			return false;
		buf_add_text(out, "\r\n");
	}
	*column = SIZE_MAX;
	return !out->full ||
	    error_set(err, ERROR_DATA, "the header is too large");
}

/* Whether each cell in a part in US-ASCII is ASCII. */
static bool
check_ascii(const struct template *template, const struct table_row *row,
    size_t *column, struct error *err)
{
	for (size_t i = 0; i < template->count; i++) {
		const struct template_piece *piece = &template->pieces[i];

		if (!piece->is_cell || span_is_ascii(row->cells[piece->column]))
			continue;
		*column = piece->column;
		return error_set(err, ERROR_DATA,
		    "the cell is not ASCII, but the charset of its part of the "
		    "template is\n"
		    "hint: write charset=utf-8 into the template");
	}
	return true;
}

static void
add_outline(void *context, const struct mime_entity *entity)
{
	uint64_t *outline = context;

	*outline = mime_outline_add(*outline, entity);
}

/* Whether the filled body has the parts of the template and no others. */
static bool
check_outline(const struct message_template *template, struct span body,
    struct error *err)
{
	uint64_t outline = 0;
	const struct mime_sink sink = {add_outline, &outline};
	struct mime *mime;

	if (!template->is_multipart)
		return true;
	mime = mime_new(message_header(template->message), &sink);
	mime_take(mime, body);
	mime_end(mime);
	mime_free(mime);
	return outline == template->outline ||
	    error_set(err, ERROR_DATA,
		"a cell has a line that ends a part of the template");
}

static bool
fill_body(const struct message_template *template, const struct table_row *row,
    struct buf *out, size_t *column, struct error *err)
{
	for (size_t i = 0; i < template->part_count; i++) {
		const struct body_template *part = &template->parts[i];

		if (part->is_ascii &&
		    !check_ascii(&part->template, row, column, err))
			return false;
		if (!template_fill(&part->template, row, out))
			return error_set(
			    err, ERROR_DATA, "the message is too large");
	}
	return check_outline(template, buf_span(out), err);
}

struct message *
message_template_make(const struct message_template *template,
    const struct table_row *row, const struct message_options *options,
    size_t *column, struct error *err)
{
	struct message *message = NULL;
	struct pieces *pieces;
	struct buf header, body;

	*column = SIZE_MAX;
	buf_init(&header, HEADER_MAX);
	buf_init(&body, FILLED_MAX);
	if (fill_header(template, row, &header, column, err) &&
	    fill_body(template, row, &body, column, err)) {
		pieces = pieces_new();
		pieces_add_text(pieces, buf_span(&body));
		message = message_make(buf_span(&header), pieces, options, err);
	}
	buf_free(&header);
	buf_free(&body);
	return message;
}
