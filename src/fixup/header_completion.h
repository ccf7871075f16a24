/*
 * The fields that a message must have (RFC 5322 section 3.6) and that are
 * added where they are missing: From, Date and Message-ID; Resent-Date and
 * Resent-Message-ID in the newest block of Resent- fields.
 */
#ifndef FIXUP_HEADER_COMPLETION_H
#define FIXUP_HEADER_COMPLETION_H

#include <stdbool.h>
#include <time.h>

#include "message/plan.h"

/* What the new fields say; all of it borrowed. */
struct header_completion {
	const char *from_path; /* NULL or "": a missing From is not added */
	const char *from_name; /* its display name, UTF-8; NULL: none */
	const char *id_domain; /* behind the "@" of a new Message-ID; NULL or
				  "": localhost */
	time_t now;
};

/* The fields that the message has already. */
struct header_found {
	bool from, date, message_id;
};

/*
 * Notes a field that leaves with the message. The plan gets the first
 * Message-ID, for the report and the log.
 */
void header_completion_see(
    struct header_found *found, const struct field *field, struct plan *plan);
/*
 * After the last field: adds what is missing to plan->added, and what the
 * newest Resent- block (header.h; empty: none) lacks to `resent`. ERROR_DATA:
 * a control character in a value, or no room; ERROR_OS: no random numbers.
 */
bool header_completion_add(const struct header_completion *completion,
    const struct header_found *found, struct span block, struct plan *plan,
    struct buf *resent, struct error *err);

#endif
