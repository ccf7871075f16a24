/*
 * A mailbox: local part and domain. The local part is kept without its quotes,
 * and quoted for the wire only where RFC 5321 section 4.1.2 requires it.
 */
#ifndef ADDRESS_MAILBOX_H
#define ADDRESS_MAILBOX_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/error.h"

/* The position of a mailbox in the text of its list, as offsets. */
struct mailbox_place {
	size_t from, to; /* display name, brackets and comments included */
	size_t address, address_end; /* local part and domain */
	size_t comments;	     /* how many comments it has */
	bool in_brackets;
	bool has_loose_name; /* the display name lacks its quotes */
	bool has_final_dot;  /* a dot follows the domain */
};

struct mailbox {
	char *local; /* decoded: "" if written as two quotes; NULL: null path */
	char *domain; /* as written; NULL: a bare name */
	char *name;   /* display name, decoded from quotes; NULL: none */
	struct mailbox_place place; /* all zero: not from a list */
};

void mailbox_free(struct mailbox *mailbox);
/*
 * Adds the path for the wire, without angle brackets: the local part quoted if
 * it must be, the domain converted by domain_to_ascii. A bare name gets
 * `domain`; without one only "postmaster" stays bare (RFC 5321 section
 * 4.1.1.3). Refused, with ERROR_DATA and the address masked: other bare names,
 * control characters, a local part that is not UTF-8, a bare name over 64
 * octets, a path over 254 octets. A path that is not ASCII needs a server with
 * SMTPUTF8 (RFC 6531).
 */
bool mailbox_add_path(const struct mailbox *mailbox, const char *domain,
    struct buf *out, struct error *err);
/* The same as a new string, which the caller frees; NULL on error. */
char *mailbox_path(
    const struct mailbox *mailbox, const char *domain, struct error *err);
/*
 * "local@domain" as written, to match patterns and to show to the user; "" for
 * the null path. Caller frees.
 */
char *mailbox_as_written(const struct mailbox *mailbox);

#endif
