/*
 * The submission of a letter: what it needs, and a record of how it went, for
 * the report. series.h runs it. It never fails, because on the wire a failure
 * is an outcome.
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

/* How a transaction ended; in LMTP, for one recipient. */
struct ending {
	struct outcome outcome;
	const char *address; /* LMTP: the recipient; NULL: for all; borrowed */
	/*
	 * If a surplus reply puts this recipient in doubt later, the ending is
	 * in doubt too. Borrowed; NULL: no recipient.
	 */
	const struct recipient *witness;
	size_t visit; /* as that of a recipient */
};

/* TLS of a session; protocol NULL: there was none. Owns all. */
struct session_tls {
	char *protocol, *cipher, *key_exchange, *verified_by;
};

/* Direct delivery: the last session for the recipients of a domain. */
struct visit {
	const struct server *server; /* who decided; borrowed; NULL: nobody */
	struct session_tls tls;
};

/* What the report needs besides the envelope. */
struct submission_record {
	const struct plan *plan;      /* of the last transaction; NULL: none */
	const struct server *server;  /* the last one tried; borrowed */
	const struct server *decided; /* whose reply decided; borrowed */
	struct session_tls tls;
	const char *mechanism;	      /* of the login; NULL: no login */
	bool offers_dsn, offers_utf8; /* DSN and SMTPUTF8, by the last EHLO */
	struct trail trail;
	struct ending *endings;
	size_t ending_count;
	struct visit *visits; /* one for each domain; none but with mx: */
	size_t visit_count;
	int64_t started, connected, secured, ended; /* clock_now; 0: not */
};

struct submission {
	const struct profile *profile; /* borrowed */
	struct secret *secret;	       /* borrowed; NULL: no login */
	/* For series_run_one: of DKIM; NULL: it is not signed. Borrowed. */
	const struct signing_keys *signing_keys;
	const struct letter *letter;	 /* borrowed; NULL: only ask (-bv) */
	const struct observer *observer; /* borrowed; may be NULL */
	/*
	 * Direct delivery: an earlier attempt has failed, so that one in
	 * plaintext is allowed (struct mx_policy_question).
	 */
	bool may_send_clear;
	struct submission_record record;
};

/* Notes what is known of the session that the letter has, or tries to have. */
void submission_note_session(
    struct submission *submission, const struct session *session);
/*
 * Records how a transaction of the letter ended; its recipients stay where they
 * are.
 */
void submission_note_transaction(struct submission *submission,
    const struct session *session, const struct transaction *transaction);
/* Records an ending that settled the recipients it is for. */
void submission_note_ending(
    struct submission *submission, const struct outcome *outcome);
/*
 * Replies and commands do not match: session->is_out_of_step. Every outcome
 * that rests on matching them is in doubt, and so is the ending of its
 * transaction.
 */
void submission_doubt(struct submission *submission,
    const struct session *session, struct envelope *envelope);
/*
 * Direct delivery: the sessions for a domain are over. Its recipients are all
 * those of `part`; what is recorded of the last session, and the endings since
 * the visit before, become a visit.
 */
void submission_note_visit(
    struct submission *submission, struct envelope *part, size_t endings);
/* The server that decided about the recipient; borrowed; NULL: none did. */
const struct server *submission_server_of(
    const struct submission_record *record, const struct recipient *recipient);
/* Gives all open recipients the outcome, and records it as the ending. */
void submission_end(struct submission *submission, struct envelope *envelope,
    const struct outcome *outcome);
/* Calls outcome_defer_refusal for every outcome, also those of the record. */
void submission_defer_refusals(
    struct submission *submission, struct envelope *envelope);
/* Frees the record; the rest is borrowed. */
void submission_free(struct submission *submission);

#endif
