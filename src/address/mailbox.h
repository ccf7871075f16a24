/*
 * A mailbox: local part and domain. The local part is held decoded, without
 * quotes, and quoted again only where RFC 5321 section 4.1.2 needs it.
 */
#ifndef ADDRESS_MAILBOX_H
#define ADDRESS_MAILBOX_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/text.h"

/* Where a mailbox stands in the list that was read, by offsets. */
struct mailbox_place {
	size_t from, to; /* with display name, brackets and comments behind */
	size_t address, address_end; /* local part and domain */
	size_t comments;	     /* how many comments are in it */
	bool in_brackets;
	bool has_loose_name; /* it should have been in quotes */
	bool has_final_dot;  /* behind the domain */
};

struct mailbox {
	char *local;  /* decoded; never empty of meaning, may be "" quoted */
	char *domain; /* as written; NULL: a bare name */
	char *name;   /* display name, decoded from quotes; NULL: none */
	struct mailbox_place place; /* all zero where no list was read */
};

void mailbox_free(struct mailbox *mailbox);
/*
 * Adds the path for the wire without angle brackets: local part quoted if
 * needed, domain through domain_to_ascii; a bare name gets `domain` (NULL: it
 * is refused, with a hint). "Postmaster" alone stays bare (RFC 5321 section
 * 4.1.1.3) when there is no domain. Refused: controls, local parts that are not
 * UTF-8, a local part over 64 octets that is bare, a path over 254. A path
 * beyond ASCII needs a server with SMTPUTF8 (RFC 6531).
 * Error kind ERROR_DATA; the address is shown masked.
 */
bool mailbox_add_path(const struct mailbox *mailbox, const char *domain,
    struct buf *out, struct error *err);
/* The same as a text of its own, which the caller frees; NULL with err. */
char *mailbox_path(
    const struct mailbox *mailbox, const char *domain, struct error *err);
/*
 * "local@domain" as it was written, for patterns and for a person to read;
 * "" for the null path. Caller frees.
 */
char *mailbox_as_written(const struct mailbox *mailbox);

#endif
