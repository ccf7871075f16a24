/*
 * Resent- fields (RFC 5322 section 3.6.6). Each time a message is sent again, a
 * block of them is put in front of the blocks that it already has, so the first
 * block in the header section is the newest.
 */
#ifndef MESSAGE_RESENT_H
#define MESSAGE_RESENT_H

#include <stdbool.h>

#include "base/text.h"

/*
 * The newest block of a header section, from its first field to its last; other
 * fields may stand between them. It has each Resent- field once at most. Empty
 * if the message was never sent again.
 */
struct span resent_newest(struct span header);
/* Whether a field, taken from the same header section, lies in that block. */
bool resent_has(struct span block, struct span field);

#endif
