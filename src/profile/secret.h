/*
 * The one home of a secret in memory: fetched before the first connection,
 * wiped when freed. It is never put into an error, a trace, an argument or an
 * environment.
 */
#ifndef PROFILE_SECRET_H
#define PROFILE_SECRET_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"
#include "profile/profile.h"

struct secret {
	struct buf password, token; /* wiped; empty: there is none */
	bool is_set;
	/* Where it was found that no setting names; NULL: a setting did. */
	const char *found;
	struct buf notes; /* a line each: what the user should know */
};

enum token_result { TOKEN_RENEWED, TOKEN_SAME, TOKEN_FAILED };

/*
 * Whether there is to be a login: a user, or a client certificate where auth
 * names EXTERNAL; and not where auth = none.
 */
bool secret_is_wanted(const struct profile *profile);
/*
 * By the first source of smtpost.conf(5) that the profile names, else
 * the systemd credential smtpost.PROFILE, netrc, a prompt on the terminal (if
 * may_prompt). ERROR_CONFIG for what can never work (126, 127, a file that
 * others can read), ERROR_TEMPORARY for a source that failed this time.
 */
bool secret_fetch(struct secret *secret, const struct profile *profile,
    bool may_prompt, struct error *err);
/*
 * Only looks whether the source is there, as far as that can be known without
 * reading a secret or running a command; ERROR_CONFIG. Then secret_add_source
 * tells it.
 */
bool secret_locate(
    struct secret *secret, const struct profile *profile, struct error *err);
/*
 * For a token that the server refused: asks token-command for another one, at
 * the longest until the deadline. Only TOKEN_FAILED sets an error.
 */
enum token_result secret_renew_token(struct secret *secret,
    const struct profile *profile, int64_t deadline, struct error *err);
/* Adds where it is from: "password-file (FILE:LINE)", "netrc", "none". */
void secret_add_source(const struct secret *secret,
    const struct profile *profile, struct buf *out);
void secret_free(struct secret *secret); /* wipes */

/*
 * Adds to the error of a file that the caller may not read and that belongs to
 * root how mail can be sent without reading it.
 */
void secret_add_file_hint(const char *path, struct error *err);
/* Adds the line that the group of a file with a secret may read it. */
void secret_note_file(const char *path, struct buf *notes);

#endif
