/*
 * Checks whether the client of the service may use the originators that a
 * message names (RFC 6409 section 8.1). If From has an address that the client
 * may not send as, a Sender with the client's address is added; a Sender that
 * the client may not send as is replaced. The same holds for Resent-From, even
 * a missing one, and Resent-Sender of the newest block. The check comes after
 * the header policy, so it sees what will be sent.
 */
#ifndef FIXUP_ORIGINATOR_CHECK_H
#define FIXUP_ORIGINATOR_CHECK_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/error.h"
#include "message/header.h"

/* What was found of From and Sender, or of Resent-From and Resent-Sender. */
struct checked_originators {
	bool has_from;
	bool has_sender;   /* a Sender that the client may use */
	bool is_doubtful;  /* From has others than the client */
	bool has_replaced; /* a Sender was replaced, added or dropped */
};

struct originator_check {
	/* Set by the caller; all borrowed: */
	/* Whether the client may send as this path. */
	bool (*may_be)(void *context, const char *path);
	void *context;
	const char *domain;	 /* for bare names; NULL: none */
	const char *replacement; /* one more path it may use; NULL: none */
	const char *sender;	 /* the client's address; NULL: not known */
	struct span resent;	 /* the newest block of the header (header.h) */
	/* All zero to begin with; found in the fields: */
	struct checked_originators original, again;
};

/*
 * Checks a field as it came, and `text`, which will be sent for it, with name
 * and CRLF. True: `out`, empty before, has what to send instead; empty:
 * nothing.
 */
bool originator_check_field(struct originator_check *check,
    const struct field *field, struct span text, struct buf *out);
/*
 * After the last field: adds a missing Sender to `added`, a missing
 * Resent-Sender to `resent`, and what was done to `notes`, one line each.
 * ERROR_DATA: the client's address is not known.
 */
bool originator_check_end(struct originator_check *check, struct buf *added,
    struct buf *resent, struct buf *notes, struct error *err);

#endif
