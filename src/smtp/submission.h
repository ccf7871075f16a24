/*
 * A submission: from an envelope and a message to recipients that are all
 * settled. Servers and their addresses are tried in turn; nothing here can
 * fail, since on the wire a failure is an outcome.
 */
#ifndef SMTP_SUBMISSION_H
#define SMTP_SUBMISSION_H

#include <stddef.h>
#include <stdint.h>

#include "envelope/envelope.h"
#include "profile/profile.h"
#include "profile/secret.h"
#include "smtp/dialogue.h"
#include "smtp/reach.h"
#include "smtp/transaction.h"

/* How a transaction ended; in LMTP how its content did for one recipient. */
struct ending {
	struct outcome outcome;
	const char *address; /* LMTP: whose; borrowed; NULL: for all */
	/* Whose outcome this ending shares if it is in doubt later. Borrowed;
	   NULL: nobody's. */
	const struct recipient *witness;
};

/* What the report tells beside the envelope. */
struct submission_record {
	const struct server *server;  /* the last one tried; borrowed */
	const struct server *decided; /* whose words count; borrowed */
	/* TLS; NULL: none */
	char *protocol, *cipher, *key_exchange, *verified_by;
	const char *mechanism; /* of the login; NULL: none */
	struct trail trail;
	struct ending *endings;
	size_t ending_count;
	int64_t started, connected, secured, ended; /* clock_now; 0: not */
};

struct submission {
	const struct profile *profile;	 /* borrowed */
	struct secret *secret;		 /* borrowed; NULL: no login */
	const struct letter *letter;	 /* borrowed; NULL: only ask (-bv) */
	const struct observer *observer; /* borrowed; may be NULL */
	struct submission_record record;
};

/* Returns when no recipient is open. */
void submission_run(struct submission *submission, struct envelope *envelope);
/* Settles all that are open by one outcome, and records it as the ending. */
void submission_end(struct submission *submission, struct envelope *envelope,
    const struct outcome *outcome);
void submission_free(struct submission *submission);

#endif
