/*
 * Reads the fields of a header section (RFC 5322 section 2.2), one after the
 * other. All its lines must end in CRLF, as message_header returns them.
 */
#ifndef MESSAGE_HEADER_H
#define MESSAGE_HEADER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/text.h"

#define HEADER_MAX ((size_t)16 * 1024 * 1024) /* octets of a header section */
/* Octets of a name with its colon, which must fit into a line (2.1.1). */
#define HEADER_NAME_MAX ((size_t)998)

struct field {
	struct span name;  /* without blanks before the colon */
	struct span body;  /* after the colon; folded, without the last CRLF */
	struct span whole; /* all lines, with the last CRLF */
};

/* When the first lines of a message are its header. */
enum header_rule {
	HEADER_BY_FORM, /* when they look like fields */
	/*
	 * When, in addition, one of them has a known name and a value that fits
	 * it. Otherwise they are text, or ERROR_DATA if they name recipients.
	 */
	HEADER_BY_NAME,
	HEADER_REQUIRED, /* the same, but a missing header is ERROR_DATA */
};

/*
 * Takes the next field from *rest; false at the end. A line that is not a field
 * gets an empty name.
 */
bool header_next(struct span *rest, struct field *field);
/* Finds the first field of that name, ignoring case; false if there is none. */
bool header_find(struct span header, struct span name, struct field *field);
/*
 * Whether a line begins a field: with a name, optional blanks and a colon. Only
 * its first HEADER_NAME_MAX octets are read.
 */
bool header_line_is_field(struct span line);
/* Whether it is the envelope line of a mailbox file, "From " or ">From ". */
bool header_line_is_mbox(struct span line);
/*
 * The newest block of Resent- fields (RFC 5322 section 3.6.6), from its first
 * field to its last; other fields may be between them. Each time a message is
 * resent, a block is added in front of the others, so the first one is the
 * newest. It has each Resent- field at most once. Empty if the message was
 * never resent.
 */
struct span header_newest_resent(struct span header);
/* Whether a field, taken from the same header section, is in that block. */
bool header_block_has(struct span block, struct span field);
/* A name for a sentence, masked and cut after 64 octets; caller frees. */
char *header_shown_name(struct span name);
/* Whether the section has a signature: DKIM, DomainKeys or ARC. */
bool header_is_signed(struct span header);

#endif
