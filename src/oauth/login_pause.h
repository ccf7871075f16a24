/*
 * For how long a service must not be asked for a token, and why. It is written
 * into the file that locks the login (oauth/login_lock.h), so that all
 * processes know it and the login itself stays as it was.
 */
#ifndef OAUTH_LOGIN_PAUSE_H
#define OAUTH_LOGIN_PAUSE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"

/* The longest one, in seconds. */
#define LOGIN_PAUSE_MAX ((int64_t)60 * 60)

struct login_pause {
	int64_t until; /* seconds since 1970 */
	/* What the service said: ERROR_TEMPORARY, _LOGIN or _CONFIG. */
	struct error why;
};

/* Begins a pause of so many seconds; `fd` is open for writing. */
void login_pause_begin(int fd, int64_t seconds, const struct error *why);
void login_pause_end(int fd);
/* Reads the pause, which may be over. False: there is none. */
bool login_pause_read(int fd, struct login_pause *pause);
/* Whether nobody should ask now. */
bool login_pause_lasts(const struct login_pause *pause);

#endif
