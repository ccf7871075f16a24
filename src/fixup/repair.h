/*
 * Repair of what a message says of its body, and of the body itself: text
 * beyond ASCII that is not declared is, what a server cannot carry is encoded
 * leaf by leaf. Never below a signature.
 */
#ifndef FIXUP_REPAIR_H
#define FIXUP_REPAIR_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/error.h"
#include "message/document_charset.h"
#include "message/encoder.h"
#include "message/header.h"
#include "message/message.h"
#include "message/mime.h"
#include "message/plan.h"

/*
 * Adds to the plan what its content needs: for a server that takes 8-bit
 * content, or (seven_bit) for one that does not. What cannot be repaired is
 * left, and the plan's obstacle says why. Error: ERROR_TEMPORARY when the
 * source of the message has changed.
 */
bool repair_content(struct plan *plan, const struct message *message,
    bool seven_bit, struct error *err);
/* Whether a signature forbids any change. */
bool repair_is_forbidden(const struct message *message);

/*
 * What is to be done about one entity of a message, and its fields written
 * anew for it.
 */
struct verdict {
	bool is_encoded; /* the body, in this way: */
	enum encoding encoding;
	bool is_dropped; /* the body of a filler */
	/* New values; NULL, "": the old ones stay. */
	const char *coding;
	char charset[CHARSET_NAME_MAX + 1];
	bool makes_text;      /* Content-Type becomes text/plain */
	const char *obstacle; /* why what must be done cannot; NULL: it can */
	const char *reason;   /* why it is encoded; NULL: it is not */
};

/* `seven_bit`: the server takes no octets above 127. */
struct verdict verdict_on(const struct mime_entity *entity, bool seven_bit);
/* Whether the fields of Content-Type and the like change. */
bool verdict_changes_fields(const struct verdict *verdict);

/* The fields of one header as they pass. */
struct verdict_fields {
	struct verdict verdict;
	bool type_is_passed, coding_is_passed;
};

/* True: it is one of those fields, and `out` has what becomes of it. */
bool verdict_on_field(
    struct verdict_fields *fields, const struct field *field, struct buf *out);
/* Behind the last field: those that are missing. */
void verdict_add_missing(const struct verdict_fields *fields,
    const struct mime_entity *entity, bool with_version, struct buf *out);

#endif
