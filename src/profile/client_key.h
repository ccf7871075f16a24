/*
 * The client key of a profile whose tls-key (or tls-cert alone) is the URL of a
 * token. It is opened before the first connection, like a secret.
 */
#ifndef PROFILE_CLIENT_KEY_H
#define PROFILE_CLIENT_KEY_H

#include <stdbool.h>

#include "base/error.h"
#include "profile/profile.h"
#include "tls/token_key.h"

/* The setting with the URL; NULL: there is none, or TLS is not used. */
const char *client_key_url(const struct profile *profile);
/*
 * Opens the key; *key is NULL if the profile has none in a token. Its PIN is in
 * the URL, in a file, or asked for (if may_prompt; then *is_prompted is set).
 * ERROR_TEMPORARY if a retry may help, else ERROR_CONFIG.
 */
bool client_key_open(struct token_key **key, const struct profile *profile,
    bool may_prompt, bool *is_prompted, struct error *err);
/*
 * Checks what can be checked without the token. Sets *is_prompted if a person
 * may be asked. ERROR_CONFIG.
 */
bool client_key_locate(
    const struct profile *profile, bool *is_prompted, struct error *err);

#endif
