/*
 * What a field's name says about it: one row has the syntax of its value, its
 * role in the header policy, and how often it may occur in a header.
 */
#ifndef FIXUP_FIELD_KIND_H
#define FIXUP_FIELD_KIND_H

#include <stdbool.h>

#include "base/text.h"

/* Where encoded words are allowed in the value, and what must not change. */
enum field_syntax {
	SYNTAX_TEXT,	   /* anywhere */
	SYNTAX_ADDRESSES,  /* in display names and comments */
	SYNTAX_PHRASES,	   /* in phrases next to identifiers, and in comments */
	SYNTAX_PARAMETERS, /* in parameters, in the form of RFC 2231 */
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
	ROLE_OTHER, /* only completes bare names */
	ROLE_RE_FROM,
	ROLE_RE_SENDER,
	ROLE_ORIGINAL, /* X-Original-From */
};

/* How often a header may have it (RFC 5322 section 3.6, RFC 2045). */
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

/* The row of a field, by its name, ignoring case. */
const struct field_kind *field_kind_of(struct span name);
/* Whether a field of this name is a list of addresses. */
bool field_kind_has_addresses(struct span name);

#endif
