/*
 * Base64 (RFC 4648 section 4). SASL requires strict decoding (RFC 4954 section
 * 4); certificates are in lines, which are decoded up to their end (RFC 7468).
 */
#ifndef BASE_BASE64_H
#define BASE_BASE64_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"

/* Adds `in` as one line with padding. False if `out` is full. */
bool base64_encode(struct buf *out, struct span in);
/* Octets that one line of MIME holds, and its length with CRLF (RFC 2045). */
#define BASE64_LINE_OCTETS ((size_t)57)
#define BASE64_LINE ((size_t)78)
/* The size of base64 in lines of MIME; its last line has no line end. */
uint64_t base64_lines_size(uint64_t size);
/*
 * Writes `in` to `out` in such lines. `in` may be the last octets of the room
 * that `out` needs.
 */
void base64_encode_lines(char *out, struct span in);
/*
 * Adds the decoded octets. False if `in` is not canonical base64 with its
 * padding, or `out` is full; `out` may then hold a part.
 */
bool base64_decode(struct buf *out, struct span in);
/*
 * The same for base64url without padding (RFC 4648 section 5), as in a JSON Web
 * Token. Nothing is left of it in memory but in `out`.
 */
bool base64_decode_url(struct buf *out, struct span in);
/* Adds `in` as base64url without padding. False if `out` is full. */
bool base64_encode_url(struct buf *out, struct span in);
/*
 * Writes the first octets of base64 that may be broken into lines, at most
 * `room` of them, and stops at the first character that is neither base64 nor
 * white space. Returns how many octets were written.
 */
size_t base64_decode_head(char *out, size_t room, struct span in);

#endif
