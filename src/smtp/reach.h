/*
 * Reaches a server: tries the servers of the profile and their addresses in
 * turn until a session is open and logged in.
 */
#ifndef SMTP_REACH_H
#define SMTP_REACH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "envelope/outcome.h"
#include "profile/profile.h"
#include "smtp/session.h"

/* How many attempts are kept: a domain can name very many servers. */
#define TRAIL_ATTEMPTS_MAX 64

/* A failed attempt at a server. */
struct attempt {
	const struct server *server; /* borrowed */
	struct outcome outcome;
};

/* What the search leaves for the report. */
struct trail {
	struct attempt *attempts; /* in order */
	size_t attempt_count;
	struct server **found; /* found by srv:; each stays at its address */
	size_t found_count;
};

void reach_free_trail(struct trail *trail);

struct reach {
	const struct profile *profile;	 /* borrowed */
	struct secret *secret;		 /* borrowed; NULL: no login */
	const struct observer *observer; /* borrowed; may be NULL */
	int64_t deadline;		 /* for the whole run; clock_now */
	bool no_login; /* only looks whether a login is possible */
	/* Called after every attempt to open a session; may be NULL. */
	void (*tried)(void *context, const struct session *session);
	void *context;

	/* On the server, if it is a mail exchanger; NULL: it is none. */
	const struct mx_verdict *verdict;

	const struct server *server; /* the last one tried */
	struct outcome failure;	     /* the most useful failure so far */
	const struct server *failed; /* the server of that failure */
	struct trail trail;	     /* grows; freed by reach_free */
	enum stage last_stage;	     /* of the last failure */
	bool is_over;	/* no other address or server may be tried */
	bool is_probed; /* TLS was tried at a silent server; once is enough */
	/* The server starts with TLS; other addresses do not help. */
	bool wants_tls;
};

/*
 * Opens a session, which the caller closes with session_close. False: none is
 * open, and reach->failure says why.
 */
bool reach_open(struct reach *reach, struct session *session);
void reach_free(struct reach *reach);

/* The steps of reach_open, for servers that the profile does not name. */

/*
 * Adds a mail exchanger to the trail, which owns it from then on. Such a server
 * stays at its address.
 */
const struct server *reach_add_exchanger(struct reach *reach, const char *host);
/* The server is tried next. */
void reach_show(struct reach *reach, const struct server *server);
/*
 * Opens a session with reach->server on a connected socket, and takes ownership
 * of that. False: the failure is recorded.
 */
bool reach_use(struct reach *reach, int fd, struct session *session);
/* Records the failure of reach->server. */
void reach_fail(struct reach *reach, const struct outcome *outcome);

#endif
