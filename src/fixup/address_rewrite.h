/*
 * An address list written again with other addresses in it. All octets but
 * those of the addresses stay, but for "root (Cron Daemon)": that old form
 * becomes "Cron Daemon <root@example.org>", which every server takes.
 */
#ifndef FIXUP_ADDRESS_REWRITE_H
#define FIXUP_ADDRESS_REWRITE_H

#include <stdbool.h>

#include "address/address_list.h"
#include "base/buf.h"
#include "base/text.h"

struct address_rewrite {
	struct span text;		 /* what the list was read from */
	const struct address_list *list; /* borrowed */
	/*
	 * Adds the path to write in the mailbox's place; false: it stays. A
	 * name that should have quotes gets them with it.
	 */
	bool (*choose)(
	    void *context, const struct mailbox *mailbox, struct buf *path);
	void *context;
};

/*
 * Adds the text behind what stands in `out` already, which is the field's name
 * and colon. False: nothing in it has changed. Lines that become longer than
 * 998 octets are folded between mailboxes.
 */
bool address_rewrite(const struct address_rewrite *rewrite, struct buf *out);
/* One mailbox of the list, with another path. */
void address_rewrite_add_member(struct buf *out, struct span text,
    const struct mailbox *mailbox, struct span path);

#endif
