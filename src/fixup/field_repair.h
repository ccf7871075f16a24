/*
 * One field of a header made fit for every server: octets beyond ASCII become
 * RFC 2047 words, or RFC 2231 parameters, where those may stand, and %XX
 * elsewhere; those of an address, a boundary or a Content-ID stay. A line over
 * 998 octets is folded at blanks, or where a blank may be put, and one without
 * such a place stays as it is. What the field means stays the same.
 */
#ifndef FIXUP_FIELD_REPAIR_H
#define FIXUP_FIELD_REPAIR_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/text.h"
#include "message/header.h"

/* A repaired field is no longer than this. */
#define FIELD_TEXT_MAX ((size_t)32 * 1024 * 1024)

/* Whether a field, or a header of CRLF lines, needs it. */
bool field_repair_is_needed(struct span whole);
bool field_repair_has_long_line(struct span whole);
/*
 * Whether a field of this name is sent with a line that is too long and cannot
 * be folded. Not an address or the message's identifier: none is as long.
 */
bool field_repair_may_be_long(struct span name);
/*
 * Adds the whole field, repaired as far as can be (look again at the result);
 * true if it is another one now. `out` is full where it would be too long.
 */
bool field_repair(const struct field *field, struct buf *out);

#endif
