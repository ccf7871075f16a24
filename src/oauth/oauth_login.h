/* The command login. */
#ifndef OAUTH_OAUTH_LOGIN_H
#define OAUTH_OAUTH_LOGIN_H

#include "base/error.h"
#include "oauth/call.h"

/*
 * Lets a person log in, stores the login, renews it once as `token` does, and
 * tries it at the mail server. Returns the exit status.
 */
int oauth_login_run(const struct oauth_call *call, struct error *err);

#endif
