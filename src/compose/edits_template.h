/*
 * Edits of a header with placeholders in the values of the fields. An address
 * field is an address template; in any other field a cell is text.
 */
#ifndef COMPOSE_EDITS_TEMPLATE_H
#define COMPOSE_EDITS_TEMPLATE_H

#include "compose/template.h"
#include "message/header_edit.h"

struct edits_template; /* opaque */

/*
 * Parses edits, which must live as long as the template. NULL with ERROR_DATA.
 * The caller frees it.
 */
struct edits_template *edits_template_new(const struct header_edits *edits,
    const struct table_columns *columns, struct error *err);
void edits_template_free(struct edits_template *template);
/* Adds all its texts, to compare it with another template. */
void edits_template_add_text(
    const struct edits_template *template, struct buf *out);
/* Counts the placeholders of each column: cells[] has a number for each. */
void edits_template_count(const struct edits_template *template, size_t *cells);
/*
 * Adds the edits of a row; a field whose value is empty is left out. The caller
 * frees them in any case. False with ERROR_DATA; *column is that of the cell.
 */
bool edits_template_fill(const struct edits_template *template,
    const struct table_row *row, struct header_edits *out, size_t *column,
    struct error *err);

#endif
