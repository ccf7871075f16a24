/*
 * The upstream side of the server: a transaction that goes in step with the
 * client's. The session is kept from one message to the next while the
 * profile stays the same; where it is gone a new one repeats the envelope.
 */
#ifndef SERVE_RELAY_H
#define SERVE_RELAY_H

#include <stdbool.h>
#include <stdint.h>

#include "envelope/envelope.h"
#include "smtp/letter.h"
#include "smtp/session.h"

/* Where the mail of one sender goes. */
struct route {
	const struct profile *profile; /* borrowed */
	struct secret *secret;	       /* borrowed; NULL: no login */
	char *reverse_path; /* owned; wire form; "" is the null reverse-path */
	char *domain;	    /* owned; for bare names; NULL: none */
	/* Why there can be no session; ACTION_NONE: there can be one. */
	struct outcome trouble;
};

/* The transaction under way. */
struct transfer {
	struct route route;
	/*
	 * The recipients that the server accepted; and those refused, settled,
	 * whom the client named together with some of these.
	 */
	struct envelope envelope;
	size_t refused;
	uint64_t size;	    /* declared, later known; 0: not known */
	bool is_planned;    /* size is what will be sent, exactly */
	bool has_eight_bit; /* declared, later known */
	bool is_utf8;	    /* declared by SMTPUTF8, later needed */
};

struct relay {
	const struct observer *observer; /* borrowed; may be NULL */
	struct session session;
	const struct profile *profile; /* the session's; borrowed */
	bool is_open;
	bool in_transaction; /* MAIL was accepted in this session */
	bool said_eight_bit; /* by BODY=8BITMIME */
	bool must_repeat;    /* MAIL and RCPT are not what they should be */
	bool said_utf8;	     /* by SMTPUTF8 */
};

void relay_transfer_free(struct transfer *transfer);

/* MAIL: relayed means accepted; else *outcome is the refusal or trouble. */
bool relay_mail(struct relay *relay, const struct transfer *transfer,
    struct outcome *outcome);
/* RCPT: if accepted the recipient, which it takes, is in the envelope. */
bool relay_rcpt(struct relay *relay, struct transfer *transfer,
    struct recipient *recipient, struct outcome *outcome);
/* Drops those behind the first `count` of the envelope. */
void relay_withdraw(
    struct relay *relay, struct transfer *transfer, size_t count);
/*
 * DATA and the content; afterwards every recipient is settled. Not even tried
 * for anybody, if all_or_nothing, when one is refused that was accepted
 * before.
 */
void relay_content(struct relay *relay, struct transfer *transfer,
    const struct letter *letter, bool all_or_nothing);
/* What was begun is given up; the server hears of it in time. */
void relay_close(struct relay *relay);

#endif
