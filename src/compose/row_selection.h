/*
 * The rows of a table that are used, by number: "1-3", "5", "2-", "-4", and
 * several of these with commas between them.
 */
#ifndef COMPOSE_ROW_SELECTION_H
#define COMPOSE_ROW_SELECTION_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

#define ROW_SELECTION_RANGES_MAX 100

struct row_range {
	size_t first, last; /* inclusive */
};

/* All zero: every row. */
struct row_selection {
	struct row_range ranges[ROW_SELECTION_RANGES_MAX];
	size_t count;
};

/* False with ERROR_USAGE. */
bool row_selection_parse(
    struct row_selection *selection, const char *text, struct error *err);
bool row_selection_has(const struct row_selection *selection, size_t number);

#endif
