/*
 * What transaction.c (the commands), transaction_chunk.c (content among them)
 * and transaction_end.c (what comes of the replies) share, and nobody else
 * includes.
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
	size_t left;  /* open ones that are for a later transaction */
	size_t refused, refused_for_now; /* at RCPT */
	size_t octets_under_way;
	bool mail_refused;
	bool is_contradicted; /* MAIL was refused, what followed was not */
	/* A reply to an earlier content may be taken for one of these. */
	bool is_behind_unconfirmed;
	bool all_refused; /* at RCPT */
	bool data_asked;  /* DATA, or BDAT */
	struct buf chunk; /* the content, for BDAT */
	bool is_chunked;  /* it goes so */
	bool is_chunk_said, is_quit_said;
	bool is_content_sent; /* behind DATA */
	bool is_lost;	      /* no more may be asked in this transaction */
	struct reply data_reply;
};

/* The open recipients that go in this one; tx->left: those that do not. */
void transaction_gather(struct transaction *tx);
bool transaction_is_all_or_nothing(const struct transaction *tx);
/*
 * Whether the content may go; if not, the ending and the recipients say so.
 */
bool transaction_is_content_due(struct transaction *tx);
/* A lone dot for a server that wants content for nobody. */
bool transaction_end_empty_content(struct transaction *tx);
bool transaction_reset(struct transaction *tx);
/*
 * The content as a chunk in the flight, if it can go so: see tx->is_chunked.
 * False: the message has changed, and the ending says so.
 */
bool transaction_prepare_chunk(struct transaction *tx);
/* Whether it may go before the replies to what is said have come. */
bool transaction_chunk_fits(const struct transaction *tx);
void transaction_say_chunk(struct transaction *tx);
/* As dialogue_hear; once the content is written a signal waits. */
bool transaction_hear(struct transaction *tx, enum stage stage,
    struct reply *reply, struct outcome *trouble);
/*
 * After 421: whether the server goes on instead of closing the connection,
 * so that nobody knows which of its replies is to the chunk.
 */
bool transaction_goes_on_after_421(struct transaction *tx);
/* Whether a recipient whom no reply refuses may have the chunk. */
bool transaction_has_doubtful(const struct transaction *tx);
/* The session is lost: who is in doubt then. */
void transaction_lose_chunk(struct transaction *tx);
/* What the reply to BDAT means for those accepted; as content_send. */
bool transaction_end_chunk(struct transaction *tx);
/* If 221 stands for the reply to the chunk, everybody is in doubt. */
void transaction_check_missing(struct transaction *tx);
/* Gives everybody an outcome whose turn it was. */
void transaction_settle(struct transaction *tx);

#endif
