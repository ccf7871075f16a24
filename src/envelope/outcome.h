/*
 * What became of a recipient, in the words of RFC 3464; and why it was kept
 * from going, in the classes that have an exit status each (smtpost(1)).
 */
#ifndef ENVELOPE_OUTCOME_H
#define ENVELOPE_OUTCOME_H

#include <stdbool.h>

#include "envelope/reply.h"

/*
 * The stages of a submission in the order in which they come. How long a
 * server may take to reply at each is in stage_timeout.h.
 */
enum stage {
	STAGE_NONE,
	STAGE_CONNECT, /* name resolution too */
	STAGE_GREETING,
	STAGE_EHLO,
	STAGE_TLS,  /* STARTTLS and the handshake */
	STAGE_AUTH, /* the secret too */
	STAGE_MAIL,
	STAGE_RCPT,
	STAGE_DATA,    /* the reply to DATA */
	STAGE_CONTENT, /* from 354 on; the report says "data" too */
	STAGE_QUIT,
};

/* How the report names a stage: "connect", "rcpt"; "-" for none. */
const char *outcome_stage_name(enum stage stage);

enum action {
	ACTION_NONE, /* open: not settled yet */
	ACTION_RELAYED,
	ACTION_DELAYED,
	ACTION_FAILED,
};

enum cause {
	CAUSE_TEMPORARY, /* 4yz, no connection, time-out, signal: 75 */
	CAUSE_REFUSED,	 /* the server's 5yz */
	CAUSE_NO_HOST,	 /* the server's name does not exist: 68 */
	CAUSE_PROTOCOL,	 /* TLS not to be had, protocol broken: 76 */
	CAUSE_LOGIN,	 /* login refused or impossible: 77 */
	CAUSE_CONTENT,	 /* the server cannot carry this: 65 */
};

struct outcome {
	enum action action;
	enum stage stage;   /* where it was decided */
	enum cause cause;   /* of ACTION_DELAYED and ACTION_FAILED */
	bool in_doubt;	    /* content went out, no answer came */
	struct reply reply; /* the server's words, or ours with code 0 */
	char *hint;	    /* what the user can do about it; NULL: unknown */
};

void outcome_free(struct outcome *outcome);
void outcome_copy(struct outcome *to, const struct outcome *from);
/*
 * By the reply alone: 2yz relayed, 4yz delayed, 5yz failed; anything else is
 * delayed, for a protocol that is broken. Copies the reply.
 */
void outcome_from_reply(
    struct outcome *outcome, enum stage stage, const struct reply *reply);
/*
 * Delayed (failed for CAUSE_CONTENT), with a sentence of our own; a line
 * behind it that begins with "hint: " becomes the hint.
 */
void outcome_set_own(struct outcome *outcome, enum stage stage,
    enum cause cause, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
/* A refusal turns out to be, perhaps, the reply to something else. */
void outcome_withdraw_refusal(struct outcome *outcome);
/* Replaces the hint. */
void outcome_set_hint(struct outcome *outcome, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/*
 * Of several outcomes of which one must be told: that somebody is still
 * without the mail weighs more than that somebody has it, or it would be lost
 * without a word; and that a retry may help more than that none does.
 */
bool outcome_outweighs(
    const struct outcome *outcome, const struct outcome *other);
/* The word of the report: relayed, deferred, failed, unknown or accepted. */
const char *outcome_name(const struct outcome *outcome);

#endif
