/*
 * Makes the plan of a message (plan.h), with the changes that RFC 6409 section
 * 8 allows, before the first connection. Each field goes through field removal,
 * header policy, originator check and repair, in this order; then missing
 * fields are added, and the body is repaired.
 */
#ifndef FIXUP_FIXUP_H
#define FIXUP_FIXUP_H

#include <stdbool.h>

#include "fixup/header_completion.h"

struct extra_fields;
struct header_policy;
struct originator_check;

/* All pointers are borrowed. */
struct fixup {
	const struct header_completion *completion; /* NULL: nothing is added */
	struct header_policy *policy;		    /* NULL: none */
	struct originator_check *originators;	    /* NULL: no check */
	const struct extra_fields *extra;	    /* NULL: none */
	bool remove_bcc;
	bool repair;
};

/*
 * Makes the plan for a server that accepts 8-bit content; the caller frees it
 * with plan_free. On failure the plan is empty, and the error is ERROR_DATA,
 * ERROR_CONFIG (header_policy.h), ERROR_OS if there are no random numbers, or
 * ERROR_TEMPORARY if the source file of the message has changed.
 */
bool fixup_plan(struct plan *plan, const struct message *message,
    const struct fixup *fixup, struct error *err);
/*
 * Makes the plan for a server without 8BITMIME from the plan of fixup_plan:
 * header changes are kept, the content is planned again. ERROR_DATA with the
 * reason if octets above 127 would be left.
 */
bool fixup_plan_seven_bit(struct plan *plan, const struct plan *from,
    const struct message *message, struct error *err);
/*
 * Makes the plan for a server with SMTPUTF8, for a message with an address that
 * needs it: fields in UTF-8 stay unchanged, because RFC 6532 section 3.6
 * discourages encoded words there. With seven_bit the body has no octets above
 * 127, as far as it can be encoded.
 */
bool fixup_plan_utf8(struct plan *plan, const struct plan *from,
    const struct message *message, bool seven_bit, struct error *err);
/* Whether fixup_plan_utf8 would make a different plan. */
bool fixup_has_words(const struct plan *plan);

#endif
