/*
 * Waiting for descriptors until a deadline, or until a signal comes. A deadline
 * is a point in time on the monotonic clock, in milliseconds: a peer that sends
 * octet after octet does not move it.
 */
#ifndef BASE_WAIT_H
#define BASE_WAIT_H

#include <poll.h>
#include <stdint.h>

#define DEADLINE_NEVER INT64_MAX

enum wait_result {
	WAIT_READY,
	WAIT_TIMEOUT,
	WAIT_INTERRUPTED, /* by a signal, see base/signals.h */
	WAIT_FAILED,	  /* errno says why */
};

/* Milliseconds on the monotonic clock. */
int64_t clock_now(void);
/* The deadline that many milliseconds from now. */
int64_t deadline_in(int64_t milliseconds);
int64_t deadline_earlier(int64_t a, int64_t b);

/*
 * A call that is due at a point in time, even while the program waits. It does
 * not end the wait.
 */
struct wait_tick {
	int64_t due; /* clock_now; each call sets the next time */
	void (*run)(void *context);
	void *context; /* borrowed */
};

/*
 * From now on wait_for makes the calls of this tick, and of no other; NULL: of
 * none. Borrowed. A child process that goes on waiting sets NULL.
 */
void wait_set_tick(struct wait_tick *tick);
/*
 * Waits until a descriptor is ready (as in poll(2)), a watched child has ended,
 * the deadline passes, or TERM, INT or HUP has arrived and is not deferred.
 */
enum wait_result wait_for(struct pollfd *fds, nfds_t count, int64_t deadline);

#endif
