/*
 * What RFC 6409 section 8 lets a submission client mend: the plan for a
 * message (plan.h), worked out before the wire. Field by field: the profile's
 * header policy, then blind copies, then repair; behind that the body.
 */
#ifndef FIXUP_FIXUP_H
#define FIXUP_FIXUP_H

#include <stdbool.h>
#include <stddef.h>
#include <time.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/text.h"
#include "message/plan.h"

struct header_judge;
struct header_policy;

struct fixup {
	bool complete; /* add what is missing: Date, Message-ID, From */
	bool remove_bcc;
	bool repair;
	struct header_policy *policy; /* borrowed; NULL: none */
	struct header_judge *judge;   /* borrowed; NULL: none */
	const char *from_path; /* for a missing From; NULL, "": none is made */
	const char *from_name; /* its display name, UTF-8; NULL: none */
	const char *id_domain; /* right side of a new Message-ID */
	time_t now;
};

/*
 * For a server that takes 8-bit content. Error: ERROR_DATA, ERROR_OS without
 * randomness, ERROR_TEMPORARY when the source of the message has changed.
 */
bool fixup_plan(struct plan *plan, const struct message *message,
    const struct fixup *fixup, struct error *err);
/*
 * From the plan that fixup_plan made, one for a server without 8BITMIME:
 * the same but for the content. ERROR_DATA with the reason where 8-bit octets
 * would be left.
 */
bool fixup_plan_seven_bit(struct plan *plan, const struct plan *from,
    const struct message *message, struct error *err);
/*
 * One for a server with SMTPUTF8, where an address needs that anyway: fields
 * in UTF-8 stay as they are (RFC 6532 section 3.6 wants no encoded words
 * there). fixup_has_words: it differs from `from`.
 */
bool fixup_plan_utf8(struct plan *plan, const struct plan *from,
    const struct message *message, struct error *err);
bool fixup_has_words(const struct plan *plan);
/* The header section as planned. The plan may be NULL. False: no room. */
bool fixup_planned_header(
    const struct message *message, const struct plan *plan, struct buf *header);
bool fixup_header_is_utf8(
    const struct message *message, const struct plan *plan);
/* The same, and a field of addresses has octets beyond ASCII. */
bool fixup_has_utf8_address(
    const struct message *message, const struct plan *plan);
/* The last step of every plan: its facts, and what nobody can carry. */
bool plan_finish(
    struct plan *plan, const struct message *message, struct error *err);
/* RFC 5322 section 3.3, local zone, C locale: "Sun, 22 Nov 2026 ... +0000". */
void fixup_add_date(struct buf *out, time_t now);
/*
 * A display name for a header: atoms as they are, else a quoted-string, else
 * (not ASCII) RFC 2047 words. Controls become blanks. UTF-8 or, where it is
 * not, unknown-8bit.
 */
void encoded_word_add_phrase(struct buf *out, struct span name);

#endif
