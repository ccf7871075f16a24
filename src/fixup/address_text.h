/*
 * Writes addresses into a field (RFC 5322 section 3.4): new ones with a display
 * name, and lists in which some are replaced. All other octets of a list stay,
 * except that the old form "root (Cron Daemon)" becomes "Cron Daemon
 * <root@example.org>", which every server accepts.
 */
#ifndef FIXUP_ADDRESS_TEXT_H
#define FIXUP_ADDRESS_TEXT_H

#include <stdbool.h>

#include "address/address_list.h"

/*
 * Adds a name: as atoms if possible, else as a quoted string, or as encoded
 * words (RFC 2047) if it is not ASCII or has a word of more than 64 octets.
 * Control characters become blanks. Octets that are not UTF-8 are labelled
 * unknown-8bit. Public for its test.
 */
void address_text_add_name(struct buf *out, struct span name);
/* Adds "Name <path>", folded before the path if the line is full. */
void address_text_add_named(
    struct buf *out, struct span name, struct span path);
/* The same, but only the path if the name is blank. */
void address_text_add(struct buf *out, struct span name, struct span path);

struct address_rewrite {
	struct span text;		 /* the list was parsed from it */
	const struct address_list *list; /* borrowed */
	/*
	 * Adds the new path of a mailbox; false to leave the mailbox unchanged.
	 * With a new path, a name that lacks its quotes gets them.
	 */
	bool (*choose)(
	    void *context, const struct mailbox *mailbox, struct buf *path);
	void *context;
};

/*
 * Adds the text; `out` must already have the name of the field and the colon.
 * False if nothing has changed. Lines that would have more than 998 octets are
 * folded between mailboxes.
 */
bool address_text_rewrite(
    const struct address_rewrite *rewrite, struct buf *out);
/* Adds one mailbox of the list, as written in `text` but with this path. */
void address_text_add_member(struct buf *out, struct span text,
    const struct mailbox *mailbox, struct span path);

#endif
