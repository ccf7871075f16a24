/*
 * Takes edits apart into fields, and makes edits of the filled fields as if the
 * user had written them.
 */
#include "compose/edits_template.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "compose/address_template.h"
#include "fixup/field_kind.h"
#include "message/header.h"

/* An edit of one field. */
struct edit {
	struct span name; /* borrowed, as is `value` */
	struct span value;
	bool adds; /* else it replaces or, without a value, removes */
	bool has_addresses;
	struct address_template addresses;
	struct template text; /* only without addresses */
};

struct edits_template {
	struct edit *edits;
	size_t count;
};

static bool
parse(struct edits_template *template, struct span name, struct span value,
    bool adds, const struct table_columns *columns, struct error *err)
{
	struct edit *edit = mem_append(
	    &template->edits, &template->count, sizeof(*template->edits));
	struct buf place = {0};
	bool done;

	edit->name = name;
	edit->value = span_trim(value);
	edit->adds = adds;
	edit->has_addresses =
	    field_kind_has_addresses(name) && edit->value.len > 0;
	buf_add_text(&place, "the field ");
	buf_add_span(&place, span_head(name, 100));
	if (span_find(name, '{') < name.len)
		done = error_set(err, ERROR_DATA,
		    "%s: a placeholder cannot be in the name of a field",
		    buf_text(&place));
	else
		done = edit->has_addresses
		    ? address_template_parse(&edit->addresses, edit->value,
			  columns, buf_text(&place), err)
		    : template_parse(&edit->text, edit->value, TEMPLATE_TEXT,
			  columns, buf_text(&place), err);
	buf_free(&place);
	return done;
}

static bool
parse_fields(struct edits_template *template, struct span fields, bool adds,
    const struct table_columns *columns, struct error *err)
{
	struct field field;

	while (header_next(&fields, &field))
		if (!parse(
			template, field.name, field.body, adds, columns, err))
			return false;
	return true;
}

struct edits_template *
edits_template_new(const struct header_edits *edits,
    const struct table_columns *columns, struct error *err)
{
	struct edits_template *template = mem_new(1, sizeof(*template));
	bool done = true;

	for (size_t i = 0; done && i < edits->count; i++) {
		const struct header_edit *edit = &edits->list[i];

		if (edit->replaces && edit->text == NULL)
			done = parse(template, span_from(edit->name),
			    (struct span){0}, false, columns, err);
		else
			done = parse_fields(template, span_from(edit->text),
			    false, columns, err);
		done = done &&
		    parse_fields(
			template, buf_span(&edit->added), true, columns, err);
	}
	if (done)
		return template;
	edits_template_free(template);
	return NULL;
}

void
edits_template_free(struct edits_template *template)
{
	for (size_t i = 0; i < template->count; i++) {
		address_template_free(&template->edits[i].addresses);
		template_free(&template->edits[i].text);
	}
	free(template->edits);
	free(template);
}

void
edits_template_add_text(const struct edits_template *template, struct buf *out)
{
	for (size_t i = 0; i < template->count; i++) {
		const struct edit *edit = &template->edits[i];

		buf_add_text(out, edit->adds ? "+" : "");
		buf_add_span(out, edit->name);
		buf_add_char(out, ':');
		buf_add_span(out, edit->value);
		buf_add_char(out, '\0');
	}
}

void
edits_template_count(const struct edits_template *template, size_t *cells)
{
	for (size_t i = 0; i < template->count; i++) {
		address_template_count(&template->edits[i].addresses, cells);
		template_count(&template->edits[i].text, cells);
	}
}

static bool
fill(const struct edit *edit, const struct table_row *row,
    struct header_edits *out, size_t *column, struct error *err)
{
	const char *why = NULL;
	struct buf text;
	size_t from;
	bool done;

	buf_init(&text, HEADER_MAX);
	buf_add_text(&text, edit->adds ? "+" : "");
	buf_add_span(&text, edit->name);
	buf_add_text(&text, ": ");
	from = text.len;
	done = edit->has_addresses
	    ? address_template_fill(&edit->addresses, row, &text, column, err)
	    : template_fill_line(&edit->text, row, &text, column, err);
	if (done &&
	    (!edit->adds ||
		span_trim(span_skip(buf_span(&text), from)).len > 0))
		why = header_edits_add(out, buf_span(&text));
	buf_free(&text);
	if (why != NULL)
		done = error_set(err, ERROR_DATA, "%s", why);
	return done;
}

bool
edits_template_fill(const struct edits_template *template,
    const struct table_row *row, struct header_edits *out, size_t *column,
    struct error *err)
{
	*column = SIZE_MAX;
	for (size_t i = 0; i < template->count; i++)
		if (!fill(&template->edits[i], row, out, column, err))
			return false;
	return true;
}
