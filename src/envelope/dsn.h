/*
 * What a sender requests about delivery status notifications (RFC 3461): for
 * which events to send them, how much of the message they include, and an ID
 * for the envelope. This file reads and writes the words and the encoding
 * (xtext); smtp/extension.c decides what is sent to a server.
 */
#ifndef ENVELOPE_DSN_H
#define ENVELOPE_DSN_H

#include <stdbool.h>

#include "base/buf.h"

#define DSN_ENVELOPE_ID_MAX 100 /* section 4.4, before xtext */

enum dsn_notify {
	DSN_NEVER = 1 << 0, /* alone */
	DSN_SUCCESS = 1 << 1,
	DSN_FAILURE = 1 << 2,
	DSN_DELAY = 1 << 3,
};

enum dsn_return { DSN_RETURN_UNSET, DSN_RETURN_FULL, DSN_RETURN_HEADERS };

struct dsn_request {
	unsigned notify; /* enum dsn_notify, or'ed; 0: not requested */
	char *original;	 /* ORCPT in wire form; NULL: the forward-path */
};

/*
 * Reads words separated by commas and blanks, ignoring case: "never" alone, or
 * some of "success", "failure" (or "fail") and "delay". False, with *notify
 * unchanged, for anything else.
 */
bool dsn_parse_notify(struct span words, unsigned *notify);
/* Reads "full", or "hdrs" (or "headers"), ignoring case. */
bool dsn_parse_return(struct span word, enum dsn_return *how);
/* Whether it is 1 to 100 printable ASCII characters, including spaces. */
bool dsn_envelope_id_is_valid(struct span id);
/* Adds "SUCCESS,FAILURE" or the like; nothing for 0. */
void dsn_add_notify(struct buf *out, unsigned notify);
/* Adds "FULL" or "HDRS"; nothing for DSN_RETURN_UNSET. */
void dsn_add_return(struct buf *out, enum dsn_return how);

/*
 * Adds the text as xtext (RFC 3461 section 4): "+", "=" and every octet that is
 * not from "!" to "~" become "+HH". False if `out` is full.
 */
bool dsn_xtext_encode(struct buf *out, struct span in);
/*
 * Adds the text as utf-8-addr-xtext (RFC 6533 section 3): "+", "=", "\" and
 * every character outside of printable ASCII become "\x{HEX}". False if it is
 * not UTF-8, or `out` is full.
 */
bool dsn_xtext_encode_utf8(struct buf *out, struct span in);
/*
 * Decodes xtext and adds the result. False if it is not valid xtext, or `out`
 * is full; `out` may then hold a part.
 */
bool dsn_xtext_decode(struct buf *out, struct span in);

#endif
