/*
 * Which fields do not leave with the message: Bcc and Resent-Bcc; Return-Path,
 * which the last server adds (RFC 5321 section 4.4); and empty ones.
 */
#ifndef FIXUP_FIELD_REMOVAL_H
#define FIXUP_FIELD_REMOVAL_H

#include <stdbool.h>

#include "message/plan.h"

struct field_removal {
	bool drops_bcc;	  /* the setting remove-bcc */
	bool drops_empty; /* address fields without an address */
	/* An empty Date or Message-ID too: a new one will be added. */
	bool drops_completed;
};

/* True: the field is dropped, and the plan has a note of it. */
bool field_removal_drops(const struct field_removal *removal,
    const struct field *field, struct plan *plan);

#endif
