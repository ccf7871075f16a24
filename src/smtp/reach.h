/*
 * The way to a server that serves: the profile's servers and their addresses
 * in turn, until a session is open on one.
 */
#ifndef SMTP_REACH_H
#define SMTP_REACH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "envelope/outcome.h"
#include "profile/profile.h"
#include "smtp/session.h"

/*
 * What the way to a server leaves behind for the report: which servers were
 * tried in vain, with what each said, and the servers that a domain named.
 */
/* More are not kept: servers can say a lot. */
#define TRAIL_ATTEMPTS_MAX 64

/* A way that ended before a session was open. */
struct attempt {
	const struct server *server; /* borrowed */
	struct outcome outcome;
};

struct trail {
	struct attempt *attempts; /* in order */
	size_t attempt_count;
	struct server **found; /* by srv:; each stays where it is */
	size_t found_count;
};

void reach_add_attempt(struct trail *trail, const struct server *server,
    const struct outcome *outcome);
struct server *reach_add_server(struct trail *trail);
void reach_free_trail(struct trail *trail);

struct reach {
	const struct profile *profile;	 /* borrowed */
	struct secret *secret;		 /* borrowed; NULL: no login */
	const struct observer *observer; /* borrowed; may be NULL */
	int64_t deadline;		 /* for the whole run */
	/* Told of every session that was tried; may be NULL. */
	void (*tried)(void *context, const struct session *session);
	void *context;

	const struct server *server; /* the last one tried */
	struct outcome failure;	     /* the most telling so far */
	const struct server *failed; /* and where that was */
	struct trail trail;	     /* it grows; freed by reach_free */
	bool is_over;	/* no other address or server may be tried */
	bool is_probed; /* a silent server was asked for TLS: once is enough */
	bool is_misplaced; /* it did speak TLS: no other address of it helps */
};

/*
 * Opens a session; if false, reach->failure says why (no session is left
 * open). Close it with session_close.
 */
bool reach_open(struct reach *reach, struct session *session);
void reach_free(struct reach *reach);

#endif
