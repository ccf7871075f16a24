/*
 * Distinguishes a header from text that looks like one, because programs print
 * lines such as "ERROR: disk full". A header has at least one field with a
 * known name (from RFC 5322, the IANA registry of mail fields, or wide use) and
 * a value that fits this name.
 */
#ifndef MESSAGE_KNOWN_FIELDS_H
#define MESSAGE_KNOWN_FIELDS_H

#include <stdbool.h>

#include "message/header.h"

/* Whether a header section has such a field. */
bool known_fields_fit(struct span header);
/* Whether the value of a field fits its name; true for unknown names. */
bool known_fields_value_fits(const struct field *field);
/*
 * Whether a header section has To, Cc, Bcc or a Resent- field. If so, *name is
 * the name of the first one, as written there.
 */
bool known_fields_of_recipients(struct span header, struct span *name);
/*
 * Whether a line after the end of a header was surely meant as one of its
 * fields: a Bcc, which the recipients must not see, or, if recipients are read
 * from the header, any field that names recipients.
 */
bool known_fields_line_is_lost(struct span line, bool are_recipients_read);

#endif
