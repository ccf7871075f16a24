/*
 * Encodes the value of a field so that it has no octets above 127: words become
 * encoded words (RFC 2047), the parameters of Content-Type and
 * Content-Disposition are encoded by RFC 2231, domains become A-labels (RFC
 * 5890), and other octets become %XX. Encoded words in a value are kept even
 * where RFC 2047 does not allow them, because every reader decodes them there.
 */
#ifndef FIXUP_FIELD_ENCODING_H
#define FIXUP_FIELD_ENCODING_H

#include <stdbool.h>

#include "base/buf.h"
#include "fixup/field_kind.h"
#include "message/header.h"

/*
 * Adds the body of the field, encoded as its syntax allows; words and values
 * that are too long for a line are also encoded. Octets above 127 in an
 * address, a boundary or a Content-ID stay. True if it has changed.
 */
bool field_encoding_add(
    struct buf *out, const struct field *field, enum field_syntax syntax);

#endif
