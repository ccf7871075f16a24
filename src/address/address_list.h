/*
 * Address lists of RFC 5322 section 3.4 and 4.4: groups, comments, quoted
 * local parts, routes, domain literals, null members, the obsolete forms; and
 * names that should have quotes and have none. Iterative and bounded; what is
 * unclear is refused, never guessed: no result names another mailbox than was
 * written.
 */
#ifndef ADDRESS_ADDRESS_LIST_H
#define ADDRESS_ADDRESS_LIST_H

#include <stdbool.h>
#include <stddef.h>

#include "address/mailbox.h"
#include "base/error.h"
#include "base/text.h"

struct address_list {
	struct mailbox *mailboxes;
	size_t count;
};

void address_list_free(struct address_list *list);
/*
 * Parses a list and appends its mailboxes; members of groups count like
 * others. `text` may be folded (line ends count as blanks when a blank
 * follows; elsewhere they are an error). On failure the list is unchanged and
 * the error (ERROR_DATA) shows what was read, masked, and says where it went
 * wrong.
 */
bool address_list_parse(
    struct address_list *list, struct span text, struct error *err);
/*
 * Parses one mailbox and nothing else; the caller frees it with mailbox_free.
 * False: *mailbox is all zero.
 */
bool address_list_parse_mailbox(
    struct mailbox *mailbox, struct span text, struct error *err);
/* The same, but "" and "<>" are the null reverse-path: true, all zero. */
bool address_list_parse_reverse_path(
    struct mailbox *mailbox, struct span text, struct error *err);

#endif
