/*
 * From words and header fields to the envelope: every mailbox once, every
 * path in wire form, local names through the aliases. What is unclear is
 * refused; nothing is guessed.
 */
#ifndef ENVELOPE_RECIPIENTS_H
#define ENVELOPE_RECIPIENTS_H

#include <stdbool.h>

#include "address/alias.h"
#include "base/error.h"
#include "base/text.h"
#include "envelope/envelope.h"

struct recipients {
	struct envelope *envelope; /* borrowed */
	struct envelope_index index;
	const char *domain;	 /* for bare names; NULL: none; borrowed */
	struct aliases *aliases; /* NULL: no name is looked up; borrowed */
	struct alias_walk walk;
	/* Who gets what local names get that have no alias: an address list. */
	struct span local; /* borrowed; empty: nobody else */
	bool local_is_added;
	struct buf *notes; /* what is odd about them; borrowed; or NULL */
};

void recipients_free(struct recipients *recipients);
bool recipients_add_mailbox(struct recipients *recipients,
    const struct mailbox *mailbox, struct error *err);
/* An address list, as in one operand or one line of a file. */
bool recipients_add_list(
    struct recipients *recipients, struct span text, struct error *err);
/*
 * One list a line; empty lines and lines that begin with "#" are skipped. Lines
 * end in LF with any number of CRs before it, or in CR if the text has no LF.
 */
bool recipients_add_lines(
    struct recipients *recipients, struct span text, struct error *err);
/*
 * To, Cc and Bcc of a header section (message.h); where there is a Resent-
 * field, Resent-To, Resent-Cc and Resent-Bcc of the newest block (resent.h)
 * instead.
 */
bool recipients_add_header(
    struct recipients *recipients, struct span header, struct error *err);

#endif
