/*
 * Whether a message may name its originators (RFC 6409 section 8.1): where
 * the client is known and From names somebody whom it may not send as, Sender
 * says who it is; a Sender of which that is not true is replaced. The same
 * holds for the newest block's Resent-From and Resent-Sender, and where that
 * block has no Resent-From. The fields come as they are to leave, when all else
 * is done with them.
 */
#ifndef FIXUP_ORIGINATOR_CHECK_H
#define FIXUP_ORIGINATOR_CHECK_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/text.h"
#include "message/header.h"

/* From and Sender, or Resent-From and Resent-Sender. */
struct judged {
	bool has_from;
	bool has_sender;   /* one that is true */
	bool is_doubtful;  /* From does not tell who it is */
	bool has_replaced; /* a Sender, with one that is true or with none */
};

struct originator_check {
	/* Given; all of it borrowed: */
	bool (*may_be)(void *context, const char *path);
	void *context;
	const char *domain;	 /* for bare names; NULL: none */
	const char *replacement; /* one more that may be; NULL: none */
	const char *sender;	 /* who it is; NULL: nobody knows */
	struct span resent;	 /* the newest block of the header (resent.h) */
	/* Found on the way: */
	struct judged original, again;
};

/*
 * A field as it came, and what is to leave of it, with its name and CRLF.
 * True: `out`, empty before, has what is to leave instead, or nothing.
 */
bool originator_check_field(struct originator_check *judge,
    const struct field *field, struct span text, struct buf *out);
/*
 * After the last: adds Sender where it is wanting, Resent-Sender to `resent`.
 * ERROR_DATA: nobody knows whom it is to name.
 */
bool originator_check_add(struct originator_check *judge, struct buf *added,
    struct buf *resent, struct error *err);
/* What was done, a line each. */
void originator_check_add_notes(
    const struct originator_check *judge, struct buf *notes);

#endif
