/*
 * A composition with placeholders. Its texts are read and parsed once, however
 * many rows are filled in; the files that it attaches are opened for each row.
 */
#ifndef COMPOSE_COMPOSITION_TEMPLATE_H
#define COMPOSE_COMPOSITION_TEMPLATE_H

#include "compose/composition.h"
#include "compose/template.h"

struct composition_template; /* opaque */

/*
 * Reads and parses the texts of a composition, which must live as long as the
 * template. `table` is the path of the table: a file name with placeholders is
 * relative to its folder, and must stay below the folder in front of the first
 * placeholder. NULL on failure: the errors of part_read, and ERROR_DATA if a
 * text is larger than 16 MiB or a placeholder cannot be used.
 */
struct composition_template *composition_template_new(
    const struct composition *composition, const struct table_columns *columns,
    const char *table, struct error *err);
void composition_template_free(struct composition_template *template);
/* Adds all its texts, to compare it with another template. */
void composition_template_add_text(
    const struct composition_template *template, struct buf *out);
/* Counts the placeholders of each column: cells[] has a number for each. */
void composition_template_count(
    const struct composition_template *template, size_t *cells);
/*
 * Fills an empty composition, which the caller frees in any case. Its texts are
 * borrowed from the template until the next call. False with ERROR_DATA;
 * *column is then that of the cell, or SIZE_MAX.
 */
bool composition_template_fill(struct composition_template *template,
    const struct table_row *row, struct composition *out, size_t *column,
    struct error *err);

#endif
