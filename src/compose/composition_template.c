/*
 * Parses each text of a composition as what it is: a line, an address list, a
 * file name, a text or HTML.
 */
#include "compose/composition_template.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "compose/address_template.h"
#include "compose/charset.h"
#include "message/document_charset.h"
#include "message/storage.h"

#define TEXT_MAX ((size_t)16 * 1024 * 1024)
/* Of a text with its cells. */
#define FILLED_MAX ((size_t)64 * 1024 * 1024)
#define FILE_NAME_MAX ((size_t)16 * 1024)

/* The lists of a composition: To, Cc, Bcc, Reply-To and the operands. */
#define LISTS 5

struct list_template {
	const struct address_texts *texts; /* borrowed */
	struct address_template *templates;
	size_t count;
};

/* The text, or the HTML. */
struct text_template {
	bool is_there;
	char *text; /* owned */
	struct template template;
	struct buf filled;
};

struct file_template {
	const struct part *part; /* borrowed */
	char *folder; /* of a name with placeholders; ends in "/"; owned */
	struct template file; /* without the folder */
	struct template name;
};

struct composition_template {
	const struct composition *composition; /* borrowed */
	struct template subject;
	struct list_template lists[LISTS];
	struct text_template text, html;
	struct file_template *inlines, *attachments;
	size_t inline_count, attachment_count;
};

/* What all parsers need. */
struct context {
	const struct table_columns *columns;
	const char *table;
	struct error *err;
};

static bool
parse_lists(
    struct composition_template *template, const struct context *context)
{
	static const char *const places[LISTS] = {
	    "To", "Cc", "Bcc", "Reply-To", "a recipient"};
	const struct composition *given = template->composition;
	const struct address_texts *const texts[LISTS] = {&given->to,
	    &given->cc, &given->bcc, &given->reply_to, &given->operands};

	for (size_t i = 0; i < LISTS; i++) {
		struct list_template *list = &template->lists[i];

		list->texts = texts[i];
		list->templates =
		    mem_new(texts[i]->count, sizeof(*list->templates));
		for (size_t j = 0; j < texts[i]->count; j++)
			if (!address_template_parse(
				&list->templates[list->count++],
				span_from(texts[i]->texts[j]), context->columns,
				places[i], context->err))
				return false;
	}
	return true;
}

static bool
refuse_size(const char *name, struct error *err)
{
	return error_set(err, ERROR_DATA,
	    "cannot use %s as a template: it is larger than 16 MiB", name);
}

/* Copies a text, at most TEXT_MAX of it. */
static bool
copy_text(struct buf *octets, const struct storage *storage, const char *name,
    struct error *err)
{
	char *room = mem_resize(NULL, STORAGE_BLOCK, 1);
	struct span block = {NULL, 1};

	while (octets->len < storage->size && !octets->full && block.len > 0) {
		block = storage_block(storage, octets->len, room);
		buf_add_span(octets, block);
	}
	free(room);
	if (octets->full)
		return refuse_size(name, err);
	return (block.len > 0 &&
		   (!storage->is_source || storage_is_unchanged(storage))) ||
	    error_set(err, ERROR_TEMPORARY,
		"cannot read %s: it changed while it was being read", name);
}

/* Reads a text as UTF-8. */
static bool
read_text(struct text_template *text, const struct part *part, const char *name,
    struct error *err)
{
	const struct part_limits limits = {.max_size = TEXT_MAX};
	struct storage storage;
	struct buf octets;
	bool done;
	int fd;

	buf_init(&octets, TEXT_MAX);
	done = part_read(part, &storage, &fd, &limits, err);
	if (!done && err->kind == ERROR_DATA) /* a stream above the limit */
		refuse_size(name, err);
	done = done && copy_text(&octets, &storage, name, err);
	if (done)
		text->text = charset_to_utf8(buf_span(&octets));
	storage_free(&storage);
	if (fd >= 0)
		close(fd);
	buf_free(&octets);
	return done;
}

/* Whether cells in UTF-8 can stand in the text. */
static bool
is_utf8(const char *text, bool is_html)
{
	char charset[CHARSET_NAME_MAX + 1] = "";

	if (is_html)
		document_charset_find(span_from(text), charset);
	return utf8_is_valid(span_from(text)) &&
	    (charset[0] == '\0' ||
		span_equal_nocase(span_from(charset), SPAN("utf-8")));
}

static bool
parse_text(struct text_template *text, const struct part *part, bool is_html,
    const struct context *context)
{
	char *name;
	bool done;

	if (part->source == PART_NONE)
		return true;
	text->is_there = true;
	buf_init(&text->filled, FILLED_MAX);
	name = part_shown(part);
	done = read_text(text, part, name, context->err) &&
	    template_parse(&text->template, span_from(text->text),
		is_html ? TEMPLATE_HTML : TEMPLATE_TEXT, context->columns, name,
		context->err);
	if (done && text->template.cells > 0 && !is_utf8(text->text, is_html))
		done = error_set(context->err, ERROR_DATA,
		    "cannot replace placeholders in %s: it is not in UTF-8",
		    name);
	free(name);
	return done;
}

/* Splits the path of a file with placeholders in folder and name. */
static bool
parse_file(
    struct file_template *file, const char *path, const struct context *context)
{
	struct span text = span_from(path), prefix = {NULL, 0};
	struct template all;
	bool done = template_parse(&all, text, TEMPLATE_TEXT, context->columns,
	    "the name of a file", context->err);
	size_t slash;

	if (!done || all.cells == 0) {
		template_free(&all);
		return done;
	}
	if (!all.pieces[0].is_cell)
		prefix = all.pieces[0].text;
	slash = span_find_last(prefix, '/');
	prefix = span_head(prefix, slash < prefix.len ? slash + 1 : 0);
	template_free(&all);
	file->folder = file_path_beside(context->table, prefix);
	if (file->folder[0] == '\0') {
		free(file->folder);
		file->folder = mem_copy_text("./");
	}
	return template_parse(&file->file, span_skip(text, prefix.len),
	    TEMPLATE_TEXT, context->columns, "the name of a file",
	    context->err);
}

static bool
refuse_fixed(const char *text, const char *what, struct error *err)
{
	return !template_has_braces(span_from(text)) ||
	    error_set(err, ERROR_DATA,
		"cannot use a placeholder in the %s of a file", what);
}

static bool
parse_files(struct file_template **files, size_t *count,
    const struct part *parts, size_t part_count, const struct context *context)
{
	for (size_t i = 0; i < part_count; i++) {
		struct file_template *file =
		    mem_append(files, count, sizeof(**files));

		file->part = &parts[i];
		if (!refuse_fixed(parts[i].type, "type", context->err) ||
		    !refuse_fixed(parts[i].id, "content id", context->err) ||
		    !parse_file(file, parts[i].file, context) ||
		    !template_parse(&file->name, span_from(parts[i].name),
			TEMPLATE_TEXT, context->columns,
			"the visible name of a file", context->err))
			return false;
	}
	return true;
}

struct composition_template *
composition_template_new(const struct composition *composition,
    const struct table_columns *columns, const char *table, struct error *err)
{
	struct composition_template *template = mem_new(1, sizeof(*template));
	const struct context context = {columns, table, err};

	template->composition = composition;
	if (template_parse(&template->subject, span_from(composition->subject),
		TEMPLATE_TEXT, columns, "Subject", err) &&
	    parse_lists(template, &context) &&
	    parse_files(&template->inlines, &template->inline_count,
		composition->inlines, composition->inline_count, &context) &&
	    parse_files(&template->attachments, &template->attachment_count,
		composition->attachments, composition->attachment_count,
		&context) &&
	    parse_text(&template->html, &composition->html, true, &context) &&
	    parse_text(&template->text, &composition->text, false, &context))
		return template;
	composition_template_free(template);
	return NULL;
}

static void
free_files(struct file_template *files, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		free(files[i].folder);
		template_free(&files[i].file);
		template_free(&files[i].name);
	}
	free(files);
}

static void
free_text(struct text_template *text)
{
	template_free(&text->template);
	buf_free(&text->filled);
	free(text->text);
}

void
composition_template_free(struct composition_template *template)
{
	template_free(&template->subject);
	for (size_t i = 0; i < LISTS; i++) {
		struct list_template *list = &template->lists[i];

		for (size_t j = 0; j < list->count; j++)
			address_template_free(&list->templates[j]);
		free(list->templates);
	}
	free_text(&template->text);
	free_text(&template->html);
	free_files(template->inlines, template->inline_count);
	free_files(template->attachments, template->attachment_count);
	free(template);
}

/* Ends each text by a NUL, so that no two templates look alike. */
static void
add_text(struct buf *out, const char *text)
{
	buf_add_span(out, span_from(text));
	buf_add_char(out, '\0');
}

static void
add_file_texts(struct buf *out, const struct file_template *files, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		add_text(out, files[i].part->file);
		add_text(out, files[i].part->type);
		add_text(out, files[i].part->name);
		add_text(out, files[i].part->id);
	}
	buf_add_char(out, '\0');
}

void
composition_template_add_text(
    const struct composition_template *template, struct buf *out)
{
	add_text(out, template->composition->subject);
	for (size_t i = 0; i < LISTS; i++) {
		const struct address_texts *texts = template->lists[i].texts;

		for (size_t j = 0; j < texts->count; j++)
			add_text(out, texts->texts[j]);
		buf_add_char(out, '\0');
	}
	add_text(out, template->text.text);
	add_text(out, template->html.text);
	add_file_texts(out, template->inlines, template->inline_count);
	add_file_texts(out, template->attachments, template->attachment_count);
}

static void
count_files(const struct file_template *files, size_t count, size_t *cells)
{
	for (size_t i = 0; i < count; i++) {
		template_count(&files[i].file, cells);
		template_count(&files[i].name, cells);
	}
}

void
composition_template_count(
    const struct composition_template *template, size_t *cells)
{
	template_count(&template->subject, cells);
	for (size_t i = 0; i < LISTS; i++)
		for (size_t j = 0; j < template->lists[i].count; j++)
			address_template_count(
			    &template->lists[i].templates[j], cells);
	template_count(&template->text.template, cells);
	template_count(&template->html.template, cells);
	count_files(template->inlines, template->inline_count, cells);
	count_files(template->attachments, template->attachment_count, cells);
}

static bool
fill_lists(const struct composition_template *template,
    const struct table_row *row, struct composition *out, size_t *column,
    struct error *err)
{
	struct address_texts *const lists[LISTS] = {
	    &out->to, &out->cc, &out->bcc, &out->reply_to, &out->operands};
	struct buf text;
	bool done = true;

	buf_init(&text, TEXT_MAX);
	for (size_t i = 0; i < LISTS; i++)
		for (size_t j = 0; done && j < template->lists[i].count; j++) {
			buf_clear(&text);
			done = address_template_fill(
			    &template->lists[i].templates[j], row, &text,
			    column, err);
			if (done)
				composition_add_addresses(
				    lists[i], buf_span(&text));
		}
	buf_free(&text);
	return done;
}

static bool
fill_subject(const struct composition_template *template,
    const struct table_row *row, struct composition *out, size_t *column,
    struct error *err)
{
	struct buf text;
	bool done;

	if (template->composition->subject == NULL)
		return true;
	buf_init(&text, TEXT_MAX);
	done = template_fill_line(&template->subject, row, &text, column, err);
	if (done)
		out->subject = buf_take_text(&text);
	buf_free(&text);
	return done;
}

static bool
fill_text(struct text_template *text, const struct table_row *row,
    struct part *out, struct error *err)
{
	if (!text->is_there)
		return true;
	buf_clear(&text->filled);
	if (!template_fill(&text->template, row, &text->filled))
		return error_set(err, ERROR_DATA,
		    "the text with its cells is larger than 64 MiB");
	out->source = PART_TEXT;
	out->text = buf_span(&text->filled);
	return true;
}

/*
 * Whether the name is below its folder, judged by the name alone. Symbolic
 * links are found when the file is opened.
 */
static bool
check_name(struct span name, struct error *err)
{
	struct span rest = name, word;
	const char *why = NULL;
	char *shown;

	if (span_trim(name).len == 0)
		why = "it is empty";
	else if (name.at[0] == '/')
		why = "it is an absolute path";
	while (why == NULL && span_next_word(&rest, "/", &word))
		if (span_equal(word, SPAN("..")))
			why = "it has .. in it";
	if (why == NULL)
		return true;
	shown = utf8_excerpt_masked(name, 60);
	error_set(err, ERROR_DATA,
	    "cannot attach '%s': %s, but it must be a name below a folder",
	    shown, why);
	free(shown);
	return false;
}

/* The column of the first placeholder. */
static size_t
first_column(const struct template *template)
{
	for (size_t i = 0; i < template->count; i++)
		if (template->pieces[i].is_cell)
			return template->pieces[i].column;
	return SIZE_MAX;
}

static bool
fill_file_name(const struct file_template *file, const struct table_row *row,
    struct part *out, size_t *column, struct error *err)
{
	struct buf path, name;
	bool done;

	buf_init(&path, FILE_NAME_MAX);
	buf_init(&name, FILE_NAME_MAX);
	done = template_is_one_line(&file->file, row, column, err);
	if (done) {
		*column = first_column(&file->file);
		template_fill(&file->file, row, &name);
		done = check_name(buf_span(&name), err);
	}
	buf_add_text(&path, file->folder);
	out->folder = path.len;
	buf_add_span(&path, buf_span(&name));
	if (done && (name.full || path.full))
		done = error_set(err, ERROR_DATA, "its name is too long");
	if (done)
		out->file = buf_take_text(&path);
	buf_free(&path);
	buf_free(&name);
	return done;
}

static bool
fill_file(const struct file_template *file, const struct table_row *row,
    struct part *out, size_t *column, struct error *err)
{
	const struct part *part = file->part;

	out->source = part->source;
	if (part->type != NULL)
		out->type = mem_copy_text(part->type);
	if (part->id != NULL)
		out->id = mem_copy_text(part->id);
	if (part->name != NULL) {
		struct buf name;

		if (!template_is_one_line(&file->name, row, column, err))
			return false;
		buf_init(&name, FILE_NAME_MAX);
		template_fill(&file->name, row, &name);
		out->name = buf_take_text(&name);
		buf_free(&name);
	}
	if (file->folder != NULL)
		return fill_file_name(file, row, out, column, err);
	out->file = mem_copy_text(part->file);
	return true;
}

static bool
fill_files(const struct composition_template *template,
    const struct table_row *row, struct composition *out, size_t *column,
    struct error *err)
{
	for (size_t i = 0; i < template->inline_count; i++)
		if (!fill_file(&template->inlines[i], row,
			composition_add_inline(out), column, err))
			return false;
	for (size_t i = 0; i < template->attachment_count; i++)
		if (!fill_file(&template->attachments[i], row,
			composition_add_attachment(out), column, err))
			return false;
	return true;
}

bool
composition_template_fill(struct composition_template *template,
    const struct table_row *row, struct composition *out, size_t *column,
    struct error *err)
{
	*column = SIZE_MAX;
	if (!fill_subject(template, row, out, column, err) ||
	    !fill_lists(template, row, out, column, err) ||
	    !fill_files(template, row, out, column, err))
		return false;
	*column = SIZE_MAX;
	return fill_text(&template->text, row, &out->text, err) &&
	    fill_text(&template->html, row, &out->html, err);
}
