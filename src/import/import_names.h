/* A list of names for one comment. */
#ifndef IMPORT_IMPORT_NAMES_H
#define IMPORT_IMPORT_NAMES_H

#include "base/buf.h"
#include "base/text.h"

/*
 * Adds a name to the list, unless it is the last one there already. The list
 * begins as all zero; after 4000 octets "..." ends it.
 */
void import_names_add(struct buf *list, struct span name);

#endif
