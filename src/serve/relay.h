/*
 * The upstream side of the server: a transaction that runs in step with the
 * client's. The session is kept for further messages of the same profile; if it
 * is lost, a new session repeats the envelope. With direct delivery (server =
 * mx:) nobody is asked before the content.
 */
#ifndef SERVE_RELAY_H
#define SERVE_RELAY_H

#include <stdbool.h>
#include <stdint.h>

#include "smtp/letter.h"
#include "smtp/submission.h"

/* Whether a message may wait in the queue. */
enum permit { PERMIT_UNKNOWN, PERMIT_GIVEN, PERMIT_REFUSED };

/* Profile, secret and reverse-path for the mail of one sender. */
struct route {
	const struct profile *profile;		 /* borrowed */
	struct secret *secret;			 /* borrowed; NULL: no login */
	const struct signing_keys *signing_keys; /* borrowed; may be NULL */
	char *reverse_path; /* owned; wire form; "" is the null reverse-path */
	char *domain;	    /* owned; for bare names; NULL: none */
	/* Why no session is possible; ACTION_NONE: a session is possible. */
	struct outcome trouble;
	enum permit permit;
};

/* The transaction under way. */
struct transfer {
	struct route route;
	/*
	 * The recipients that the server accepted, and those that will wait in
	 * the queue, which are settled if the server put them off. If an alias
	 * leads to accepted and refused recipients, the refused ones are here
	 * too, already settled.
	 */
	struct envelope envelope;
	size_t refused; /* how many were refused or put off */
	/* As MAIL declared; exact once the content was read. */
	uint64_t size;	 /* 0: not known */
	bool is_planned; /* size is exactly what will be sent */
	bool has_eight_bit;
	bool is_filtered; /* the message is what filter-command printed */
	bool is_utf8;	  /* SMTPUTF8 was declared or is needed */
	/* Direct delivery: how it went; all zero before. */
	struct submission_record record;
};

struct relay {
	const struct observer *observer; /* borrowed; may be NULL */
	struct session session;
	const struct profile *profile; /* the session's; borrowed */
	bool is_open;
	bool in_transaction; /* MAIL was accepted in this session */
	bool said_eight_bit; /* with BODY=8BITMIME */
	bool said_utf8;	     /* with SMTPUTF8 */
	bool must_repeat;    /* the envelope has changed since */
};

void relay_transfer_free(struct transfer *transfer);

/*
 * Sends MAIL, if necessary in a new session. True: it was accepted. *outcome is
 * the server's reply, or why no reply came.
 */
bool relay_mail(struct relay *relay, const struct transfer *transfer,
    struct outcome *outcome);
/*
 * Sends RCPT. True: it was accepted, and the recipient was moved into the
 * envelope; *recipient is then empty. *outcome is as above.
 */
bool relay_rcpt(struct relay *relay, struct transfer *transfer,
    struct recipient *recipient, struct outcome *outcome);
/* Drops the recipients after the first `count`, before the content. */
void relay_withdraw(
    struct relay *relay, struct transfer *transfer, size_t count);
/*
 * Sends DATA and the content; afterwards every recipient is settled. With
 * all_or_nothing nothing is sent if a recipient that was accepted before is now
 * refused: in a new session, or in direct delivery.
 */
void relay_content(struct relay *relay, struct transfer *transfer,
    const struct letter *letter, bool all_or_nothing);
/* Ends the session, if there is one, with QUIT. */
void relay_close(struct relay *relay);

#endif
