/*
 * How the last request for a token failed, and for how long the service must
 * not be asked again. It is written into the file that locks the login
 * (oauth/login_lock.h), so that all processes know it and the login itself
 * stays as it was.
 */
#ifndef OAUTH_LOGIN_PAUSE_H
#define OAUTH_LOGIN_PAUSE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"

/* The longest one, in seconds. */
#define LOGIN_PAUSE_MAX ((int64_t)60 * 60)

struct login_pause {
	int64_t until; /* seconds since 1970; 0: only the failure is known */
	int64_t failed_at; /* login_pause_clock */
	/* What the service said: ERROR_TEMPORARY, _LOGIN or _CONFIG. */
	struct error why;
};

/* Milliseconds since 1970. */
int64_t login_pause_clock(void);
/*
 * Notes a failure and begins a pause of so many seconds, or none; `fd` is open
 * for writing.
 */
void login_pause_begin(int fd, int64_t seconds, const struct error *why);
void login_pause_end(int fd);
/* Reads the pause, which may be over. False: nothing has failed. */
bool login_pause_read(int fd, struct login_pause *pause);
/* Whether nobody should ask now. */
bool login_pause_lasts(const struct login_pause *pause);
/* Whether it failed while the caller waited, from `since` until now. */
bool login_pause_failed_since(const struct login_pause *pause, int64_t since);

#endif
