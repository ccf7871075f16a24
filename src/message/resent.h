/*
 * Resent- fields (RFC 5322 section 3.6.6). Whoever sends a message again puts
 * a block of them in front of the blocks that are there already, and so the
 * first one in the header section is the newest.
 */
#ifndef MESSAGE_RESENT_H
#define MESSAGE_RESENT_H

#include <stdbool.h>

#include "base/text.h"

/*
 * The newest block of a header section, from its first field to its last;
 * other fields may stand between them. Each Resent- field is in it once at
 * most. Empty: nobody has sent the message again.
 */
struct span resent_newest(struct span header);
/* Whether a field of the header section lies in that block. */
bool resent_has(struct span block, struct span field);

#endif
