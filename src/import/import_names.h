/* A list of names for one comment, of things that smtpost does not need. */
#ifndef IMPORT_IMPORT_NAMES_H
#define IMPORT_IMPORT_NAMES_H

#include "base/buf.h"
#include "base/text.h"

/*
 * Adds a name to the list, which begins as all zero; not if it is the last one
 * already. After 4000 octets "..." ends the list.
 */
void import_names_add(struct buf *list, struct span name);

#endif
