/*
 * Makes one field of a header acceptable to every server, without changing its
 * meaning. Octets above 127 become encoded words (RFC 2047) or parameters (RFC
 * 2231) where the field's syntax allows them, and %XX elsewhere; those in an
 * address, a boundary or a Content-ID stay. Lines over 998 octets are folded at
 * blanks, or where a blank may be added; a line without such a place stays.
 */
#ifndef FIXUP_FIELD_REPAIR_H
#define FIXUP_FIELD_REPAIR_H

#include <stdbool.h>

#include "base/buf.h"
#include "message/header.h"

/* The maximum length of a repaired field, in octets. */
#define FIELD_TEXT_MAX ((size_t)32 * 1024 * 1024)

/*
 * Whether a field, or a header of CRLF lines, is not ASCII or has a long line.
 */
bool field_repair_is_needed(struct span whole);
/* Whether a line has more than 998 octets, CRLF not counted. */
bool field_repair_has_long_line(struct span whole);
/*
 * Whether a field of this name may be sent with a long line that cannot be
 * folded. False for addresses and Message-IDs: no valid one is that long.
 */
bool field_repair_may_be_long(struct span name);
/*
 * Adds the field, repaired as far as possible: the caller must check the result
 * with field_repair_is_needed. True if it has changed. `out` is full if the
 * result would be longer than FIELD_TEXT_MAX.
 */
bool field_repair(const struct field *field, struct buf *out);
/*
 * The same for a field that is made here: it is also folded where a line has
 * more than 78 octets.
 */
void field_repair_new(const struct field *field, struct buf *out);

#endif
