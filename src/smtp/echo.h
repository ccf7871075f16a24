/*
 * Servers that echo a credential in their reply (seen in the field: the
 * whole base64 of user and password in a 501): what they echo is replaced
 * before anybody sees it.
 */
#ifndef SMTP_ECHO_H
#define SMTP_ECHO_H

#include "base/buf.h"
#include "base/text.h"

/*
 * Adds `line` to out with every stretch that also stands in one of the
 * `secrets` (LF between them) as "***". A stretch counts from eight octets on,
 * or from the whole of a shorter secret; one of two or three octets counts only
 * as a word of its own, and one of a single octet is no secret. What the line
 * has in an escaped form counts, as does hexadecimal in any case.
 */
void echo_replace(struct buf *out, struct span line, struct span secrets);

#endif
