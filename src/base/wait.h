/*
 * Waiting: absolute deadlines on the monotonic clock, and the signals that
 * break a wait off. A deadline is in milliseconds; a peer that drips octets
 * does not move it.
 */
#ifndef BASE_WAIT_H
#define BASE_WAIT_H

#include <poll.h>
#include <stdint.h>

#define DEADLINE_NEVER INT64_MAX

enum wait_result {
	WAIT_READY,
	WAIT_TIMEOUT,
	WAIT_INTERRUPTED, /* TERM, INT or HUP came and is not yet deferred */
	WAIT_FAILED,	  /* errno */
};

int64_t clock_now(void); /* milliseconds, monotonic */
int64_t deadline_in(int64_t milliseconds);
int64_t deadline_earlier(int64_t a, int64_t b);

/* A file that grows over RLIMIT_FSIZE becomes an error of write(2). */
void signals_ignore_limits(void);
/*
 * From now on TERM, INT and HUP (where they are not ignored) do not end the
 * program but the next or running wait_for; SIGPIPE is ignored. They are
 * blocked outside of wait_for, so none is missed.
 */
void signals_catch(void);
/* The last signal caught, 0 if none. */
int signals_caught(void);
/* What was caught until now no longer breaks a wait off; later ones do. */
void signals_defer(void);
/*
 * Around a call that blocks in a library (name resolution): the signals are
 * noted when they come, and a second one ends the program as if uncaught.
 */
void signals_open(void);
void signals_close(void);
/* For a child between fork and exec: everything as before signals_catch. */
void signals_restore(void);

enum wait_result wait_for(struct pollfd *fds, nfds_t count, int64_t deadline);

#endif
