/*
 * The session with one client: its state, which server.c, server_rcpt.c and
 * server_data.c share, and what the server asks of its caller (struct service).
 */
#ifndef SERVE_SERVER_SESSION_H
#define SERVE_SERVER_SESSION_H

#include <stdbool.h>
#include <stdint.h>

#include "serve/relay.h"
#include "serve/server_argument.h"
#include "serve/server_io.h"

/* The decisions of server_run's caller. */
struct service {
	const char *host;     /* our name, in the greeting and Received */
	uint64_t size_limit;  /* for EHLO; 0: none is known */
	int64_t timeout;      /* milliseconds for a command; 0: 5 minutes */
	int64_t content_time; /* milliseconds for a content; 0: 1 hour */
	int64_t session_time; /* milliseconds for all commands; 0: 4 hours */
	const struct observer *observer; /* borrowed; may be NULL */
	void *context;
	/*
	 * Finds the route of a sender's mail (all zero: the null reverse-path).
	 * If no session is possible now, route->trouble says why. False: the
	 * sender is refused; *refusal has code, status and text.
	 */
	bool (*choose)(void *context, const struct mailbox *sender,
	    struct route *route, struct reply *refusal);
	/*
	 * Finds the mailboxes of a recipient or alias, at least one, each once;
	 * one that mail cannot reach is settled. False: refused, as above.
	 */
	bool (*resolve)(void *context, const struct route *route,
	    const struct mailbox *recipient, struct envelope *mailboxes,
	    struct reply *refusal);
	/*
	 * Whether the client may send the content now. Called before 354, once
	 * for each message, but not if route->trouble is set. False: refused,
	 * as above. May be NULL.
	 */
	bool (*begin_content)(
	    void *context, const struct route *route, struct reply *refusal);
	/* Plans what is added to a message and dropped from it. */
	bool (*plan)(void *context, const struct route *route,
	    const struct message *message, struct plan *plan,
	    struct error *err);
	/*
	 * Whether mail of the route that cannot be sent now may wait in a
	 * queue. Asked at most once for each message, and only if it matters.
	 * May be NULL: it may not.
	 */
	bool (*may_wait)(
	    void *context, const struct route *route, uint64_t size);
	/*
	 * Puts the recipients that are delayed or in doubt into the queue and
	 * marks them as kept. False, with *err: those that are not marked are
	 * not there. NULL if may_wait is.
	 */
	bool (*keep)(void *context, struct transfer *transfer,
	    const struct letter *letter, const struct server *upstream,
	    struct error *err);
	/*
	 * Called when every recipient is settled, with the server that settled
	 * them (NULL: no server was reached). If MAIL was refused there are no
	 * recipients, letter and plan are NULL, and the route's trouble says
	 * why. May be NULL.
	 */
	void (*settled)(void *context, const struct transfer *transfer,
	    const struct letter *letter, const struct plan *plan,
	    const struct server *upstream);
};

/* A recipient that the client named: its indices in the envelope. */
struct addressee {
	size_t *targets;
	size_t count;
};

/* A server that gave no session: mail that may wait does not ask it again. */
struct silence {
	const struct profile *profile; /* borrowed; NULL: none */
	struct outcome trouble;
	int64_t until; /* clock_now */
};

struct server_session {
	const struct service *service;
	struct server_io io;
	struct relay relay;
	struct transfer transfer;
	struct silence silence;
	struct addressee *addressees;
	size_t addressee_count;
	bool is_expanded;     /* one of them is an alias for several */
	unsigned withdrawals; /* each repeats the whole envelope upstream */
	struct envelope_index index; /* of the transfer's envelope */
	bool has_mail;		     /* MAIL was accepted */
	bool is_greeted, is_extended, is_lmtp;
	bool is_over; /* no more is read */
	/* What the client did since its last message. */
	unsigned mistakes, idle_commands;
	size_t vain_recipients; /* refused or given up */
};

/* Sends one of our replies: "250 2.0.0 ok". 50y and 5y5 count as mistakes. */
void server_session_say(struct server_session *session, const char *reply);
/*
 * Reads the argument of MAIL or RCPT. False: it was refused, and the refusal
 * was sent. In both cases the caller frees *mailbox and *parameters.
 */
bool server_session_read_argument(struct server_session *session,
    struct span argument, bool is_rcpt, struct mailbox *mailbox,
    struct server_parameters *parameters);
/* Whether the current message may wait in the queue. */
bool server_session_may_wait(struct server_session *session);
/*
 * Whether the outcome may be another one later, and the message may wait for
 * that in the queue. Then it is a delay afterwards.
 */
bool server_session_defers(
    struct server_session *session, struct outcome *outcome);
/* Notes for the log, not for the client, why there is no session. */
void server_session_note_failure(
    const struct server_session *session, const struct outcome *outcome);
/* Drops the current transaction. */
void server_session_reset(struct server_session *session);

#endif
