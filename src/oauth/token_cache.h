/* The access token of a profile, kept for as long as it is valid. */
#ifndef OAUTH_TOKEN_CACHE_H
#define OAUTH_TOKEN_CACHE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"
#include "profile/profile.h"

/* Times are in seconds since 1970. */
struct cached_token {
	struct buf token; /* wiped; empty: there is none */
	int64_t obtained_at, expires_at;
	int64_t margin; /* so long before it expires it is no longer used */
};

/*
 * Reads the profile's token from the folder of the session, however old it is.
 * Empty where there is none, or where it belongs to a login with other
 * settings.
 */
void token_cache_read(
    struct cached_token *cached, const struct profile *profile);
/* Whether the session has a folder for tokens. */
bool token_cache_is_possible(void);
/* Needs the lock, as does token_cache_remove. False if it cannot be kept. */
bool token_cache_write(
    const struct cached_token *cached, const struct profile *profile);
/* As session_folder_remove does. */
void token_cache_remove(
    const struct profile *profile, const char *place, struct error *err);
/* Whether it can still be used at this time, with its margin or without. */
bool token_cache_is_fresh(const struct cached_token *cached, int64_t now);
bool token_cache_is_valid(const struct cached_token *cached, int64_t now);
void token_cache_free(struct cached_token *cached); /* wipes */

#endif
