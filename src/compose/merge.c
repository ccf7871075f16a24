/*
 * Reads the table in the order of its rows, as the mails are sent; to go back,
 * it begins again with the first row. So memory does not grow with the table.
 */
#include "compose/merge.h"

#include <stdlib.h>

#include "base/mem.h"
#include "compose/composition_template.h"
#include "compose/edits_template.h"
#include "compose/file_type.h"
#include "compose/message_template.h"
#include "compose/row_selection.h"

/* The names of all columns, and all cells. */
#define IDENTITY_MAX (4 * TABLE_ROW_MAX)

struct merge {
	struct merge_request request;
	struct row_selection selection;
	struct table *table;
	struct table_columns columns;
	struct composition_template *composition;
	struct message_template *message; /* NULL: none */
	struct edits_template *edits;
	struct file_types types;
	size_t *cells; /* how many placeholders each column has */
	size_t next;   /* the index of the next selected row */
};

static void
free_merge(void *context)
{
	struct merge *merge = context;

	if (merge->composition != NULL)
		composition_template_free(merge->composition);
	if (merge->message != NULL)
		message_template_free(merge->message);
	if (merge->edits != NULL)
		edits_template_free(merge->edits);
	if (merge->table != NULL)
		table_close(merge->table);
	file_type_free(&merge->types);
	free(merge->cells);
	free(merge);
}

/* Reads the next row that is selected. */
static enum table_result
next_row(struct merge *merge, struct table_row *row, struct error *err)
{
	enum table_result result;

	do
		result = table_next(merge->table, row, err);
	while (result == TABLE_ROW &&
	    !row_selection_has(&merge->selection, row->number));
	if (result == TABLE_ROW)
		merge->next++;
	return result;
}

/* Reads again the selected row at that index. */
static bool
read_row(
    struct merge *merge, size_t index, struct table_row *row, struct error *err)
{
	enum table_result result;

	if (index < merge->next) {
		table_rewind(merge->table);
		merge->next = 0;
	}
	do
		result = next_row(merge, row, err);
	while (result == TABLE_ROW && merge->next <= index);
	if (result == TABLE_END)
		error_set(err, ERROR_TEMPORARY,
		    "cannot read the table: it has fewer rows than before");
	return result == TABLE_ROW;
}

/*
 * What identifies the mail: only the cells that are used, so that a note in
 * another column does not make it a new mail.
 */
static void
identify(const struct merge *merge, const struct table_row *row,
    struct buf *identity)
{
	buf_init(identity, IDENTITY_MAX);
	for (size_t i = 0; i < merge->columns.count; i++) {
		if (merge->cells[i] == 0)
			continue;
		buf_add_text(identity, merge->columns.names[i]);
		buf_add_char(identity, '\0');
		buf_add_span(identity, row->cells[i]);
		buf_add_char(identity, '\0');
	}
}

/* Replaces a field of the template, unless the user edits it himself. */
static bool
replace(struct header_edits *edits, const char *name, struct span value,
    struct error *err)
{
	struct buf text;
	const char *why = NULL;

	if (value.len == 0 || header_edits_name(edits, span_from(name)))
		return true;
	buf_init(&text, HEADER_MAX);
	buf_add_format(&text, "%s: ", name);
	buf_add_span(&text, value);
	why = header_edits_add(edits, buf_span(&text));
	buf_free(&text);
	return why == NULL ||
	    error_set(
		err, ERROR_DATA, "cannot write the field %s: %s", name, why);
}

static bool
replace_list(struct header_edits *edits, const char *name,
    const struct address_texts *list, struct error *err)
{
	struct buf value;
	bool done;

	buf_init(&value, HEADER_MAX);
	for (size_t i = 0; i < list->count; i++) {
		buf_add_text(&value, i == 0 ? "" : ", ");
		buf_add_text(&value, list->texts[i]);
	}
	done = replace(edits, name, buf_span(&value), err);
	buf_free(&value);
	return done;
}

static bool
replace_fields(struct header_edits *edits,
    const struct composition *composition, struct error *err)
{
	return replace_list(edits, "To", &composition->to, err) &&
	    replace_list(edits, "Cc", &composition->cc, err) &&
	    replace_list(edits, "Reply-To", &composition->reply_to, err) &&
	    replace(edits, "Subject", span_from(composition->subject), err);
}

static bool
make(struct merge *merge, const struct table_row *row,
    const struct message_options *how, struct mail_source_mail *mail,
    struct header_edits *edits, size_t *column, struct error *err)
{
	const struct composition_options options = {
	    .id_domain = merge->request.id_domain,
	    .memory_max = how->memory_max,
	    .max_size = how->max_size,
	    .keeps_raw = how->keeps_raw,
	    .edits = edits,
	    .types = &merge->types,
	};
	struct message_options edited = *how;

	if (!composition_template_fill(
		merge->composition, row, &mail->composition, column, err) ||
	    !edits_template_fill(merge->edits, row, edits, column, err))
		return false;
	*column = SIZE_MAX;
	if (merge->message == NULL) {
		mail->message =
		    composition_make(&mail->composition, &options, err);
	} else if (replace_fields(edits, &mail->composition, err)) {
		edited.edits = edits;
		mail->message = message_template_make(
		    merge->message, row, &edited, column, err);
	}
	return mail->message != NULL;
}

static bool
read_mail(void *context, size_t index, const struct message_options *how,
    struct mail_source_mail *mail, struct error *err)
{
	struct merge *merge = context;
	struct header_edits edits = {0};
	struct table_row row;
	struct buf name = {0};
	size_t column;
	bool done;

	if (!read_row(merge, index, &row, err))
		return false;
	done = make(merge, &row, how, mail, &edits, &column, err);
	header_edits_free(&edits);
	if (!done)
		return table_locate(merge->table, &row, column, err);
	buf_add_format(&name, "row %zu", row.number);
	mail->name = buf_take_text(&name);
	identify(merge, &row, &mail->identity);
	return true;
}

/* Reads the whole table once, which finds every row that is not valid. */
static bool
count_rows(struct merge *merge, struct error *err)
{
	enum table_result result;
	struct table_row row = {0};

	do
		result = next_row(merge, &row, err);
	while (result == TABLE_ROW && merge->next <= MAIL_SOURCE_MAX);
	if (result == TABLE_FAILED)
		return false;
	if (merge->next > MAIL_SOURCE_MAX)
		return error_set(err, ERROR_DATA,
		    "cannot use the table: it has more than 1000000 rows");
	if (merge->next > 0)
		return true;
	if (row.number == 0)
		return error_set(err, ERROR_DATA,
		    "cannot use the table: it has no row except the names of "
		    "its columns");
	return error_set(err, ERROR_DATA,
	    "cannot use the table: it has no row with one of these numbers\n"
	    "hint: its last row is %zu",
	    row.number);
}

static bool
open_templates(struct merge *merge, struct error *err)
{
	const struct merge_request *request = &merge->request;

	merge->composition = composition_template_new(
	    request->composition, &merge->columns, request->table, err);
	if (merge->composition == NULL)
		return false;
	composition_template_count(merge->composition, merge->cells);
	merge->edits = edits_template_new(request->edits, &merge->columns, err);
	if (merge->edits == NULL)
		return false;
	edits_template_count(merge->edits, merge->cells);
	if (request->message == NULL)
		return true;
	merge->message =
	    message_template_read(request->message, &merge->columns, err);
	if (merge->message != NULL)
		message_template_count(merge->message, merge->cells);
	return merge->message != NULL;
}

static bool
open_all(struct merge *merge, struct error *err)
{
	const struct merge_request *request = &merge->request;

	if (request->rows != NULL &&
	    !row_selection_parse(&merge->selection, request->rows, err))
		return false;
	merge->table = table_open(request->table, err);
	if (merge->table == NULL)
		return false;
	merge->columns = table_columns(merge->table);
	merge->cells = mem_new(merge->columns.count, sizeof(*merge->cells));
	return open_templates(merge, err) && count_rows(merge, err);
}

bool
merge_open(struct mail_source *source, const struct merge_request *request,
    struct error *err)
{
	struct merge *merge = mem_new(1, sizeof(*merge));

	merge->request = *request;
	if (!open_all(merge, err)) {
		free_merge(merge);
		return false;
	}
	source->name = request->table;
	source->count = merge->next;
	source->read = read_mail;
	source->free = free_merge;
	source->context = merge;
	buf_init(&source->identity, (size_t)128 * 1024 * 1024);
	composition_template_add_text(merge->composition, &source->identity);
	edits_template_add_text(merge->edits, &source->identity);
	if (merge->message != NULL)
		message_template_add_text(merge->message, &source->identity);
	return true;
}
