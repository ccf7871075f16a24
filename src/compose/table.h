/*
 * A table in CSV (RFC 4180), read row by row. Its first row names the columns.
 * A table is read twice, first to check all of it, then to send; standard input
 * and FIFOs are therefore kept in a storage.
 *
 * Lines may end in CRLF, LF or CR; a line with nothing in it is skipped. The
 * separator is the comma or, where the first row has none, the semicolon or the
 * TAB that comes first in it. Cells are UTF-8; where they are not, the charset
 * of the locale is tried.
 */
#ifndef COMPOSE_TABLE_H
#define COMPOSE_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"

#define TABLE_COLUMNS_MAX ((size_t)1000)
#define TABLE_ROW_MAX ((size_t)1024 * 1024) /* octets of all its cells */

struct table; /* opaque */

struct table_columns {
	const char *const *names; /* without blanks at their ends; UTF-8 */
	size_t count;
};

/* Valid until the next call with the same table. */
struct table_row {
	size_t number;		  /* 1 is the row after the names */
	uint64_t line;		  /* of the file, where the row begins */
	const struct span *cells; /* as many as there are columns; UTF-8 */
};

enum table_result {
	TABLE_ROW,
	TABLE_END,
	TABLE_FAILED,
};

/*
 * Opens a table and reads the names of its columns; "-" is standard input.
 * NULL on failure: ERROR_NO_INPUT if the file cannot be read or is empty,
 * ERROR_DATA if a name is empty or occurs twice, and errors as from table_next.
 * The caller calls table_close.
 */
struct table *table_open(const char *path, struct error *err);
void table_close(struct table *table);
struct table_columns table_columns(const struct table *table);
/* Finds the index of a column. False with ERROR_DATA and a hint. */
bool table_columns_find(const struct table_columns *columns, struct span name,
    size_t *index, struct error *err);
/*
 * Reads the next row. On failure: ERROR_DATA if it is not valid CSV or has
 * more or fewer cells than the first row; ERROR_IO; ERROR_TEMPORARY if the
 * file has changed since table_open, or a signal came.
 */
enum table_result table_next(
    struct table *table, struct table_row *row, struct error *err);
/* Goes back, so that the next row is the first one after the names. */
void table_rewind(struct table *table);
/*
 * Names the place in front of an error: the file, the row and the line and, if
 * `column` is one of the columns, its name. Always returns false.
 */
bool table_locate(const struct table *table, const struct table_row *row,
    size_t column, struct error *err);

#endif
