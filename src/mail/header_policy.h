/*
 * What the profile wants of the address fields (From, Sender, Reply-To, To,
 * Cc, Bcc and their Resent- forms): bare names get their domain or what an
 * alias says, and an originator that is not the user's own is replaced. A
 * field that cannot be read, or for which nothing better is known, passes as
 * it came: no mail is lost for its header.
 */
#ifndef MAIL_HEADER_POLICY_H
#define MAIL_HEADER_POLICY_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/error.h"
#include "mail/alias.h"
#include "mail/header.h"

struct header_policy {
	/* Given; all of it borrowed: */
	const char *domain;	  /* for bare names; NULL: they stay bare */
	struct aliases *aliases;  /* NULL: none */
	const char *reverse_path; /* for a Sender that must be made; or "" */
	bool replaces;		  /* a foreign From and Sender, by: */
	const char *sender;	  /* NULL: none is known */
	char *const *match; /* globs of the addresses that are not foreign */
	size_t match_count;
	bool keeps_original_from; /* in X-Original-From too */
	/* Found on the way: */
	bool has_sender, has_reply_to, has_original_from;
	bool has_from, wants_sender; /* From is not one mailbox alone */
	char *first_from; /* its path; NULL: none */
	struct buf original_from; /* what was replaced; ASCII */
	bool original_is_bare;
	/* What could not be done, a line each, for plan.notes. */
	struct buf notes;
};

enum field_change {
	FIELD_UNCHANGED,
	FIELD_CHANGED, /* `out` holds the whole new field with its CRLF */
};

/*
 * Every field of the header section in its order; `out` is empty before, and
 * after FIELD_UNCHANGED. *err is set (ERROR_CONFIG) only where a From or Sender
 * must be replaced and no sender is known.
 */
enum field_change header_policy_field(struct header_policy *policy,
    const struct field *field, struct buf *out, struct error *err);
/*
 * After the last field: adds those that are wanting (Sender, Reply-To,
 * X-Original-From) as CRLF lines. ERROR_DATA: no room.
 */
bool header_policy_add(struct header_policy *policy, struct buf *added,
    struct error *err);
/* Whether an address is neither the sender's nor matched by a glob. */
bool header_policy_is_foreign(
    const struct header_policy *policy, struct span address);
void header_policy_free(struct header_policy *policy);

#endif
