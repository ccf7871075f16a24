/* A request to a token endpoint (RFC 6749 section 3.2), for every grant. */
#ifndef OAUTH_TOKEN_REQUEST_H
#define OAUTH_TOKEN_REQUEST_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/error.h"
#include "oauth/oauth_client.h"
#include "oauth/token_error.h"
#include "oauth/token_reply.h"

enum token_grant {
	GRANT_CODE,		  /* authorization_code */
	GRANT_REFRESH,		  /* refresh_token */
	GRANT_DEVICE,		  /* RFC 8628 */
	GRANT_CLIENT_CREDENTIALS, /* there is no secret but the client's */
	GRANT_ASSERTION,	  /* a JWT, RFC 7523 */
};

/* Everything is borrowed. */
struct token_request {
	enum token_grant grant;
	/* The code, refresh token, device code or JWT. */
	struct span secret;
	const char *redirect_uri; /* of GRANT_CODE, as is `verifier` */
	struct span verifier;
	int64_t login_at; /* of GRANT_REFRESH: see struct token_error */
	/* Of the login that is renewed; NULL: the client's. */
	const char *endpoint;
	/*
	 * Of GRANT_REFRESH and GRANT_CLIENT_CREDENTIALS; NULL: none is sent,
	 * and the token is for what the login is for.
	 */
	const char *scope;
};

/*
 * Adds the form, without the client, to `form`, which must be a secret. False
 * if it is too long.
 */
bool token_request_add_form(const struct token_request *request,
    const struct oauth_client *client, struct buf *form);
/*
 * Sends it. FATE_GIVEN fills *reply; every other fate fills *error and sets
 * err, except that FATE_PENDING, FATE_SLOW_DOWN and FATE_NEW_CODE leave err
 * alone. With FATE_LATER the reply may hold a refresh token and nothing else:
 * the rest of it cannot be used, but the old refresh token has ended. Free both
 * in every case.
 */
enum token_fate token_request_send(const struct token_request *request,
    struct oauth_client *client, struct token_reply *reply,
    struct token_error *error, struct error *err);

#endif
