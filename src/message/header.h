/*
 * A header section as a row of fields (RFC 5322 section 2.2), in the form in
 * which message.h holds it: every line ended by CRLF.
 */
#ifndef MESSAGE_HEADER_H
#define MESSAGE_HEADER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/text.h"

#define HEADER_MAX ((size_t)16 * 1024 * 1024) /* octets of a section */
/* With its colon and blanks: it must fit into a line (section 2.1.1). */
#define HEADER_NAME_MAX ((size_t)998)

struct field {
	struct span name;  /* without blanks before the colon */
	struct span body;  /* behind the colon; folded, last CRLF off */
	struct span whole; /* with the last CRLF */
};

/* What makes the lines at the beginning of a message its header. */
enum header_rule {
	HEADER_BY_FORM, /* they look like fields */
	/* One of them has a known name, too, and a value that fits it: else
	   they are text, or refused if they name recipients. */
	HEADER_BY_NAME,
	HEADER_REQUIRED, /* the same, but no header is ERROR_DATA */
};

/* Takes the next field out of *rest; false at the end. */
bool header_next(struct span *rest, struct field *field);
/* The first field of that name, case-blind. */
bool header_find(struct span header, struct span name, struct field *field);
/*
 * Whether a line (without its end) opens a field: name, blanks, colon. Only
 * HEADER_NAME_MAX octets matter.
 */
bool header_line_is_field(struct span line);
/* Whether it is the envelope line of a mailbox file, "From " or ">From ". */
bool header_line_is_mbox(struct span line);
/* The name, masked and not too long, for a sentence; caller frees. */
char *header_shown_name(struct span name);
/* Whether a field says that the message is signed: DKIM, DomainKeys, ARC. */
bool header_is_signed(struct span header);

#endif
