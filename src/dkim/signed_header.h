/*
 * The header fields that a DKIM signature covers (RFC 6376 sections 3.4.2, 3.7
 * and 5.4): which they are, and their canonical form "relaxed".
 */
#ifndef DKIM_SIGNED_HEADER_H
#define DKIM_SIGNED_HEADER_H

#include <stdbool.h>

#include "base/buf.h"

#define SIGNED_HEADER_NAMES_MAX ((size_t)64 * 1024)

/*
 * From the header section of a message, adds to `names` the list of signed
 * fields with colons between them, for the tag h, and to `text` those fields in
 * canonical form, in that order.
 *
 * Instances of a name are taken from the bottom up. Names that must not occur
 * once more, such as From, are listed once more than they occur, so that a
 * field added later breaks the signature. False: the list is longer than
 * SIGNED_HEADER_NAMES_MAX.
 */
bool signed_header_make(
    struct span header, struct buf *names, struct buf *text);
/*
 * Adds one field, "NAME: BODY" with or without a line end, in canonical form
 * without a line end. (Also for tests.)
 */
void signed_header_add_relaxed(struct span field, struct buf *out);

#endif
