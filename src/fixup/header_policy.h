/*
 * What the profile wants of the address fields (From, Sender, Reply-To, To,
 * Cc, Bcc and their Resent- forms): bare names get their domain or what an
 * alias says, and an originator that is not the user's own is replaced. In a
 * message that is sent again that is the newest block's Resent-From and
 * Resent-Sender; its From and Sender are history. Any other field that cannot
 * be read, or for which nothing better is known, passes as it came: no mail is
 * lost for its header.
 */
#ifndef FIXUP_HEADER_POLICY_H
#define FIXUP_HEADER_POLICY_H

#include <stdbool.h>
#include <stddef.h>

#include "address/alias.h"
#include "base/buf.h"
#include "base/error.h"
#include "message/header.h"

struct header_policy {
	/* Given; all of it borrowed: */
	const char *domain;	  /* for bare names; NULL: they stay bare */
	struct aliases *aliases;  /* NULL: none */
	const char *reverse_path; /* for a Sender that must be made; or "" */
	const char *from_path;	  /* for an empty From; NULL: reverse_path */
	const char *name;   /* for an empty or replaced From; NULL: none */
	bool replaces;	    /* a foreign From and Sender, by: */
	const char *sender; /* NULL: none is known */
	char *const *match; /* globs of the addresses that are not foreign */
	size_t match_count;
	bool keeps_original_from; /* in X-Original-From too */
	struct span resent; /* the newest block of the header (resent.h) */
	/* Found on the way: */
	bool has_sender, has_reply_to, has_original_from;
	bool has_from, wants_sender; /* From is not one mailbox alone */
	bool has_second_from;
	char *first_from;	  /* its path; NULL: none */
	struct buf original_from; /* what was replaced; ASCII */
	bool original_is_bare;
	bool original_is_kept; /* in X-Original-From already */
	/* What could not be done, a line each, for plan.notes. */
	struct buf notes;
};

enum field_change {
	FIELD_UNCHANGED,
	FIELD_CHANGED, /* `out` has what is to leave: whole fields with CRLF */
	FIELD_DROPPED,
};

/*
 * Every field of the header section in its order; `out` is empty before, and
 * afterwards except for FIELD_CHANGED. *err is set (ERROR_CONFIG) only where a
 * From or Sender must be replaced and no sender is known.
 */
enum field_change header_policy_field(struct header_policy *policy,
    const struct field *field, struct buf *out, struct error *err);
/*
 * After the last field: adds those that are wanting (Sender, Reply-To,
 * X-Original-From) as CRLF lines, those of the newest Resent- block to
 * `resent`. ERROR_DATA: no room.
 */
bool header_policy_add(struct header_policy *policy, struct buf *added,
    struct buf *resent, struct error *err);
/* Whether an address is neither the sender's nor matched by a glob. */
bool header_policy_is_foreign(
    const struct header_policy *policy, struct span address);
void header_policy_free(struct header_policy *policy);

#endif
