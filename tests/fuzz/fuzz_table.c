/*
 * Claims: a table is read a second time as it was the first time; written again
 * with all cells in quotes, it has the same cells; nothing but UTF-8 comes out.
 */
#include "fuzz/fuzz.h"

#include <fcntl.h>
#include <unistd.h>

#include "base/utf8.h"
#include "compose/table.h"

#define TEXT_MAX ((size_t)64 * 1024)

static struct table *
open_text(struct span text, struct error *err)
{
	char path[] = "/tmp/fuzz_table.XXXXXX";
	int fd = mkstemp(path);
	struct table *table;

	CLAIM(fd >= 0 && write(fd, text.at, text.len) == (ssize_t)text.len);
	table = table_open(path, err);
	close(fd);
	unlink(path);
	return table;
}

static void
add_quoted(struct buf *out, size_t index, struct span cell)
{
	buf_add_text(out, index == 0 ? "\"" : ",\"");
	for (size_t i = 0; i < cell.len; i++) {
		if (cell.at[i] == '"')
			buf_add_char(out, '"');
		buf_add_char(out, cell.at[i]);
	}
	buf_add_char(out, '"');
}

/* Adds the table in its longest form. */
static enum table_result
copy(struct buf *out, struct table *table, struct error *err)
{
	struct table_columns columns = table_columns(table);
	struct table_row row;
	enum table_result result;
	size_t number = 0;

	for (size_t i = 0; i < columns.count; i++) {
		CLAIM(columns.names[i][0] != '\0');
		add_quoted(out, i, span_from(columns.names[i]));
	}
	buf_add_text(out, "\r\n");
	while ((result = table_next(table, &row, err)) == TABLE_ROW) {
		CLAIM(row.number == ++number);
		for (size_t i = 0; i < columns.count; i++) {
			CLAIM(utf8_is_valid(row.cells[i]));
			CLAIM(
			    span_find(row.cells[i], '\0') == row.cells[i].len);
			add_quoted(out, i, row.cells[i]);
		}
		buf_add_text(out, "\r\n");
	}
	return result;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span input = span_head(fuzz_input(data, size), TEXT_MAX);
	struct error err = {0};
	struct table *table = open_text(input, &err);
	struct buf first, again;
	enum table_result result;

	if (table == NULL) {
		fuzz_check_error(&err);
		return 0;
	}
	/* At worst each octet is a quote, or a cell. */
	buf_init(&first, 8 * TEXT_MAX);
	buf_init(&again, 8 * TEXT_MAX);
	result = copy(&first, table, &err);
	if (result == TABLE_FAILED)
		fuzz_check_error(&err);
	table_rewind(table);
	CLAIM(copy(&again, table, &err) == result);
	CLAIM(span_equal(buf_span(&first), buf_span(&again)));
	table_close(table);
	buf_clear(&again);
	table = open_text(buf_span(&first), &err);
	CLAIM(table != NULL);
	CLAIM(copy(&again, table, &err) == TABLE_END);
	CLAIM(span_equal(buf_span(&first), buf_span(&again)));
	table_close(table);
	buf_free(&first);
	buf_free(&again);
	return 0;
}
