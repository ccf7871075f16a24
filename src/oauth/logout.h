/* The command logout. */
#ifndef OAUTH_LOGOUT_H
#define OAUTH_LOGOUT_H

#include "base/error.h"
#include "oauth/call.h"

/* Revokes the login where the service allows it, then deletes it. */
int logout_run(const struct oauth_call *call, struct error *err);

#endif
