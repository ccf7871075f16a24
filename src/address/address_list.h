/*
 * Address lists of RFC 5322 sections 3.4 and 4.4: groups, comments, quoted
 * local parts, routes, domain literals, empty members and the obsolete forms;
 * also display names that should be quoted and are not. Time is linear in the
 * text, and no function recurses. Ambiguous text is refused, so that no mail
 * goes to a mailbox that the text does not name.
 */
#ifndef ADDRESS_ADDRESS_LIST_H
#define ADDRESS_ADDRESS_LIST_H

#include <stdbool.h>
#include <stddef.h>

#include "address/mailbox.h"

struct address_list {
	struct mailbox *mailboxes;
	size_t count;
};

void address_list_free(struct address_list *list);
/*
 * Parses `text` and appends its mailboxes, including those in groups; the
 * caller frees the list. `text` may be folded: a line end counts as a blank if
 * a blank follows it, and is an error elsewhere. On failure the list is
 * unchanged, and the error (ERROR_DATA) shows the address, masked, and where in
 * it the parser stopped.
 */
bool address_list_parse(
    struct address_list *list, struct span text, struct error *err);
/*
 * Parses exactly one mailbox; the caller frees it with mailbox_free. On failure
 * *mailbox is all zero and the error is ERROR_DATA.
 */
bool address_list_parse_mailbox(
    struct mailbox *mailbox, struct span text, struct error *err);
/* The same, but "" and "<>" are the null reverse-path: true, all zero. */
bool address_list_parse_reverse_path(
    struct mailbox *mailbox, struct span text, struct error *err);

#endif
