/* xtext (RFC 3461 section 4): how DSN parameters carry any ASCII text. */
#ifndef MAIL_XTEXT_H
#define MAIL_XTEXT_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/text.h"

/* Every octet but those from "!" to "~", and "+" and "=" too, as "+HH". */
bool xtext_encode(struct buf *out, struct span in);
/*
 * utf-8-addr-xtext (RFC 6533 section 3): "+", "=", "\" and every character
 * outside of printable ASCII as "\x{HEX}". False where it is not UTF-8.
 */
bool xtext_encode_utf8(struct buf *out, struct span in);
/* False on anything but strict xtext; out may hold a part. */
bool xtext_decode(struct buf *out, struct span in);

#endif
