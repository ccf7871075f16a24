/*
 * What a sender asks of delivery status notifications (RFC 3461): of which
 * events each recipient's are told, how much of the message comes back, and
 * a name for the envelope. Words in, words out; the wire is smtp/extension.c's.
 */
#ifndef ENVELOPE_DSN_H
#define ENVELOPE_DSN_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/text.h"

#define DSN_ENVELOPE_ID_MAX 100 /* section 4.4, before xtext */

enum dsn_notify {
	DSN_NEVER = 1 << 0, /* alone */
	DSN_SUCCESS = 1 << 1,
	DSN_FAILURE = 1 << 2,
	DSN_DELAY = 1 << 3,
};

enum dsn_return { DSN_RETURN_UNSET, DSN_RETURN_FULL, DSN_RETURN_HEADERS };

struct dsn_request {
	unsigned notify; /* enum dsn_notify, or'ed; 0: nothing asked */
	char *original;	 /* ORCPT as on the wire; NULL: the forward-path */
};

/*
 * Words separated by commas and blanks, case-blind: never, or some of success,
 * failure (fail, too) and delay. False: *notify is as before.
 */
bool dsn_parse_notify(struct span words, unsigned *notify);
/* full or hdrs (headers, too), case-blind. */
bool dsn_parse_return(struct span word, enum dsn_return *how);
/* 1 to 100 printable ASCII characters, blanks among them. */
bool dsn_envelope_id_is_valid(struct span id);
/* "SUCCESS,FAILURE"; nothing for 0. */
void dsn_add_notify(struct buf *out, unsigned notify);
/* "FULL" or "HDRS"; nothing where it is not set. */
void dsn_add_return(struct buf *out, enum dsn_return how);

/* xtext (RFC 3461 section 4): how DSN parameters carry any ASCII text. */
/* Every octet but those from "!" to "~", and "+" and "=" too, as "+HH". */
bool dsn_xtext_encode(struct buf *out, struct span in);
/*
 * utf-8-addr-xtext (RFC 6533 section 3): "+", "=", "\" and every character
 * outside of printable ASCII as "\x{HEX}". False where it is not UTF-8.
 */
bool dsn_xtext_encode_utf8(struct buf *out, struct span in);
/* False on anything but strict xtext; out may hold a part. */
bool dsn_xtext_decode(struct buf *out, struct span in);

#endif
