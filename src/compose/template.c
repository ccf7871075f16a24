/*
 * Placeholders of a merge. The syntax is that of Mustache and its many
 * relatives, of which only this much is needed.
 */
#include "compose/template.h"

#include <stdlib.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "fixup/encoded_word.h"

#define SHOWN_OCTETS 60
/* Of the value of a header field. */
#define LINE_MAX_OCTETS ((size_t)1024 * 1024)

/* A text that is being parsed. */
struct source {
	struct span text;
	size_t at; /* the rest begins here */
	enum template_form form;
	const struct table_columns *columns;
	const char *place;
};

static bool
locate(const struct source *source, size_t at, struct error *err)
{
	char *text = mem_copy_text(err->text);
	size_t line = 1;

	for (size_t i = 0; i < at; i++)
		if (source->text.at[i] == '\n')
			line++;
	error_set(err, err->kind, "%s", source->place);
	if (span_find(source->text, '\n') < source->text.len)
		error_add(err, ", line %zu", line);
	error_add(err, ": %s", text);
	free(text);
	return false;
}

static bool
refuse(const struct source *source, const char *why, struct error *err)
{
	char *shown = utf8_excerpt_masked(
	    span_skip(source->text, source->at), SHOWN_OCTETS);

	error_set(err, ERROR_DATA,
	    "%s, at '%s'\n"
	    "hint: to write two braces that are text, use {{\"{{\"}}",
	    why, shown);
	free(shown);
	return locate(source, source->at, err);
}

static struct template_piece *
add_piece(struct template *template, struct span text)
{
	struct template_piece *piece = mem_append(
	    &template->pieces, &template->count, sizeof(*template->pieces));

	piece->text = text;
	return piece;
}

/* The offset of the next two braces at or after `from`; else the length. */
static size_t
find_braces(struct span text, size_t from)
{
	for (; from < text.len; from++) {
		from += span_find(span_skip(text, from), '{');
		if (from + 1 < text.len && text.at[from + 1] == '{')
			return from;
	}
	return text.len;
}

bool
template_has_braces(struct span text)
{
	return find_braces(text, 0) < text.len;
}

/* Parses the placeholder at the start of the rest. */
static bool
parse_cell(struct template *template, struct source *source, struct error *err)
{
	struct span rest = span_skip(source->text, source->at), name;
	bool is_plain = span_starts(rest, SPAN("{{{"));
	struct span close = is_plain ? SPAN("}}}") : SPAN("}}");
	size_t from = is_plain ? 3 : 2, to = from;
	struct template_piece *piece;

	if (span_starts(rest, SPAN("{{\"{{\"}}"))) {
		add_piece(template, span_head(span_skip(rest, 3), 2));
		source->at += 8;
		return true;
	}
	while (to < rest.len && rest.at[to] != '{' && rest.at[to] != '}' &&
	    rest.at[to] != '\n' && rest.at[to] != '\r')
		to++;
	if (!span_starts(span_skip(rest, to), close))
		return refuse(source,
		    is_plain ? "a placeholder is not closed by }}}"
			     : "a placeholder is not closed by }}",
		    err);
	name = span_trim(span_head(span_skip(rest, from), to - from));
	if (name.len == 0)
		return refuse(source, "a placeholder names no column", err);
	piece = add_piece(template, name);
	piece->is_cell = true;
	piece->is_escaped = source->form == TEMPLATE_HTML && !is_plain;
	template->cells++;
	if (!table_columns_find(source->columns, name, &piece->column, err))
		return locate(source, source->at, err);
	source->at += to + close.len;
	return true;
}

bool
template_parse(struct template *template, struct span text,
    enum template_form form, const struct table_columns *columns,
    const char *place, struct error *err)
{
	struct source source = {
	    .text = text, .form = form, .columns = columns, .place = place};

	*template = (struct template){0};
	while (source.at < text.len) {
		size_t braces = find_braces(text, source.at);

		if (braces > source.at)
			add_piece(template,
			    span_head(span_skip(text, source.at),
				braces - source.at));
		source.at = braces;
		if (braces < text.len && !parse_cell(template, &source, err))
			return false;
	}
	return true;
}

void
template_free(struct template *template)
{
	free(template->pieces);
	*template = (struct template){0};
}

void
template_count(const struct template *template, size_t *cells)
{
	for (size_t i = 0; i < template->count; i++)
		if (template->pieces[i].is_cell)
			cells[template->pieces[i].column]++;
}

static void
add_escaped(struct buf *out, struct span text)
{
	while (text.len > 0) {
		size_t plain = 0;

		while (plain < text.len && text.at[plain] != '&' &&
		    text.at[plain] != '<' && text.at[plain] != '>' &&
		    text.at[plain] != '"' && text.at[plain] != '\'')
			plain++;
		buf_add_span(out, span_head(text, plain));
		if (plain == text.len)
			return;
		switch (text.at[plain]) {
		case '&':
			buf_add_text(out, "&amp;");
			break;
		case '<':
			buf_add_text(out, "&lt;");
			break;
		case '>':
			buf_add_text(out, "&gt;");
			break;
		case '"':
			buf_add_text(out, "&quot;");
			break;
		default: /* HTML 4 has no &apos; */
			buf_add_text(out, "&#39;");
		}
		text = span_skip(text, plain + 1);
	}
}

bool
template_fill(const struct template *template, const struct table_row *row,
    struct buf *out)
{
	for (size_t i = 0; i < template->count; i++) {
		const struct template_piece *piece = &template->pieces[i];

		if (!piece->is_cell)
			buf_add_span(out, piece->text);
		else if (!piece->is_escaped)
			buf_add_span(out, row->cells[piece->column]);
		else
			add_escaped(out, row->cells[piece->column]);
	}
	return !out->full;
}

bool
template_is_one_line(const struct template *template,
    const struct table_row *row, size_t *column, struct error *err)
{
	for (size_t i = 0; i < template->count; i++) {
		const struct template_piece *piece = &template->pieces[i];
		struct span cell;

		if (!piece->is_cell)
			continue;
		cell = row->cells[piece->column];
		*column = piece->column;
		if (span_find(cell, '\n') < cell.len ||
		    span_find(cell, '\r') < cell.len)
			return error_set(err, ERROR_DATA,
			    "a cell must not have a line break where it is "
			    "used in a header field or a file name");
	}
	return true;
}

static bool
has_encoded_word(const struct template *template, const struct table_row *row)
{
	for (size_t i = 0; i < template->count; i++)
		if (template->pieces[i].is_cell &&
		    encoded_word_may_be_in(
			row->cells[template->pieces[i].column]))
			return true;
	return false;
}

/*
 * Adds a text as encoded words, without line ends: those of a folded template
 * are dropped, and the field is folded later where that is necessary.
 */
static void
add_encoded(struct buf *out, struct span text)
{
	struct buf line, words;

	buf_init(&line, text.len);
	for (size_t i = 0; i < text.len; i++)
		if (text.at[i] != '\r' && text.at[i] != '\n')
			buf_add_char(&line, text.at[i]);
	/* At most, each octet becomes 3, and every 45 octets a word. */
	buf_init(&words, 5 * text.len + 100);
	encoded_words_add(&words, span_trim(buf_span(&line)));
	/* The blank after the name of the field. */
	if (ascii_is_blank(text.at[0]))
		buf_add_char(out, ' ');
	for (size_t i = 0; i < words.len; i++)
		if (words.data[i] != '\r' && words.data[i] != '\n')
			buf_add_char(out, words.data[i]);
	buf_free(&line);
	buf_free(&words);
}

bool
template_fill_line(const struct template *template, const struct table_row *row,
    struct buf *out, size_t *column, struct error *err)
{
	struct buf text;

	if (!template_is_one_line(template, row, column, err))
		return false;
	buf_init(&text, LINE_MAX_OCTETS);
	if (!template_fill(template, row, &text))
		out->full = true;
	else if (has_encoded_word(template, row))
		add_encoded(out, buf_span(&text));
	else
		buf_add_span(out, buf_span(&text));
	buf_free(&text);
	return !out->full || error_set(err, ERROR_DATA, "its text is too long");
}
