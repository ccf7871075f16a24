/* xtext (RFC 3461 section 4): how DSN parameters carry any ASCII text. */
#ifndef MAIL_XTEXT_H
#define MAIL_XTEXT_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/text.h"

/* Every octet but those from "!" to "~", and "+" and "=" too, as "+HH". */
bool xtext_encode(struct buf *out, struct span in);
/* False on anything but strict xtext; out may hold a part. */
bool xtext_decode(struct buf *out, struct span in);

#endif
