/*
 * A text is sent as it is if possible, because people may read the source of a
 * message; else encoded. A file is sent in base64, because then every octet of
 * it arrives; only an enclosed message must not be encoded (RFC 2046 section
 * 5.2.1).
 */
#include "compose/leaf.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "compose/charset.h"
#include "compose/text_form.h"
#include "fixup/field_repair.h"
#include "message/header.h"
#include "message/mime_field.h"

/* Larger HTML cannot have inline files: its URLs are rewritten in memory. */
#define HTML_MAX ((size_t)16 * 1024 * 1024)
/* A larger file is sent without its charset, which is found by reading it. */
#define CHARSET_FILE_MAX ((uint64_t)4 * 1024 * 1024)

void
leaf_free(struct leaf *leaf)
{
	buf_free(&leaf->fields);
	storage_free(&leaf->storage);
}

static void
init(struct leaf *leaf)
{
	*leaf = (struct leaf){.form = PIECE_AS_IT_IS};
	buf_init(&leaf->fields, HEADER_MAX);
	storage_init(&leaf->storage, 0);
}

static void
add_coding(struct leaf *leaf, const char *coding)
{
	buf_add_format(
	    &leaf->fields, "Content-Transfer-Encoding: %s\r\n", coding);
}

/* Puts the HTML with its URLs rewritten in place of `text`. */
static bool
rewrite(struct storage *text, const char *name,
    const struct leaf_context *context, struct error *err)
{
	struct storage made;
	struct buf html, out;
	char *room = mem_resize(NULL, STORAGE_BLOCK, 1);
	struct span block = {NULL, 1};
	bool done = true;

	buf_init(&html, HTML_MAX);
	buf_init(&out, 2 * HTML_MAX);
	while (html.len < text->size && !html.full && block.len > 0) {
		block = storage_block(text, html.len, room);
		buf_add_span(&html, block);
	}
	if (!html.full)
		content_id_rewrite(context->ids, buf_span(&html), &out);
	if (html.full || out.full)
		done = error_set(err, ERROR_DATA,
		    "cannot use %s with inline files: it is larger than 16 MiB",
		    name);
	else if (block.len == 0)
		done = error_set(err, ERROR_TEMPORARY,
		    "cannot read %s: it changed while it was being read", name);
	storage_init(&made, context->limits.memory_max);
	done = done && storage_add(&made, buf_span(&out), err) &&
	    storage_end(&made, err);
	storage_free(done ? text : &made);
	if (done)
		*text = made;
	buf_free(&html);
	buf_free(&out);
	free(room);
	return done;
}

/* Chooses how the text is sent. Afterwards `text` may be empty. */
static bool
settle_text(struct leaf *leaf, const struct text_form *form,
    struct storage *text, const struct part *part,
    const struct leaf_context *context, const char *name, struct error *err)
{
	if (form->is_wide) {
		add_coding(leaf, "base64");
		leaf->form = PIECE_BASE64;
	} else if (form->is_plain) {
		leaf->is_eight_bit = form->has_eight_bit;
		add_coding(leaf, form->has_eight_bit ? "8bit" : "7bit");
	} else {
		add_coding(leaf,
		    form->encoding == ENCODING_QUOTED_PRINTABLE
			? "quoted-printable"
			: "base64");
		storage_init(&leaf->storage, context->limits.memory_max);
		return text_form_encode(
		    &leaf->storage, text, form->encoding, name, err);
	}
	if (text->is_source) {
		leaf->file = part->file;
		leaf->folder = part->folder;
	} else {
		leaf->storage = *text;
		storage_init(text, 0);
	}
	return true;
}

bool
leaf_make_text(struct leaf *leaf, const struct part *part, bool is_html,
    const struct leaf_context *context, struct error *err)
{
	enum text_kind kind = is_html ? TEXT_DOCUMENT : TEXT_PLAIN;
	char *name = part_shown(part);
	struct text_form form;
	struct storage text;
	bool done;
	int fd;

	init(leaf);
	done = part_read(part, &text, &fd, &context->limits, err);
	if (done && is_html && context->ids->count > 0)
		done = rewrite(&text, name, context, err);
	done = done && text_form_find(&form, &text, kind, name, err);
	if (done) {
		buf_add_format(&leaf->fields,
		    "Content-Type: text/%s; charset=%s\r\n",
		    is_html ? "html" : "plain", form.charset);
		done =
		    settle_text(leaf, &form, &text, part, context, name, err);
	}
	storage_free(&text);
	if (fd >= 0)
		close(fd);
	free(name);
	return done;
}

/* The name that recipients see: no folder, and no control characters. */
static char *
visible_name(const struct part *part)
{
	const char *given = part->name != NULL ? part->name : part->file;
	struct span name = span_from(given);
	size_t slash;
	char *copy;

	while (name.len > 1 && name.at[name.len - 1] == '/')
		name.len--;
	slash = span_find_last(name, '/');
	if (slash + 1 < name.len)
		name = span_skip(name, slash + 1);
	copy = charset_to_utf8(name);
	for (char *at = copy; *at != '\0'; at++)
		if (ascii_is_control(*at) || *at == '/')
			*at = '_';
	return copy;
}

/* Adds fields, encoded (RFC 2231) and folded where necessary. */
static void
add_repaired(struct buf *out, struct span fields)
{
	struct field field;

	while (header_next(&fields, &field))
		if (field_repair_is_needed(field.whole))
			field_repair(&field, out);
		else
			buf_add_span(out, field.whole);
}

static void
add_disposition(struct buf *out, const char *disposition, const char *name)
{
	buf_add_format(out, "Content-Disposition: %s", disposition);
	if (name[0] != '\0') {
		buf_add_text(out, ";\r\n filename=\"");
		for (; *name != '\0'; name++) {
			if (*name == '"' || *name == '\\')
				buf_add_char(out, '\\');
			buf_add_char(out, *name);
		}
		buf_add_char(out, '"');
	}
	buf_add_text(out, "\r\n");
}

static bool
starts_with(const struct buf *type, struct span word)
{
	return span_starts_nocase(buf_span(type), word);
}

static bool
has_charset(struct span type)
{
	struct mime_parameter parameter;
	size_t at = mime_field_type_end(type);

	while (mime_field_next_parameter(type, &at, &parameter))
		if (span_equal_nocase(parameter.name, SPAN("charset")))
			return true;
	return false;
}

/* Some mail readers take a text without a charset for ASCII. */
static void
add_charset(struct buf *type, const struct text_form *form)
{
	if (!has_charset(buf_span(type)) && !form->is_guess)
		buf_add_format(type, "; charset=%s", form->charset);
}

/*
 * Reads a file whose form depends on its content: a text, for its charset, or
 * an enclosed message, which is sent as it is, or else as a file of no type.
 */
static bool
look_into(struct leaf *leaf, struct buf *type, const struct storage *text,
    const char *name, struct error *err)
{
	bool is_message = starts_with(type, SPAN("message/"));
	bool is_document = starts_with(type, SPAN("text/html")) ||
	    starts_with(type, SPAN("text/css")) ||
	    starts_with(type, SPAN("text/xml"));
	struct text_form form;

	if (!is_message &&
	    (!starts_with(type, SPAN("text/")) ||
		text->size > CHARSET_FILE_MAX || has_charset(buf_span(type))))
		return true;
	if (!text_form_find(&form, text,
		is_document ? TEXT_DOCUMENT : TEXT_PLAIN, name, err))
		return false;
	if (!is_message) {
		add_charset(type, &form);
	} else if (form.is_plain) {
		leaf->form = PIECE_AS_IT_IS;
		leaf->is_eight_bit = form.has_eight_bit;
	} else {
		buf_clear(type);
		buf_add_text(type, "application/octet-stream");
	}
	return true;
}

static void
find_type(struct buf *type, const struct part *part, const char *name,
    const struct leaf_context *context)
{
	buf_init(type, HEADER_MAX);
	if (part->type != NULL)
		buf_add_text(type, part->type);
	else
		file_type_add(context->types, span_from(name), type);
}

static void
describe(struct leaf *leaf, const struct part *part, bool is_inline,
    const struct buf *type, const char *name,
    const struct leaf_context *context)
{
	struct buf fields;

	buf_init(&fields, HEADER_MAX);
	buf_add_text(&fields, "Content-Type: ");
	buf_add_span(&fields, buf_span(type));
	buf_add_text(&fields, "\r\n");
	if (is_inline)
		buf_add_format(&fields, "Content-ID: <%s>\r\n",
		    content_id_add(context->ids,
			part->id != NULL ? part->id : name,
			context->id_domain));
	add_disposition(&fields, is_inline ? "inline" : "attachment", name);
	add_repaired(&leaf->fields, buf_span(&fields));
	buf_free(&fields);
	add_coding(leaf,
	    leaf->form == PIECE_BASE64 ? "base64"
		: leaf->is_eight_bit   ? "8bit"
				       : "7bit");
}

bool
leaf_make_file(struct leaf *leaf, const struct part *part, bool is_inline,
    const struct leaf_context *context, struct error *err)
{
	char *shown = part_shown(part), *name = visible_name(part);
	struct storage content;
	struct buf type;
	bool done;
	int fd;

	init(leaf);
	leaf->form = PIECE_BASE64;
	find_type(&type, part, name, context);
	done = part_read(part, &content, &fd, &context->limits, err) &&
	    look_into(leaf, &type, &content, shown, err);
	if (done)
		describe(leaf, part, is_inline, &type, name, context);
	if (done && content.is_source) {
		leaf->file = part->file;
		leaf->folder = part->folder;
	} else if (done) {
		leaf->storage = content;
		storage_init(&content, 0);
	}
	storage_free(&content);
	if (fd >= 0)
		close(fd);
	buf_free(&type);
	free(name);
	free(shown);
	return done;
}

bool
leaf_add(struct leaf *leaf, struct pieces *pieces, struct error *err)
{
	if (leaf->file != NULL)
		return pieces_add_file(
		    pieces, leaf->file, leaf->folder, leaf->form, err);
	pieces_add_storage(pieces, &leaf->storage, leaf->form);
	return true;
}
