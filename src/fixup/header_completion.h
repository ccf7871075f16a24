/*
 * Adds the fields that a message must have (RFC 5322 section 3.6) if they are
 * missing: From, Date and Message-ID; Resent-Date and Resent-Message-ID in the
 * newest block of Resent- fields.
 */
#ifndef FIXUP_HEADER_COMPLETION_H
#define FIXUP_HEADER_COMPLETION_H

#include <stdbool.h>
#include <time.h>

#include "message/plan.h"

/* The values of the new fields; all borrowed. */
struct header_completion {
	const char *from_path; /* NULL or "": a missing From is not added */
	const char *from_name; /* its display name, UTF-8; NULL: none */
	const char *id_domain; /* after the "@" of a new Message-ID; NULL or "":
				  localhost */
	time_t now;
};

/* The fields that the message already has. */
struct header_found {
	bool from, date, message_id;
};

/*
 * Notes a field that will be sent. The first Message-ID is stored in the plan,
 * for the report and the log.
 */
void header_completion_see(
    struct header_found *found, const struct field *field, struct plan *plan);
/*
 * After the last field: adds missing fields to plan->added, and those that the
 * newest Resent- block lacks (header.h; empty: no block) to `resent`.
 * ERROR_DATA for a control character in a value, or if a value is too long;
 * ERROR_OS if there are no random numbers.
 */
bool header_completion_add(const struct header_completion *completion,
    const struct header_found *found, struct span block, struct plan *plan,
    struct buf *resent, struct error *err);

#endif
