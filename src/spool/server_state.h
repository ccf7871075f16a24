/*
 * What the queue remembers of a profile's server: that it was away or refused
 * the login, since when, and when to ask again. It never fails a mail; losing
 * it costs one connection.
 */
#ifndef SPOOL_SERVER_STATE_H
#define SPOOL_SERVER_STATE_H

#include <stdbool.h>
#include <stdint.h>

#include "profile/profile.h"
#include "spool/folder.h"
#include "spool/schedule.h"

struct server_state {
	enum schedule_scope scope; /* SCOPE_SERVER or SCOPE_LOGIN */
	uint32_t fingerprint;	   /* of the settings that it is about */
	int64_t since, next;	   /* seconds since 1970 */
	unsigned failures;
	char *text; /* what was said; owned */
};

/*
 * A checksum of the settings that the trouble of a server depends on: servers,
 * TLS, user, mechanisms, and where the secret comes from. The secret itself is
 * no part of it.
 */
uint32_t server_state_fingerprint(const struct profile *profile);
/*
 * The state of a profile. False where there is none, and where it is about
 * other settings: a mended configuration is tried at once.
 */
bool server_state_read(struct server_state *state, const struct folder *folder,
    const char *profile, uint32_t fingerprint);
/* The same where the settings of the profile are not known. */
bool server_state_find(struct server_state *state, const struct folder *folder,
    const char *profile);
/*
 * Notes one more failure at `now` and plans the next attempt: for the login
 * not before an hour, so that no account is locked by it. *state is the one
 * read before (all-zero: none), with the fingerprint of the settings now.
 */
void server_state_note(struct server_state *state, const struct folder *folder,
    const char *profile, const struct outcome *trouble,
    const struct schedule *schedule, int64_t now);
/* The server took a session: nothing is wrong with it. */
void server_state_forget(const struct folder *folder, const char *profile);
void server_state_free(struct server_state *state);

#endif
