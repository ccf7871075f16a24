/*
 * A header section as a row of fields (RFC 5322 section 2.2), in the form in
 * which message.h holds it: every line ended by CRLF.
 */
#ifndef MAIL_HEADER_H
#define MAIL_HEADER_H

#include <stdbool.h>

#include "base/text.h"

struct field {
	struct span name;  /* without blanks before the colon */
	struct span body;  /* behind the colon; folded, last CRLF off */
	struct span whole; /* with the last CRLF */
};

/* Takes the next field out of *rest; false at the end. */
bool header_next(struct span *rest, struct field *field);
/* The first field of that name, case-blind. */
bool header_find(struct span header, struct span name, struct field *field);
/* Whether a line (without its end) opens a field: name, blanks, colon. */
bool header_line_is_field(struct span line);

#endif
