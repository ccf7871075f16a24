/*
 * A text with placeholders: {{column}} stands for the cell of that column. It
 * is parsed once and filled for each row, in time linear in the text. A cell is
 * data: placeholders in it are not expanded.
 *
 * Blanks around the name do not count. {{"{{"}} stands for the two braces. A
 * "{{" that begins no placeholder is an error, so that no mail goes out with a
 * placeholder in it; "}}" alone is text.
 */
#ifndef COMPOSE_TEMPLATE_H
#define COMPOSE_TEMPLATE_H

#include <stdbool.h>
#include <stddef.h>

#include "compose/table.h"

enum template_form {
	TEMPLATE_TEXT, /* {{{column}}} is the same as {{column}} */
	TEMPLATE_HTML, /* {{column}} is escaped, {{{column}}} is not */
};

/* Text, or a placeholder: then `text` is the name of its column. */
struct template_piece {
	struct span text; /* borrowed from the text that was parsed */
	bool is_cell;
	bool is_escaped;
	size_t column;
};

struct template
{
	struct template_piece *pieces;
	size_t count;
	size_t cells; /* how many of them are placeholders */
};

/* Whether "{{" is in the text. */
bool template_has_braces(struct span text);
/*
 * Parses a text, which must live as long as the template. `place` names it in
 * errors: an option or a file. On failure the error is ERROR_DATA. Call
 * template_free in any case.
 */
bool template_parse(struct template *template, struct span text,
    enum template_form form, const struct table_columns *columns,
    const char *place, struct error *err);
void template_free(struct template *template);
/* Counts the placeholders of each column: cells[] has a number for each. */
void template_count(const struct template *template, size_t *cells);
/* Adds the text of a row. False if `out` is full. */
bool template_fill(const struct template *template, const struct table_row *row,
    struct buf *out);
/*
 * Whether no placeholder's cell has a line end: for header fields and the like.
 * If one has, ERROR_DATA, and *column is that of the cell.
 */
bool template_is_one_line(const struct template *template,
    const struct table_row *row, size_t *column, struct error *err);
/*
 * Adds the text of a row as the value of a header field. False as above, or if
 * `out` is full. A cell cannot be an encoded word (RFC 2047): where one looks
 * like it, the whole text is encoded.
 */
bool template_fill_line(const struct template *template,
    const struct table_row *row, struct buf *out, size_t *column,
    struct error *err);

#endif
