/*
 * What became of a recipient, in the words of RFC 3464, and the cause of a
 * failure or delay. cli/exit_status.c computes the exit status from both.
 */
#ifndef ENVELOPE_OUTCOME_H
#define ENVELOPE_OUTCOME_H

#include <stdbool.h>

#include "envelope/reply.h"

/*
 * The stages of a submission, in order. stage_timeout.h has the time-out for
 * each.
 */
enum stage {
	STAGE_NONE,
	STAGE_CONNECT, /* includes name resolution */
	STAGE_GREETING,
	STAGE_EHLO,
	STAGE_TLS,  /* STARTTLS and the handshake */
	STAGE_AUTH, /* includes fetching the secret */
	STAGE_MAIL,
	STAGE_RCPT,
	STAGE_DATA,    /* the reply to DATA */
	STAGE_CONTENT, /* after 354; the report says "data" here, too */
	STAGE_QUIT,
};

/* How the report names a stage: "connect", "rcpt"; "-" for none. */
const char *outcome_stage_name(enum stage stage);

enum action {
	ACTION_NONE, /* not settled yet */
	ACTION_RELAYED,
	ACTION_DELAYED,
	ACTION_FAILED,
};

enum cause {
	CAUSE_TEMPORARY, /* 4yz, no connection, time-out, signal: 75 */
	CAUSE_REFUSED,	 /* 5yz: 67 or 69 */
	CAUSE_NO_HOST,	 /* the server's name does not exist: 68 */
	CAUSE_PROTOCOL,	 /* no TLS, or the server broke the protocol: 76 */
	CAUSE_LOGIN,	 /* login refused or impossible: 77 */
	CAUSE_CONTENT,	 /* the server cannot carry this mail: 65 */
};

struct outcome {
	enum action action;
	enum stage stage; /* where it was decided */
	enum cause cause; /* of ACTION_DELAYED and ACTION_FAILED */
	bool in_doubt; /* content was sent, and whether it was taken is unknown
			*/
	struct reply reply; /* the server's, or our own text with code 0 */
	char *hint;	    /* what the user can do; NULL: none */
	/* Direct delivery: the domain's servers decided, not the profile's. */
	bool is_of_domain;
};

void outcome_free(struct outcome *outcome);
/* Frees the old content of `to`. */
void outcome_copy(struct outcome *to, const struct outcome *from);
/*
 * Sets the outcome from the reply, which is copied: 2yz is relayed, 4yz
 * delayed, 5yz failed; any other code is delayed with CAUSE_PROTOCOL.
 */
void outcome_from_reply(
    struct outcome *outcome, enum stage stage, const struct reply *reply);
/*
 * Sets a delay (a failure for CAUSE_CONTENT) with a sentence of our own. The
 * text after "\nhint: " becomes the hint.
 */
void outcome_set_own(struct outcome *outcome, enum stage stage,
    enum cause cause, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
/*
 * Gives an outcome of our own an enhanced status. One of class 5 makes it a
 * failure with CAUSE_REFUSED.
 */
void outcome_set_status(struct outcome *outcome, struct status status);
/*
 * Turns a refusal into a delay, because it may have been the reply to another
 * command. Leaves other outcomes unchanged.
 */
void outcome_withdraw_refusal(struct outcome *outcome);
/*
 * Where a queue keeps the mail, a permanent refusal at the greeting or at EHLO
 * is no verdict on it: turns such a failure into a delay. Leaves other outcomes
 * unchanged.
 */
void outcome_defer_refusal(struct outcome *outcome);
/* Replaces the hint. */
void outcome_set_hint(struct outcome *outcome, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/*
 * If only one of several outcomes can be reported: whether this one must be
 * reported rather than the other. A delay outweighs a failure, because a retry
 * may help; a failure outweighs success, or mail would be lost silently.
 */
bool outcome_outweighs(
    const struct outcome *outcome, const struct outcome *other);
/* The word of the report: relayed, deferred, failed, unknown or accepted. */
const char *outcome_name(const struct outcome *outcome);

#endif
