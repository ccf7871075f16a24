/* A token endpoint's reply with tokens in it (RFC 6749 section 5.1). */
#ifndef OAUTH_TOKEN_REPLY_H
#define OAUTH_TOKEN_REPLY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "profile/name_list.h"

/* What expires_in counts as if it is missing. */
#define TOKEN_REPLY_LIFETIME 3600
/* What it counts as at most. */
#define TOKEN_REPLY_LIFETIME_MAX ((int64_t)400 * 24 * 60 * 60)
#define TOKEN_REPLY_REFRESH_MAX ((int64_t)3650 * 24 * 60 * 60)

struct token_reply {
	struct buf access_token;  /* wiped */
	struct buf refresh_token; /* wiped; empty: the old one stays valid */
	int64_t lifetime;	  /* seconds, of the access token */
	/* Of the refresh token, as far as the service says; 0: it does not. */
	int64_t refresh_lifetime;
	char *scope; /* that was granted; NULL: as asked for */
	/* The account, by each name that the id_token has for it. */
	struct name_list accounts;
};

/*
 * Reads the body of a reply. False with a phrase in `reason` that quotes
 * nothing of a token. The reply may then still hold a refresh token, which
 * takes the place of the old one; nothing else is in it. Free it in every case.
 */
bool token_reply_read(
    struct token_reply *reply, struct span body, struct buf *reason);
/* Whether the login is that of this user; true if the reply names nobody. */
bool token_reply_is_for(const struct token_reply *reply, const char *user);
void token_reply_free(struct token_reply *reply); /* wipes */

#endif
