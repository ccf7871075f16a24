/*
 * What RFC 6409 section 8 lets a submission client mend: a plan of what to
 * drop from and add to the header section, worked out before the wire and
 * applied by message_replay.
 */
#ifndef MAIL_FIXUP_H
#define MAIL_FIXUP_H

#include <stdbool.h>
#include <stddef.h>
#include <time.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/text.h"

struct message;

/* A stretch of message_header(), by offsets. */
struct plan_drop {
	size_t from, to;
};

struct plan {
	struct plan_drop *drops; /* ascending, apart */
	size_t drop_count;
	struct buf added;   /* fields to put in front, CRLF lines */
	char *message_id;   /* with its angle brackets; NULL: none */
};

struct fixup {
	bool complete;	  /* add what is missing: Date, Message-ID, From */
	bool remove_bcc;
	const char *from_path; /* for a missing From; NULL, "": none is made */
	const char *from_name; /* its display name, UTF-8; NULL: none */
	const char *id_domain; /* right side of a new Message-ID */
	time_t now;
};

/* Error: ERROR_DATA, or ERROR_OS without randomness. */
bool message_plan(struct plan *plan, const struct message *message,
    const struct fixup *fixup, struct error *err);
void plan_free(struct plan *plan);
/* RFC 5322 section 3.3, local zone, C locale: "Sun, 22 Nov 2026 ... +0000". */
void date_add(struct buf *out, time_t now);
/*
 * A display name for a header: atoms as they are, else a quoted-string, else
 * (not ASCII) RFC 2047 words. Controls become blanks. UTF-8 or, where it is
 * not, unknown-8bit.
 */
void phrase_add(struct buf *out, struct span name);

#endif
