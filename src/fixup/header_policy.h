/*
 * The setting header-policy, applied to the address fields From, Sender,
 * Reply-To, To, Cc, Bcc and their Resent- forms. Bare names get a domain or the
 * mailbox of their alias; an originator that is not an address of the user is
 * replaced. In a message that is resent, the originators are the Resent-From
 * and Resent-Sender of the newest block, and From and Sender stay. Any other
 * field that cannot be read stays unchanged, because no mail should be lost
 * because of its header.
 */
#ifndef FIXUP_HEADER_POLICY_H
#define FIXUP_HEADER_POLICY_H

#include <stdbool.h>
#include <stddef.h>

#include "address/alias.h"
#include "message/header.h"

struct header_policy {
	/* Set by the caller; all borrowed: */
	const char *domain;	  /* for bare names; NULL: they stay bare */
	struct aliases *aliases;  /* NULL: none */
	const char *reverse_path; /* for a new Sender; may be "" */
	const char *from_path;	  /* for an empty From; NULL: reverse_path */
	const char *name;   /* for an empty or replaced From; NULL: none */
	bool replaces;	    /* replace a foreign From or Sender by: */
	const char *sender; /* NULL: not set */
	char *const *match; /* globs of addresses that are not foreign */
	size_t match_count;
	bool keeps_original_from; /* a replaced From in X-Original-From */
	struct span resent; /* the newest block of the header (header.h) */
	/* All zero to begin with; found in the fields: */
	bool has_sender, has_reply_to, has_original_from;
	bool has_from;
	bool wants_sender; /* From is more than one plain mailbox */
	bool has_second_from;
	char *first_from;	  /* path of its first mailbox; NULL: none */
	struct buf original_from; /* the replaced addresses; ASCII */
	bool original_is_bare;	  /* one has no domain */
	bool original_is_kept;	  /* already in X-Original-From */
	/* Changes and failures, one line each, for plan.notes. */
	struct buf notes;
};

enum field_change {
	FIELD_UNCHANGED,
	FIELD_CHANGED, /* `out` has the fields to send, with CRLF */
	FIELD_DROPPED,
	FIELD_REFUSED, /* ERROR_CONFIG: no sender is set to replace it */
};

/*
 * Applies the policy to one field; the caller passes each field of the header
 * section, in order. `out` must be empty, and stays empty except for
 * FIELD_CHANGED. *err is set for FIELD_REFUSED only.
 */
enum field_change header_policy_field(struct header_policy *policy,
    const struct field *field, struct buf *out, struct error *err);
/*
 * After the last field: adds missing Sender, Reply-To and X-Original-From
 * fields to `added`, and a missing Resent-Sender to `resent`. ERROR_DATA if
 * they are too long.
 */
bool header_policy_add(struct header_policy *policy, struct buf *added,
    struct buf *resent, struct error *err);
/* Whether an address is neither the sender nor matched by a glob. */
bool header_policy_is_foreign(
    const struct header_policy *policy, struct span address);
/* Frees the results; the borrowed values stay. */
void header_policy_free(struct header_policy *policy);

#endif
