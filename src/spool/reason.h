/*
 * Why a mail of the queue waits, for what, and when it is tried next. The facts
 * about its profile come from the caller.
 */
#ifndef SPOOL_REASON_H
#define SPOOL_REASON_H

#include <stdbool.h>
#include <stdint.h>

#include "spool/listing.h"
#include "spool/schedule.h"
#include "spool/server_state.h"

/* What is known of the profile of a mail. All zero: nothing. */
struct reason_profile {
	char *fault; /* why it cannot be used; NULL: it can; owned */
	bool is_known;
	struct schedule schedule; /* if it is known */
	int64_t lifetime;	  /* in seconds; if it is known */
	bool has_trouble;	  /* with its server or its login: */
	struct server_state trouble;
};

void reason_profile_free(struct reason_profile *profile);

enum reason_kind {
	REASON_NONE, /* nothing: the next run tries it */
	REASON_MAIL, /* the server put off this mail */
	REASON_SERVER,
	REASON_LOGIN,
	REASON_PROFILE,
	REASON_TIME, /* the time that the sender chose */
	REASON_HAND, /* somebody who releases it */
};

struct reason {
	enum reason_kind kind;
	const struct outcome *outcome; /* what the server said; may be NULL */
	const char *text; /* one sentence in its place; may be NULL */
	int64_t next;	  /* the next attempt; 0: none is planned */
};

/*
 * Everything that it points to is borrowed from the listing and the profile.
 * `now` is in seconds since 1970.
 */
struct reason reason_of(const struct listing *listing,
    const struct reason_profile *profile, int64_t now);
/* "mail", "server", ...; NULL for REASON_NONE. */
const char *reason_name(enum reason_kind kind);
/* Adds what there is to say, not masked; nothing where there is nothing. */
void reason_add(struct buf *out, const struct reason *reason);

#endif
