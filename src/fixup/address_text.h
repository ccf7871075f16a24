/*
 * Addresses as they are written into a field (RFC 5322 section 3.4): new ones
 * with a display name, and lists in which some are replaced. All other octets
 * of a list stay, but the old form "root (Cron Daemon)" becomes "Cron Daemon
 * <root@example.org>", which every server takes.
 */
#ifndef FIXUP_ADDRESS_TEXT_H
#define FIXUP_ADDRESS_TEXT_H

#include <stdbool.h>

#include "address/address_list.h"

/*
 * Adds a name as atoms where it can be written so, else as a quoted string,
 * and where it is not ASCII as encoded words (RFC 2047). Control characters
 * become blanks. Octets that are not UTF-8 are labelled unknown-8bit. Public
 * for its test.
 */
void address_text_add_name(struct buf *out, struct span name);
/* Adds "Name <path>", folded in front of the path where the line is full. */
void address_text_add_named(
    struct buf *out, struct span name, struct span path);
/* The same, but the path alone where the name is blank. */
void address_text_add(struct buf *out, struct span name, struct span path);

struct address_rewrite {
	struct span text;		 /* that the list was parsed from */
	const struct address_list *list; /* borrowed */
	/*
	 * Adds the new path of a mailbox; false: the mailbox stays as it is.
	 * With a new path, a name that lacks its quotes gets them.
	 */
	bool (*choose)(
	    void *context, const struct mailbox *mailbox, struct buf *path);
	void *context;
};

/*
 * Adds the text; `out` has the name of the field and the colon already. False:
 * nothing has changed. Lines that would have more than 998 octets are folded
 * between mailboxes.
 */
bool address_text_rewrite(
    const struct address_rewrite *rewrite, struct buf *out);
/* Adds one mailbox of the list, as it stands in `text` but with this path. */
void address_text_add_member(struct buf *out, struct span text,
    const struct mailbox *mailbox, struct span path);

#endif
