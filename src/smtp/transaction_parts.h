/*
 * What transaction.c (the commands) and transaction_end.c (what comes of the
 * replies) share, and nobody else includes.
 */
#ifndef SMTP_TRANSACTION_PARTS_H
#define SMTP_TRANSACTION_PARTS_H

#include <stdbool.h>
#include <stddef.h>

#include "smtp/transaction.h"

struct transaction {
	struct session *session;
	struct envelope *envelope;
	const struct letter *letter; /* NULL: none */
	struct letter fitted;	     /* the same for this server */
	struct outcome *ending;

	struct recipient **recipients; /* the open ones; borrowed */
	size_t count, accepted, put_off;
	size_t put_off_in_row;
	size_t heard; /* answered at RCPT, from the first one on */
	size_t left; /* open ones that are for a later transaction */
	size_t refused, refused_for_now; /* at RCPT */
	size_t octets_under_way;
	bool mail_refused;
	bool all_refused; /* at RCPT */
	bool data_asked;
	bool is_lost; /* no more may be asked in this transaction */
	struct reply data_reply;
};

bool transaction_is_all_or_nothing(const struct transaction *tx);
/*
 * Whether the content may go; if not, the ending and the recipients say so.
 */
bool transaction_is_content_due(struct transaction *tx);
/* A lone dot for a server that wants content for nobody. */
bool transaction_end_empty_content(struct transaction *tx);
bool transaction_reset(struct transaction *tx);
/* Gives everybody an outcome whose turn it was. */
void transaction_settle(struct transaction *tx);

#endif
