/*
 * A login without a person by a key that may speak for a user (RFC 7523, as in
 * Google Workspace): a JSON Web Token, which the service changes into an access
 * token.
 */
#ifndef OAUTH_SERVICE_ACCOUNT_H
#define OAUTH_SERVICE_ACCOUNT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "oauth/oauth_client.h"

/* Room for the JSON Web Token. */
#define SERVICE_ACCOUNT_TOKEN_MAX ((size_t)16 * 1024)

/*
 * Adds the token for the time `now`, in seconds since 1970, signed by the key
 * in the file that oauth-key names: JSON as Google makes it, or PEM, and then
 * oauth-client-id is the account. `jwt` must be a secret. ERROR_CONFIG.
 */
bool service_account_add_token(struct buf *jwt,
    const struct oauth_client *client, int64_t now, struct error *err);

#endif
