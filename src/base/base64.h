/* Base64 (RFC 4648 section 4), decoded strictly as RFC 4954 asks. */
#ifndef BASE_BASE64_H
#define BASE_BASE64_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/text.h"

bool base64_encode(struct buf *out, struct span in);
/* False on anything but canonical, padded base64; out may hold a part. */
bool base64_decode(struct buf *out, struct span in);
/*
 * The first octets of what is written in lines (RFC 7468): at most `room`, and
 * up to what is not base64. How many there are.
 */
size_t base64_decode_head(char *out, size_t room, struct span in);

#endif
