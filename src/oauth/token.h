/* The commands token and refresh. */
#ifndef OAUTH_TOKEN_H
#define OAUTH_TOKEN_H

#include "base/error.h"
#include "oauth/call.h"

/* Prints an access token: one line. Ends 0, 75, 77 or 78. */
int token_run(const struct oauth_call *call, struct error *err);
/*
 * Gets a new token for the profile. With --all for each profile whose login was
 * not used for 30 days; the worst status, after a line for each failure.
 */
int token_refresh(const struct oauth_call *call, struct error *err);

#endif
