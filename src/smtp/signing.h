/*
 * When a letter is signed with DKIM. A signature is made when the letter is
 * first sent in a form, and kept, so that all servers get the same. A later
 * attempt from the queue makes a new one.
 */
#ifndef SMTP_SIGNING_H
#define SMTP_SIGNING_H

#include <stdbool.h>

#include "base/error.h"
#include "message/plan.h"
#include "profile/profile.h"
#include "profile/signing_keys.h"
#include "smtp/observer.h"

/* The forms of a letter: that of every server, without 8-bit octets, UTF-8. */
#define SIGNING_FORMS 3

struct signing {
	const struct profile *profile;	 /* borrowed */
	const struct signing_keys *keys; /* borrowed; NULL: it is not signed */
	bool is_told; /* the user knows why it is not signed */
	struct {
		const struct plan *from; /* borrowed */
		struct plan plan; /* the same with signatures; owns `added` */
	} forms[SIGNING_FORMS];
	size_t count;
};

/* Whether the letter is to be signed. NULL: it is not. */
bool signing_is_due(const struct signing *signing);
/*
 * Returns the plan with the signatures added; the plan itself if no signature
 * would fit the message, which the observer is told. It borrows from `plan`,
 * and is valid until signing_free. NULL on failure: ERROR_TEMPORARY if the
 * source file of the message has changed, ERROR_CONFIG if a key cannot sign.
 */
const struct plan *signing_plan(struct signing *signing,
    const struct message *message, const struct plan *plan,
    const struct observer *observer, struct error *err);
/*
 * Says whether the message will be signed, before it is: adds a line to
 * `routine`, or a warning to `notes`. Does nothing if the profile signs no
 * messages.
 */
void signing_note(const struct profile *profile, const struct message *message,
    const struct plan *plan, struct buf *routine, struct buf *notes);
void signing_free(struct signing *signing);

#endif
