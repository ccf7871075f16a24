/*
 * The form of a message in files and for programs: its lines end in LF. In a
 * mailbox file (mbox) a line that could begin another message is also quoted.
 */
#ifndef MESSAGE_UNIX_FORM_H
#define MESSAGE_UNIX_FORM_H

#include <stdbool.h>

#include "base/buf.h"

/* All zero to begin with, except is_mbox. */
struct unix_form {
	bool is_mbox; /* ">" before "From ", ">From " and so on (mboxrd) */
	bool is_in_line;
	size_t held; /* octets of "From " at the start of a line */
};

/* Adds the next octets of a message that replay_message writes. */
void unix_form_add(struct unix_form *form, struct span data, struct buf *out);

#endif
