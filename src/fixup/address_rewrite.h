/*
 * Writes an address list with some addresses replaced. All other octets stay,
 * but the old form "root (Cron Daemon)" becomes "Cron Daemon
 * <root@example.org>", which every server takes.
 */
#ifndef FIXUP_ADDRESS_REWRITE_H
#define FIXUP_ADDRESS_REWRITE_H

#include <stdbool.h>

#include "address/address_list.h"
#include "base/buf.h"
#include "base/text.h"

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
bool address_rewrite(const struct address_rewrite *rewrite, struct buf *out);
/* Adds one mailbox of the list, as it stands in `text` but with this path. */
void address_rewrite_add_member(struct buf *out, struct span text,
    const struct mailbox *mailbox, struct span path);

#endif
