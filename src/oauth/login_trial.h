/* Tries a login at the mail server of its profile. */
#ifndef OAUTH_LOGIN_TRIAL_H
#define OAUTH_LOGIN_TRIAL_H

#include <stdbool.h>

#include "base/error.h"
#include "profile/profile.h"

/*
 * Runs smtpost --doctor, which logs in and sends no mail. False if the server
 * does not accept the login or cannot be reached: ERROR_LOGIN, ERROR_CONFIG or
 * ERROR_TEMPORARY, as a submission would end now. `config` is that of --config,
 * or NULL.
 */
bool login_trial_run(
    const struct profile *profile, const char *config, struct error *err);
/* Adds "smtpost --doctor --config FILE -P PROFILE", as a person types it. */
void login_trial_add_call(const struct profile *profile, struct buf *out);

#endif
