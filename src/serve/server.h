/*
 * An SMTP server for one client (RFC 5321, and LMTP, RFC 2033), which hands
 * on every step to the server of a profile, so that the client hears what is
 * true. It knows the wire; whose mail goes where and what is mended in it is
 * the service's to say.
 */
#ifndef SERVE_SERVER_H
#define SERVE_SERVER_H

#include <stdbool.h>
#include <stdint.h>

#include "address/mailbox.h"
#include "base/error.h"
#include "serve/relay.h"

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

/* Until the client says QUIT or goes, or a signal comes. */
void server_run(const struct service *service, int in, int out);
/* 421 instead of a greeting: "4.3.5 the configuration is wrong". */
void server_refuse(int out, const char *status_and_why);

#endif
