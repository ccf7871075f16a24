/*
 * The password or token of a login: fetched before the first connection, wiped
 * when freed. It is never put into an error, a trace, an argument or an
 * environment.
 */
#ifndef PROFILE_SECRET_H
#define PROFILE_SECRET_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"
#include "envelope/outcome.h"
#include "profile/profile.h"
#include "profile/signing_keys.h"
#include "tls/token_key.h"

struct secret {
	struct buf password, token; /* wiped; empty: there is none */
	bool is_set;
	bool is_prompted; /* a person was asked for it, or would be */
	/* The source, if no setting names one; NULL: a setting does. */
	const char *found;
	struct buf notes;      /* a line each: what the user should know */
	struct token_key *key; /* the client key, if it is in a token */
	struct signing_keys signing_keys; /* of DKIM; also without a login */
	bool lacks_signing_key;		  /* that is why secret_fetch failed */
};

enum token_result { TOKEN_RENEWED, TOKEN_SAME, TOKEN_FAILED };

/*
 * Whether the profile logs in: it has a user, or a client certificate and auth
 * names EXTERNAL; and auth is not none.
 */
bool secret_is_wanted(const struct profile *profile);
/* Whether a mechanism that may be used takes a password or a token. */
bool secret_needs_words(const struct profile *profile);
/*
 * Fetches the secret from the source that the profile names, else from the
 * systemd credential smtpost.PROFILE, from netrc, or by a prompt (if
 * may_prompt). Opens a client key that is in a token, and the keys that sign
 * mail, and fetches the password for a proxy (proxy_secret.h), even without a
 * login. ERROR_CONFIG if a retry cannot help (a command's exit status 126 or
 * 127, a file that others can read), ERROR_LOGIN if a person has to log in
 * again, else ERROR_TEMPORARY.
 */
bool secret_fetch(struct secret *secret, const struct profile *profile,
    bool may_prompt, struct error *err);
/* The same; no command and no descriptor is waited for beyond the deadline. */
bool secret_fetch_until(struct secret *secret, const struct profile *profile,
    bool may_prompt, int64_t deadline, struct error *err);
/* The cause of the delay if the secret could not be fetched. */
enum cause secret_cause(const struct error *err);
/*
 * Checks whether the source is there, as far as is possible without reading a
 * secret or running a command. False with ERROR_CONFIG. Afterwards
 * secret_add_source names the source.
 */
bool secret_locate(
    struct secret *secret, const struct profile *profile, struct error *err);
/*
 * What prints the token: "token-command" or "smtpost-oauth"; NULL: the profile
 * logs in with none.
 */
const char *secret_token_source(const struct profile *profile);
/*
 * Runs token-command or smtpost-oauth again after the server refused the token,
 * until the deadline at the latest. Only TOKEN_FAILED sets an error.
 */
enum token_result secret_renew_token(struct secret *secret,
    const struct profile *profile, int64_t deadline, struct error *err);
/* Adds the source: "password-file (FILE:LINE)", "netrc", "none". */
void secret_add_source(const struct secret *secret,
    const struct profile *profile, struct buf *out);
void secret_free(struct secret *secret); /* wipes */

#endif
