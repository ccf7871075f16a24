/*
 * Tells a header from text that looks like one: programs print lines such as
 * "ERROR: disk full". A header has a field whose name is known (RFC 5322, the
 * IANA registry of mail fields, and some that are in wide use) and whose value
 * fits that name.
 */
#ifndef MESSAGE_KNOWN_FIELDS_H
#define MESSAGE_KNOWN_FIELDS_H

#include <stdbool.h>

#include "base/text.h"
#include "message/header.h"

/* Whether a header section (header.h) has such a field. */
bool known_fields_fit(struct span header);
/* Whether one field does; true where its name is not known. */
bool known_fields_value_fits(const struct field *field);
/*
 * Whether it names recipients, or a Resent- field. *name is the first of these
 * names, as it was written.
 */
bool known_fields_of_recipients(struct span header, struct span *name);
/*
 * Whether a line behind the end of a header must have been meant as a field of
 * it: a Bcc, which nobody may read, or where recipients are read from the
 * header, a field that names some.
 */
bool known_fields_line_is_lost(struct span line, bool are_recipients_read);

#endif
