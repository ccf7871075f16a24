/* An access token of a profile: from the cache, else from the service. */
#ifndef OAUTH_RENEWAL_H
#define OAUTH_RENEWAL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "oauth/login_record.h"
#include "oauth/oauth_client.h"
#include "oauth/record_store.h"
#include "oauth/token_reply.h"
#include "profile/profile.h"

/* A refresh token that was not used for this long is used, to keep it alive. */
#define RENEWAL_IDLE_SECONDS ((int64_t)30 * 24 * 60 * 60)

struct renewal {
	bool is_forced; /* the token in the cache is not good enough */
	/*
	 * The mark (tls/sha256.h) of a token that a server refused; NULL: not
	 * known. If the cache has another one by now, that one is used.
	 */
	const char *refused;
	bool is_by_hand; /* a person wants it: no pause counts */
};

/*
 * Adds the token to `token`, which must be a secret. It asks the service at
 * most once. ERROR_LOGIN if a person must log in again, ERROR_CONFIG, or
 * ERROR_TEMPORARY; then the login has not changed, unless the service said that
 * it has ended.
 */
bool renewal_run(const struct renewal *renewal, const struct profile *profile,
    struct buf *token, struct error *err);
/* Gets a new token in every case, for a person who waits, and drops it. */
bool renewal_force(const struct profile *profile, struct error *err);
/*
 * Takes over a reply, which came after `asked_at` (seconds since 1970), into
 * the record, and stores record and access token. The caller has reserved room
 * before it asked. False with ERROR_TEMPORARY if the login is lost.
 */
bool renewal_keep(struct record_store *store, struct login_record *record,
    const struct token_reply *reply, int64_t asked_at, int64_t margin,
    struct error *err);
/*
 * The same for the first reply after a person logged in: fills the record,
 * which is all zero, with what later refreshes need.
 */
bool renewal_keep_login(struct record_store *store, struct login_record *record,
    const struct oauth_client *client, const struct token_reply *reply,
    int64_t asked_at, struct error *err);

#endif
