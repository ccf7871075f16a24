/*
 * Reads a table octet by octet with the states of RFC 4180. What is ambiguous
 * there is refused, because programs disagree about it: a quote inside a cell
 * that does not begin with one, and text after a closing quote.
 */
#include "compose/table.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/nearest.h"
#include "base/utf8.h"
#include "compose/charset.h"
#include "message/storage.h"

#define SHOWN_OCTETS 60
#define LISTED_OCTETS 200

/* A cell of the current row, as offsets in its text. */
struct cell {
	size_t from, to;
};

struct table {
	char *name; /* for errors */
	int fd;	    /* owned; -1: standard input */
	struct storage storage;
	char *room;	   /* STORAGE_BLOCK octets */
	struct span block; /* the rest of the current block */
	uint64_t position; /* of the octet after the block */
	uint64_t line;	   /* of the next octet */
	bool after_cr;	   /* so that a following LF is no line end */
	char separator;
	/* Only where the table is not UTF-8: */
	bool is_foreign;
	struct charset charset;
	struct buf text;      /* of the cells of the current row */
	struct buf converted; /* the same in UTF-8, where is_foreign */
	struct cell *cells;   /* TABLE_COLUMNS_MAX of them */
	size_t cell_count;
	struct span *spans; /* the cells for the caller */
	char **names;
	struct table_columns columns; /* borrows the names */
	struct table_row row;
	/* After the names: */
	uint64_t first_position, first_line;
	bool first_after_cr;
};

bool
table_locate(const struct table *table, const struct table_row *row,
    size_t column, struct error *err)
{
	char *text = mem_copy_text(err->text), *name;

	error_set(err, err->kind, "%s: ", table->name);
	if (row->number == 0)
		error_add(err, "cell %zu of the first row", column + 1);
	else
		error_add(err, "row %zu (line %llu)", row->number,
		    (unsigned long long)row->line);
	if (row->number != 0 && column < table->columns.count) {
		name = utf8_excerpt_masked(
		    span_from(table->columns.names[column]), SHOWN_OCTETS);
		error_add(err, ", column \"%s\"", name);
		free(name);
	}
	error_add(err, ": %s", text);
	free(text);
	return false;
}

/* Refuses the cell that is being read. */
static bool
refuse_cell(const struct table *table, const char *why, struct error *err)
{
	error_set(err, ERROR_DATA, "%s", why);
	return table_locate(table, &table->row, table->cell_count, err);
}

static bool
refuse_change(const struct table *table, struct error *err)
{
	return error_set(err, ERROR_TEMPORARY,
	    "cannot read %s: it changed while it was being read", table->name);
}

/* Makes the block hold the next octet; at the end it is empty. */
static bool
fill(struct table *table, struct error *err)
{
	if (table->block.len > 0)
		return true;
	if (table->storage.is_source && !storage_is_unchanged(&table->storage))
		return refuse_change(table, err);
	if (table->position == table->storage.size)
		return true;
	errno = 0;
	table->block =
	    storage_block(&table->storage, table->position, table->room);
	table->position += table->block.len;
	if (table->block.len > 0)
		return true;
	return errno == 0 ? refuse_change(table, err)
			  : file_refuse("read", table->name, ERROR_IO, err);
}

/* Sets *octet to the next one; -1 at the end. */
static bool
peek(struct table *table, int *octet, struct error *err)
{
	if (!fill(table, err))
		return false;
	*octet = table->block.len == 0 ? -1 : (unsigned char)table->block.at[0];
	return true;
}

/* Passes the octet that was peeked. */
static void
pass(struct table *table)
{
	char c = table->block.at[0];

	table->block = span_skip(table->block, 1);
	if (c == '\r' || (c == '\n' && !table->after_cr))
		table->line++;
	table->after_cr = c == '\r';
}

/* Adds the octet that was peeked to the current cell, and passes it. */
static bool
take(struct table *table, struct error *err)
{
	char c = table->block.at[0];

	if (c == '\0')
		return refuse_cell(table,
		    "it has a NUL octet\n"
		    "hint: save the table as CSV in UTF-8",
		    err);
	if (!buf_add_char(&table->text, c))
		return refuse_cell(table,
		    "the row is larger than 1 MiB\n"
		    "hint: perhaps a quote is never closed",
		    err);
	pass(table);
	return true;
}

/* Reads a cell in quotes, to the closing one. */
static bool
read_quoted(struct table *table, struct error *err)
{
	int octet;

	pass(table);
	for (;;) {
		if (!peek(table, &octet, err))
			return false;
		if (octet < 0)
			return refuse_cell(
			    table, "its quote is never closed", err);
		if (octet != '"') {
			if (!take(table, err))
				return false;
			continue;
		}
		pass(table);
		if (!peek(table, &octet, err))
			return false;
		if (octet != '"')
			return true;
		if (!take(table, err))
			return false;
	}
}

static bool
ends_cell(const struct table *table, int octet)
{
	return octet < 0 || octet == '\r' || octet == '\n' ||
	    octet == table->separator;
}

/* Reads a cell up to the octet that ends it, which *octet then is. */
static bool
read_cell(struct table *table, int *octet, struct error *err)
{
	bool is_quoted;

	if (!peek(table, octet, err))
		return false;
	is_quoted = *octet == '"';
	if (is_quoted && (!read_quoted(table, err) || !peek(table, octet, err)))
		return false;
	while (!ends_cell(table, *octet)) {
		if (is_quoted)
			return refuse_cell(table,
			    "text follows its closing quote\n"
			    "hint: inside of quotes, a quote is written twice",
			    err);
		if (*octet == '"')
			return refuse_cell(table,
			    "it has a quote, but does not begin with one\n"
			    "hint: put the whole cell in quotes, and write "
			    "the quotes in it twice",
			    err);
		if (!take(table, err) || !peek(table, octet, err))
			return false;
	}
	return true;
}

/* Passes empty lines. */
static bool
pass_line_ends(struct table *table, int *octet, struct error *err)
{
	for (;;) {
		if (!peek(table, octet, err))
			return false;
		if (*octet != '\r' && *octet != '\n')
			return true;
		pass(table);
	}
}

/* Reads the cells of the next row. There are none at the end of the table. */
static bool
read_cells(struct table *table, struct error *err)
{
	int octet;

	buf_clear(&table->text);
	table->cell_count = 0;
	if (!pass_line_ends(table, &octet, err))
		return false;
	table->row.line = table->line;
	if (octet < 0)
		return true;
	for (;;) {
		struct cell *cell = &table->cells[table->cell_count];

		if (table->cell_count == TABLE_COLUMNS_MAX)
			return refuse_cell(
			    table, "there are more than 1000 columns", err);
		cell->from = table->text.len;
		if (!read_cell(table, &octet, err))
			return false;
		cell->to = table->text.len;
		table->cell_count++;
		if (octet != table->separator)
			break;
		pass(table);
	}
	/* The LF of a CRLF is passed as an empty line. */
	if (octet >= 0)
		pass(table);
	return true;
}

/* Sets the spans of the cells, in UTF-8. */
static bool
convert_cells(struct table *table, struct error *err)
{
	struct buf *converted = &table->converted;

	buf_clear(converted);
	for (size_t i = 0; i < table->cell_count && table->is_foreign; i++) {
		struct cell *cell = &table->cells[i];
		struct span text =
		    span_head(span_skip(buf_span(&table->text), cell->from),
			cell->to - cell->from);

		cell->from = converted->len;
		if (table->charset.is_open
			? !charset_add(&table->charset, converted, text)
			: !utf8_is_valid(text) ||
			    !buf_add_span(converted, text)) {
			table->cell_count = i;
			error_set(err, ERROR_DATA,
			    "it is not in UTF-8%s%s\n"
			    "hint: save the table as CSV in UTF-8",
			    table->charset.is_open ? " or " : "",
			    table->charset.is_open ? table->charset.name : "");
			return table_locate(table, &table->row, i, err);
		}
		cell->to = converted->len;
	}
	for (size_t i = 0; i < table->cell_count; i++) {
		struct cell cell = table->cells[i];

		table->spans[i] = span_head(
		    span_skip(
			buf_span(table->is_foreign ? converted : &table->text),
			cell.from),
		    cell.to - cell.from);
	}
	return true;
}

enum table_result
table_next(struct table *table, struct table_row *row, struct error *err)
{
	table->row.number++;
	if (!read_cells(table, err))
		return TABLE_FAILED;
	if (table->cell_count == 0)
		return TABLE_END;
	if (table->cell_count != table->columns.count) {
		error_set(err, ERROR_DATA,
		    "it has %zu cell%s, but the first row has %zu",
		    table->cell_count, table->cell_count == 1 ? "" : "s",
		    table->columns.count);
		table_locate(table, &table->row, table->columns.count, err);
		return TABLE_FAILED;
	}
	if (!convert_cells(table, err))
		return TABLE_FAILED;
	table->row.cells = table->spans;
	*row = table->row;
	return TABLE_ROW;
}

void
table_rewind(struct table *table)
{
	table->block = (struct span){0};
	table->position = table->first_position;
	table->line = table->first_line;
	table->after_cr = table->first_after_cr;
	table->row.number = 0;
}

struct table_columns
table_columns(const struct table *table)
{
	return table->columns;
}

static void
add_column_hint(
    const struct table_columns *columns, struct span name, struct error *err)
{
	struct nearest nearest = nearest_to(name);
	struct buf list;
	char *shown;

	buf_init(&list, LISTED_OCTETS + SHOWN_OCTETS);
	for (size_t i = 0; i < columns->count; i++) {
		nearest_consider(&nearest, columns->names[i]);
		if (list.len > 0)
			buf_add_text(&list, ", ");
		buf_add_text(&list, columns->names[i]);
	}
	if (nearest.name != NULL) {
		shown =
		    utf8_excerpt_masked(span_from(nearest.name), SHOWN_OCTETS);
		error_add(err, "\nhint: did you mean {{%s}}?", shown);
	} else {
		shown = utf8_excerpt_masked(buf_span(&list), LISTED_OCTETS);
		error_add(err, "\nhint: its columns are %s", shown);
	}
	free(shown);
	buf_free(&list);
}

bool
table_columns_find(const struct table_columns *columns, struct span name,
    size_t *index, struct error *err)
{
	char *shown;

	for (size_t i = 0; i < columns->count; i++)
		if (span_equal(span_from(columns->names[i]), name)) {
			*index = i;
			return true;
		}
	shown = utf8_excerpt_masked(name, SHOWN_OCTETS);
	error_set(err, ERROR_DATA, "the table has no column \"%s\"", shown);
	free(shown);
	add_column_hint(columns, name, err);
	return false;
}

static bool
add_name(struct table *table, struct span name, struct error *err)
{
	struct table_columns *columns = &table->columns;

	if (name.len == 0) {
		error_set(err, ERROR_DATA,
		    "the column has no name\n"
		    "hint: the first row of a table names its columns");
		return table_locate(table, &table->row, columns->count, err);
	}
	for (size_t i = 0; i < columns->count; i++)
		if (span_equal(span_from(columns->names[i]), name)) {
			error_set(err, ERROR_DATA,
			    "column %zu has the same name", i + 1);
			return table_locate(
			    table, &table->row, columns->count, err);
		}
	table->names[columns->count++] = span_copy(name);
	return true;
}

/* Chooses the separator by the first row, quoted cells left out. */
static void
choose_separator(struct table *table)
{
	bool is_quoted = false;
	char found = '\0';

	for (size_t i = 0; i < table->block.len && found != ','; i++) {
		char c = table->block.at[i];

		if (c == '"')
			is_quoted = !is_quoted;
		else if (is_quoted)
			continue;
		else if (c == ',')
			found = c;
		else if ((c == ';' || c == '\t') && found == '\0')
			found = c;
		else if (c == '\r' || c == '\n')
			break;
	}
	table->separator = found == '\0' ? ',' : found;
}

static bool
refuse_empty(const struct table *table, struct error *err)
{
	return error_set(err, ERROR_NO_INPUT,
	    "cannot read %s: it is empty\n"
	    "hint: the first row of a table names its columns",
	    table->name);
}

static bool
read_names(struct table *table, struct error *err)
{
	if (!fill(table, err))
		return false;
	if (span_starts(table->block, SPAN("\xff\xfe")) ||
	    span_starts(table->block, SPAN("\xfe\xff")))
		return error_set(err, ERROR_DATA,
		    "cannot read %s: it is in UTF-16\n"
		    "hint: save the table as CSV in UTF-8",
		    table->name);
	if (span_starts(table->block, SPAN("\xef\xbb\xbf")))
		table->block = span_skip(table->block, 3);
	choose_separator(table);
	if (!read_cells(table, err) || !convert_cells(table, err))
		return false;
	if (table->cell_count == 0)
		return refuse_empty(table, err);
	table->names = mem_new(table->cell_count, sizeof(*table->names));
	table->columns.names = (const char *const *)table->names;
	for (size_t i = 0; i < table->cell_count; i++)
		if (!add_name(table, span_trim(table->spans[i]), err))
			return false;
	table->first_position = table->position - table->block.len;
	table->first_line = table->line;
	table->first_after_cr = table->after_cr;
	return true;
}

/* Finds out whether all of it is UTF-8. */
static bool
read_charset(struct table *table, struct error *err)
{
	struct utf8_state state = {0};

	do {
		if (!fill(table, err))
			return false;
		for (size_t i = 0; i < table->block.len; i++)
			if (!utf8_take(
				&state, (unsigned char)table->block.at[i])) {
				table->is_foreign = true;
				break;
			}
		table->block = (struct span){0};
	} while (!table->is_foreign && table->position < table->storage.size);
	if (state.missing > 0)
		table->is_foreign = true;
	if (table->is_foreign)
		charset_open_locale(&table->charset);
	table->position = 0;
	return true;
}

static bool
read_file(struct table *table, const char *path, struct error *err)
{
	int fd = STDIN_FILENO;

	if (strcmp(path, "-") != 0) {
		table->fd = file_open(path, FILE_ANY, ERROR_NO_INPUT, err);
		fd = table->fd;
	}
	if (fd < 0)
		return false;
	/* The offset of standard input may not be 0: it is read as a stream. */
	if (fd == STDIN_FILENO || !storage_set_source(&table->storage, fd, 0)) {
		if (!storage_add_stream(
			&table->storage, fd, table->name, 0, err))
			return false;
	} else {
		table->storage.size = (uint64_t)table->storage.file_size;
	}
	return read_charset(table, err) && read_names(table, err);
}

struct table *
table_open(const char *path, struct error *err)
{
	struct table *table = mem_new(1, sizeof(*table));

	table->fd = -1;
	table->name = strcmp(path, "-") == 0
	    ? mem_copy_text("standard input")
	    : utf8_excerpt_masked(span_from(path), LISTED_OCTETS);
	table->line = 1;
	table->room = mem_resize(NULL, STORAGE_BLOCK, 1);
	table->cells = mem_new(TABLE_COLUMNS_MAX, sizeof(*table->cells));
	table->spans = mem_new(TABLE_COLUMNS_MAX, sizeof(*table->spans));
	storage_init(&table->storage, 0);
	buf_init(&table->text, TABLE_ROW_MAX);
	/* A character of another charset has at most 4 octets in UTF-8. */
	buf_init(&table->converted, 4 * TABLE_ROW_MAX);
	if (read_file(table, path, err))
		return table;
	table_close(table);
	return NULL;
}

void
table_close(struct table *table)
{
	for (size_t i = 0; i < table->columns.count; i++)
		free(table->names[i]);
	free(table->names);
	charset_close(&table->charset);
	storage_free(&table->storage);
	if (table->fd >= 0)
		close(table->fd);
	buf_free(&table->text);
	buf_free(&table->converted);
	free(table->cells);
	free(table->spans);
	free(table->room);
	free(table->name);
	free(table);
}
