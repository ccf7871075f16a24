/*
 * Fills the envelope from address lists (operands, files, header fields): each
 * mailbox once, each path in wire form, local names replaced by their aliases.
 * A list that is malformed or ambiguous is refused with ERROR_DATA.
 */
#ifndef ENVELOPE_RECIPIENTS_H
#define ENVELOPE_RECIPIENTS_H

#include <stdbool.h>

#include "address/alias.h"
#include "base/text.h"
#include "envelope/envelope.h"

struct recipients {
	struct envelope *envelope; /* borrowed */
	struct envelope_index index;
	const char *domain;	 /* for bare names; borrowed; NULL: none */
	struct aliases *aliases; /* borrowed; NULL: no aliases */
	struct alias_walk walk;
	/* An address list that replaces local names without an alias. */
	struct span local; /* borrowed; empty: nothing is replaced */
	bool local_is_added;
	struct buf *notes; /* about odd domains; borrowed; may be NULL */
};

/* Frees the index; the envelope stays. */
void recipients_free(struct recipients *recipients);
/* Adds the mailbox, or the mailboxes that its alias leads to. */
bool recipients_add_mailbox(struct recipients *recipients,
    const struct mailbox *mailbox, struct error *err);
/* Adds an address list: one operand, or one line of a file. */
bool recipients_add_list(
    struct recipients *recipients, struct span text, struct error *err);
/*
 * Adds one address list from each line; empty lines and lines that begin with
 * "#" are skipped. Lines end in LF with any number of CRs before it, or in CR
 * if the text has no LF.
 */
bool recipients_add_lines(
    struct recipients *recipients, struct span text, struct error *err);
/*
 * Adds To, Cc and Bcc of a header section; if it has Resent- fields, instead
 * Resent-To, Resent-Cc and Resent-Bcc of the newest block (message/header.h).
 */
bool recipients_add_header(
    struct recipients *recipients, struct span header, struct error *err);

#endif
