/* The command status. */
#ifndef OAUTH_LOGIN_STATUS_H
#define OAUTH_LOGIN_STATUS_H

#include "base/error.h"
#include "oauth/call.h"

/*
 * Prints what is known of the login of a profile, or of all that have one. It
 * asks nobody. Ends 0 fine, 1 a login ends within 7 days, 2 a person must log
 * in, 3 not known; of several logins the worst: 2, 3, 1, 0.
 */
int login_status_run(const struct oauth_call *call, struct error *err);

#endif
