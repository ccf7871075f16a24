/*
 * Decides which fields are not sent: Bcc and Resent-Bcc; Return-Path, which the
 * last server adds (RFC 5321 section 4.4); and empty fields.
 */
#ifndef FIXUP_FIELD_REMOVAL_H
#define FIXUP_FIELD_REMOVAL_H

#include <stdbool.h>

#include "message/plan.h"

struct field_removal {
	bool drops_bcc;	  /* the setting remove-bcc */
	bool drops_empty; /* address fields without an address */
	/* Also an empty Date or Message-ID, because a new one will be added. */
	bool drops_completed;
};

/* True if the field must be dropped; the plan then has a note about it. */
bool field_removal_drops(const struct field_removal *removal,
    const struct field *field, struct plan *plan);

#endif
