/*
 * Whether a message may name its originators (RFC 6409 section 8.1): where
 * the client is known and From names somebody whom it may not send as, Sender
 * says who it is; a Sender of which that is not true is replaced. The fields
 * come as they are to leave, when all else is done with them.
 */
#ifndef MAIL_HEADER_JUDGE_H
#define MAIL_HEADER_JUDGE_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/text.h"

struct header_judge {
	/* Given; all of it borrowed: */
	bool (*may_be)(void *context, const char *path);
	void *context;
	const char *domain;	 /* for bare names; NULL: none */
	const char *replacement; /* one more that may be; NULL: none */
	const char *sender;	 /* who it is; NULL: nobody knows */
	/* Found on the way: */
	bool has_sender; /* one that is true */
	bool is_doubtful; /* From does not tell who it is */
	bool has_replaced; /* a Sender, with one that is true or with none */
};

/*
 * A field with its name and CRLF. True: `out`, empty before, has what is to
 * leave in its place, or nothing.
 */
bool header_judge_field(
    struct header_judge *judge, struct span whole, struct buf *out);
/*
 * After the last: adds Sender where it is wanting. ERROR_DATA: nobody knows
 * whom it is to name.
 */
bool header_judge_add(
    struct header_judge *judge, struct buf *added, struct error *err);
/* What was done, a line each. */
void header_judge_notes(const struct header_judge *judge, struct buf *notes);

#endif
