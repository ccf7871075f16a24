/*
 * The token of an OAuth login, which the other program of this package,
 * smtpost-oauth, keeps and renews.
 */
#ifndef PROFILE_SECRET_OAUTH_H
#define PROFILE_SECRET_OAUTH_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"
#include "profile/profile.h"

/*
 * Runs `smtpost-oauth token PROFILE` for the profile, as secret_command_read
 * runs a command of a token. `refused` is the token that it gave before, if the
 * server refused that.
 */
bool secret_oauth_read(struct buf *token, const struct profile *profile,
    struct span refused, int64_t milliseconds, struct error *err);
/* From now on `token` runs with --verbose. */
void secret_oauth_show_steps(void);
bool secret_oauth_is_installed(void);
/*
 * Whether smtpost-oauth is installed and can find the login's settings. False
 * with ERROR_CONFIG.
 */
bool secret_oauth_is_there(const struct profile *profile, struct error *err);
/*
 * Adds what `smtpost-oauth status` says of the login of the profile, an object
 * of JSON. It asks no server.
 */
bool secret_oauth_status(
    struct buf *json, const struct profile *profile, struct error *err);
/*
 * Adds "smtpost-oauth --config FILE COMMAND PROFILE", as a person has to type
 * it; config NULL: the usual files.
 */
void secret_oauth_add_call(const char *config, const char *profile,
    const char *command, struct buf *out);
/*
 * Adds a hint: "run smtpost-oauth --config FILE login PROFILE", with `when`
 * before it. The caller can add options of login.
 */
void secret_oauth_add_hint(
    const struct profile *profile, const char *when, struct error *err);

#endif
