/*
 * What is known of a field by its name: one row says what syntax its value
 * has, what the header policy does with it, and how often it may stand in a
 * header.
 */
#ifndef FIXUP_FIELD_KIND_H
#define FIXUP_FIELD_KIND_H

#include <stdbool.h>

#include "base/text.h"

/* Where in the value encoded words may stand, and what must not change. */
enum field_syntax {
	SYNTAX_TEXT,	   /* anywhere */
	SYNTAX_ADDRESSES,  /* in display names and comments */
	SYNTAX_PHRASES,	   /* in phrases beside identifiers, and comments */
	SYNTAX_PARAMETERS, /* in parameters, as RFC 2231 has it */
	SYNTAX_TOKENS,	   /* in comments */
	SYNTAX_MESSAGE_ID, /* in comments; it must fit into a line */
	SYNTAX_CONTENT_ID, /* in comments; other parts refer to the value */
};

/* What header_policy.c does with the field. */
enum field_role {
	ROLE_NONE,
	ROLE_FROM,
	ROLE_SENDER,
	ROLE_REPLY_TO,
	ROLE_OTHER, /* bare names get their domain, and no more */
	ROLE_RE_FROM,
	ROLE_RE_SENDER,
	ROLE_ORIGINAL, /* X-Original-From */
};

/* How many a header may have (RFC 5322 section 3.6, RFC 2045). */
enum field_count {
	MANY,
	SINGLE,
	NEEDED, /* exactly one */
};

struct field_kind {
	const char *name;
	enum field_syntax syntax;
	enum field_role role;
	enum field_count count;
};

#define FIELD_KIND_COUNT 46

/* The last row has no name and stands for all other fields. */
extern const struct field_kind field_kinds[FIELD_KIND_COUNT];

/* The row of a field, by its name without case. */
const struct field_kind *field_kind_of(struct span name);
/* Whether a field of this name is a list of addresses. */
bool field_kind_has_addresses(struct span name);

#endif
