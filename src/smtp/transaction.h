/*
 * One mail transaction (RFC 5321 section 3.3): its recipients, its commands and
 * content, and the outcome for each recipient. It is run at once, or in steps,
 * so that the first commands of the next one travel with its content.
 */
#ifndef SMTP_TRANSACTION_H
#define SMTP_TRANSACTION_H

#include <stdbool.h>

#include "envelope/envelope.h"
#include "smtp/letter.h"
#include "smtp/pipeline.h"
#include "smtp/session.h"

/* The result of a transaction. */
struct transaction {
	/* For the report. ACTION_NONE: no recipient was settled; see below. */
	struct outcome ending;
	struct recipient **recipients; /* its recipients; items borrowed */
	size_t count;
	bool quit_said; /* QUIT was sent after the content */

	/* Of the steps. It must not be moved in memory meanwhile. */
	struct envelope *envelope; /* borrowed */
	struct pipeline commands;
	bool is_due;	      /* commands are to be said */
	bool goes_on;	      /* the session is of use */
	bool all_refused;     /* at RCPT */
	bool is_content_sent; /* after DATA */
	bool is_reset;	      /* RSET was accepted */
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

/* The steps: begin, perhaps say_ahead, ask, and either finish or drop. */

/* Chooses recipients and makes the letter fit. Says nothing yet. */
void transaction_begin(struct transaction *transaction, struct session *session,
    struct envelope *envelope, const struct letter *letter);
/*
 * Says MAIL, RCPT, and DATA or BDAT, as far as they were not said ahead, and
 * hears the replies. False: the session is of no more use.
 */
bool transaction_ask(struct transaction *transaction);
/* Whether the content is sent next, and nothing of the letter is left then. */
bool transaction_is_last(const struct transaction *transaction);
/*
 * Says RSET, which proves that all replies before belong to their commands: a
 * surplus reply would show now. To be called after transaction_ask if it said
 * RCPT or DATA, and DATA was not answered 354. False: that is not proven, and
 * the session is of no more use.
 */
bool transaction_confirm(struct transaction *transaction);
/*
 * Sends the content, if it is due, and settles the recipients. If `ahead` is
 * not NULL, its first commands are said after the end of the content; it has
 * begun, and transaction_is_last is true. False: the session is of no more use.
 */
bool transaction_finish(
    struct transaction *transaction, struct transaction *ahead);
/* Forgets what was asked: its recipients are as they were before it began. */
void transaction_drop(struct transaction *transaction);

#endif
