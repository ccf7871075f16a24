/*
 * The words of a field's value, with those that are not ASCII made encoded
 * words (RFC 2047) and those that are encoded words already kept or mended.
 */
#ifndef FIXUP_FIELD_WORDS_H
#define FIXUP_FIELD_WORDS_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/text.h"

/* Adds a value of words and blanks, any of which may be encoded. */
bool field_words_add_text(struct buf *out, struct span body);
/*
 * Adds a list of addresses, or another value with comments: phrases and
 * comments may be encoded, domains become A-labels (RFC 5890).
 * `only_comments`: nothing but comments is changed. Both functions return
 * whether what they added differs from the value; where this one returns
 * false, what it added is not to be used.
 */
bool field_words_add_structured(
    struct buf *out, struct span body, bool only_comments);

#endif
