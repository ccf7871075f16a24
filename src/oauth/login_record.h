/* A login as it is stored: JSON that users may read, and move elsewhere. */
#ifndef OAUTH_LOGIN_RECORD_H
#define OAUTH_LOGIN_RECORD_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"

/* Octets of a whole record. */
#define LOGIN_RECORD_MAX ((size_t)64 * 1024)

/* As in RFC 7591. */
#define LOGIN_RECORD_HEADER "client_secret_basic"

/* Text is owned, NULL: none. Times are in seconds since 1970, 0: not known. */
struct login_record {
	char *provider, *issuer; /* as struct oauth_provider, oauth_client */
	char *token_endpoint, *revoke_endpoint;
	char *client_id, *scope, *user;
	bool registered; /* this client by us; the next login may use it, too */
	/* Of a client that was registered; wiped. */
	struct buf client_secret;
	/* LOGIN_RECORD_HEADER: its secret goes there; NULL: into the form. */
	char *client_auth;
	struct buf refresh_token; /* wiped; empty: a login without a person */
	int64_t login_at;	  /* when the person logged in */
	int64_t refresh_obtained_at, refresh_used_at;
	int64_t refresh_ends_at; /* as the service said */
	bool dead;		 /* the service refuses the refresh token */
	char *dead_reason;	 /* "invalid_grant, AADSTS700082"; masked */
	int64_t dead_at;
	bool exported; /* another machine has the login now */
	int64_t exported_at;
	/* Where the access token lies: a place of a session; NULL: here. */
	char *session;
	/* The access token, where no folder of the session holds it; wiped. */
	struct buf access_token;
	int64_t obtained_at, expires_at, margin;
	struct buf others; /* members of later versions, as written; wiped */
};

/*
 * Reads a record into one that is all zero. False with a phrase in `reason`
 * that quotes nothing of it. Free it in every case.
 */
bool login_record_read(
    struct login_record *record, struct span text, struct buf *reason);
/* Adds the record as one line. False if it is longer than LOGIN_RECORD_MAX. */
bool login_record_add(const struct login_record *record, struct buf *out);
/* Replaces a token, which stays wiped memory. */
void login_record_set_token(struct buf *token, struct span value);
void login_record_free(struct login_record *record); /* wipes; all zero */

#endif
