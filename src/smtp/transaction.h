/*
 * One mail transaction (RFC 5321 section 3.3): its recipients, its commands and
 * content, and the outcome for each recipient.
 */
#ifndef SMTP_TRANSACTION_H
#define SMTP_TRANSACTION_H

#include <stdbool.h>

#include "envelope/envelope.h"
#include "smtp/letter.h"
#include "smtp/session.h"

/* The result of a transaction. */
struct transaction {
	/* For the report. ACTION_NONE: no recipient was settled; see below. */
	struct outcome ending;
	struct recipient **recipients; /* its recipients; items borrowed */
	size_t count;
	bool quit_said; /* QUIT was sent after the content */
};

/*
 * Runs a transaction for the open recipients of the envelope, as many as the
 * server accepts at once. Afterwards they are settled, except those that the
 * server put off (452 or 552 after an accepted one) and those beyond its limit:
 * they need another transaction. If the server turns out not to know BDAT, all
 * stay open for another session, which uses DATA. Without a letter (NULL) it
 * sends only MAIL, RCPT and RSET. Fills *transaction, to be freed by
 * transaction_free. False: the session cannot be used any more.
 */
bool transaction_run(struct session *session, struct envelope *envelope,
    const struct letter *letter, struct transaction *transaction);
void transaction_free(struct transaction *transaction);

#endif
