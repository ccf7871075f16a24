/*
 * Checks whether the client of the service may use the originators that a
 * message names (RFC 6409 section 8.1). If From has an address that the client
 * may not send as, a Sender with the client's address is added; a Sender that
 * the client may not send as is replaced. The same holds for Resent-From, even
 * a missing one, and Resent-Sender of the newest block. The check follows the
 * header policy, so it sees the fields that will be sent.
 */
#ifndef FIXUP_ORIGINATOR_CHECK_H
#define FIXUP_ORIGINATOR_CHECK_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/error.h"
#include "message/header.h"

/* What was found in From and Sender, or in Resent-From and Resent-Sender. */
struct checked_originators {
	bool has_from;
	bool has_sender;   /* a Sender that the client may use */
	bool is_doubtful;  /* From has an address that the client may not use */
	bool has_replaced; /* a Sender was replaced, added or dropped */
};

struct originator_check {
	/* Set by the caller; all borrowed: */
	/* Whether the client may send as this path. */
	bool (*may_be)(void *context, const char *path);
	void *context;
	const char *domain;	 /* for bare names; NULL: none */
	const char *replacement; /* another path it may use; NULL: none */
	const char *sender;	 /* the client's address; NULL: unknown */
	struct span resent;	 /* the newest block of the header (header.h) */
	/* All zero to begin with; found in the fields: */
	struct checked_originators original, again;
};

/*
 * Checks a field as it was read, and `text`, which will be sent for it, with
 * name and CRLF. `out` must be empty. True if `out` has the text to send
 * instead, which is empty if the field must be dropped.
 */
bool originator_check_field(struct originator_check *check,
    const struct field *field, struct span text, struct buf *out);
/*
 * After the last field: adds a missing Sender to `added`, a missing
 * Resent-Sender to `resent`, and a line about each change to `notes`.
 * ERROR_DATA if a Sender is needed and the client's address is unknown.
 */
bool originator_check_end(struct originator_check *check, struct buf *added,
    struct buf *resent, struct buf *notes, struct error *err);

#endif
