/*
 * What server.c, server_mail.c, server_rcpt.c and server_data.c share, and
 * nobody else includes: one client's session.
 */
#ifndef SERVE_SERVER_SESSION_H
#define SERVE_SERVER_SESSION_H

#include <stdbool.h>
#include <stdint.h>

#include "address/mailbox.h"
#include "base/error.h"
#include "serve/relay.h"
#include "serve/server_io.h"
#include "serve/server_argument.h"

/* What the server asks of whoever runs it. */
struct service {
	const char *host;     /* our name, in the greeting and Received */
	uint64_t size_limit;  /* for EHLO; 0: none that is known */
	int64_t timeout;      /* milliseconds, for one command; 0: 5 minutes */
	int64_t content_time; /* likewise, for one content; 0: 1 hour */
	int64_t session_time; /* likewise, until a last MAIL; 0: 4 hours */
	const struct observer *observer; /* borrowed; may be NULL */
	void *context;
	/*
	 * Where the mail of a sender goes (all zero: the null reverse-path).
	 * route->trouble, where it is set, keeps it from going there.
	 * False: *refusal has code, status and text.
	 */
	bool (*choose)(void *context, const struct mailbox *sender,
	    struct route *route, struct reply *refusal);
	/*
	 * The mailboxes that a recipient stands for, at least one, each once;
	 * whom mail cannot reach is settled. False: *refusal, as above.
	 */
	bool (*resolve)(void *context, const struct route *route,
	    const struct mailbox *recipient, struct envelope *mailboxes,
	    struct reply *refusal);
	/*
	 * Whether the content of a message may come now: asked once for each
	 * message, before 354. False: *refusal, as above. May be NULL.
	 */
	bool (*begin_content)(
	    void *context, const struct route *route, struct reply *refusal);
	/* What to add to a message and drop from it. */
	bool (*plan)(void *context, const struct route *route,
	    const struct message *message, struct plan *plan,
	    struct error *err);
	/*
	 * Every recipient is settled, by that server (NULL: by none). Where
	 * MAIL ended it there are no recipients, letter and plan are NULL, and
	 * the route's trouble says why. May be NULL.
	 */
	void (*settled)(void *context, const struct transfer *transfer,
	    const struct letter *letter, const struct plan *plan,
	    const struct server *server);
};

/* A recipient as the client named it: who they are in the envelope. */
struct addressee {
	size_t *targets;
	size_t count;
};

struct server_session {
	const struct service *service;
	struct server_io io;
	struct relay relay;
	struct transfer transfer;
	struct addressee *addressees;
	size_t addressee_count;
	bool is_expanded;     /* one of them is several */
	unsigned withdrawals; /* each costs the whole envelope once more */
	struct envelope_index index; /* of the transfer's envelope */
	bool has_mail;		     /* MAIL was accepted */
	bool is_greeted, is_extended, is_lmtp;
	bool is_over; /* no more is read */
	/* Of the client, since its last message. */
	unsigned mistakes, idle_commands;
	size_t vain_recipients; /* refused, or given up */
};

/* A reply of our own: "250 2.0.0 ok". A 50y is counted as a mistake. */
void server_session_say(struct server_session *session, const char *reply);
/* False: it was refused. */
bool server_session_read_argument(struct server_session *session,
    struct span argument, bool is_rcpt, struct mailbox *mailbox,
    struct server_parameters *parameters);
/* What the client did before its message no longer counts. */
void server_session_forgive(struct server_session *session);
/* The client hears little of it, so whoever reads the log must. */
void server_session_note_failure(
    const struct server_session *session, const struct outcome *outcome);
/* What was begun is forgotten. */
void server_session_reset(struct server_session *session);

#endif
