/*
 * A file with its type and name in one text, as the values of curl's option -F:
 * FILE;type=TYPE;name=NAME. A word may be put between double quotes, in which a
 * backslash before a quote or a backslash makes that part of the word.
 */
#ifndef COMPOSE_FILE_SPEC_H
#define COMPOSE_FILE_SPEC_H

#include <stdbool.h>

#include "base/error.h"
#include "compose/part.h"

/*
 * Sets file, type, name and, if `has_id`, id of a part; the caller frees it in
 * any case. False, with ERROR_USAGE, if the text cannot be read, or if standard
 * input has no name; `what` is where the text stands, such as an option.
 */
bool file_spec_parse(struct part *part, const char *spec, const char *what,
    bool has_id, struct error *err);

#endif
