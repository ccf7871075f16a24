/*
 * What the way to a server leaves behind for the report: which servers were
 * tried in vain, with what each said, and the servers that a domain named.
 */
#ifndef SMTP_TRAIL_H
#define SMTP_TRAIL_H

#include <stddef.h>

#include "envelope/outcome.h"
#include "profile/profile.h"

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

void trail_add_attempt(struct trail *trail, const struct server *server,
    const struct outcome *outcome);
struct server *trail_add_server(struct trail *trail);
void trail_free(struct trail *trail);

#endif
