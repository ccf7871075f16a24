/*
 * Display names (RFC 5322 section 3.4): the name in front of an address.
 */
#ifndef FIXUP_DISPLAY_NAME_H
#define FIXUP_DISPLAY_NAME_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/text.h"

/*
 * Adds a name as atoms where it can be written so, else as a quoted string,
 * and where it is not ASCII as encoded words (RFC 2047). Control characters
 * become blanks. Octets that are not UTF-8 are labelled unknown-8bit. Public
 * for its test.
 */
void display_name_add(struct buf *out, struct span name);
/* Adds "Name <path>", folded in front of the path where the line is full. */
void display_name_add_address(
    struct buf *out, struct span name, struct span path);
/* The same, but the path alone where the name is blank. */
void display_name_add_mailbox(
    struct buf *out, struct span name, struct span path);
/*
 * Whether a name can stand in front of an address and mean the same. Encoded
 * words with specials in them cannot (RFC 2047 section 5).
 */
bool display_name_is_usable(struct span name);

#endif
