/*
 * The one wait that a signal can end. Signals are unblocked only inside ppoll,
 * so a signal that arrives just before it is not missed. The tick is a global,
 * because the functions that wait do not know of it.
 */
#include "base/wait.h"

#include <errno.h>
#include <stddef.h>
#include <sys/select.h>
#include <time.h>

#include "base/signals.h"

static struct wait_tick *current_tick; /* borrowed; NULL: none */

int64_t
clock_now(void)
{
	struct timespec now = {0, 0};

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int64_t
deadline_in(int64_t milliseconds)
{
	int64_t now = clock_now();

	return milliseconds > DEADLINE_NEVER - now ? DEADLINE_NEVER
						   : now + milliseconds;
}

int64_t
deadline_earlier(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

#ifdef HAVE_PPOLL
static int
poll_unblocked(struct pollfd *fds, nfds_t count, const struct timespec *timeout)
{
	return ppoll(fds, count, timeout, signals_wait_mask());
}
#else
/* pselect sets the mask as ppoll does, but takes fewer descriptors. */
static int
poll_unblocked(struct pollfd *fds, nfds_t count, const struct timespec *timeout)
{
	fd_set in, out;
	int most = -1, ready;

	FD_ZERO(&in);
	FD_ZERO(&out);
	for (nfds_t i = 0; i < count; i++) {
		if (fds[i].fd < 0)
			continue;
		if (fds[i].fd >= FD_SETSIZE) {
			errno = EINVAL;
			return -1;
		}
		if (fds[i].events & POLLIN)
			FD_SET(fds[i].fd, &in);
		if (fds[i].events & POLLOUT)
			FD_SET(fds[i].fd, &out);
		if (fds[i].fd > most)
			most = fds[i].fd;
	}
	ready =
	    pselect(most + 1, &in, &out, NULL, timeout, signals_wait_mask());
	for (nfds_t i = 0; i < count; i++) {
		fds[i].revents = 0;
		if (fds[i].fd < 0 || ready <= 0)
			continue;
		if (FD_ISSET(fds[i].fd, &in))
			fds[i].revents |= POLLIN;
		if (FD_ISSET(fds[i].fd, &out))
			fds[i].revents |= POLLOUT;
	}
	return ready;
}
#endif

/* No descriptor counts as ready. */
static enum wait_result
report_child(struct pollfd *fds, nfds_t count)
{
	for (nfds_t i = 0; i < count; i++)
		fds[i].revents = 0;
	return WAIT_READY;
}

void
wait_set_tick(struct wait_tick *tick)
{
	current_tick = tick;
}

/* Makes a call that is due. Returns when the wait must end for the next one. */
static int64_t
run_tick(int64_t deadline)
{
	if (current_tick != NULL && current_tick->due <= clock_now())
		current_tick->run(current_tick->context);
	return current_tick != NULL
	    ? deadline_earlier(deadline, current_tick->due)
	    : deadline;
}

enum wait_result
wait_for(struct pollfd *fds, nfds_t count, int64_t deadline)
{
	for (;;) {
		struct timespec left = {0, 0};
		int64_t milliseconds = 0, until;
		int ready;

		if (signals_are_pending())
			return WAIT_INTERRUPTED;
		if (signals_take_child())
			return report_child(fds, count);
		until = run_tick(deadline);
		if (until != DEADLINE_NEVER) {
			milliseconds = until - clock_now();
			if (milliseconds < 0)
				milliseconds = 0;
			left.tv_sec = (time_t)(milliseconds / 1000);
			left.tv_nsec = (long)(milliseconds % 1000) * 1000000;
		}
		ready = poll_unblocked(
		    fds, count, until == DEADLINE_NEVER ? NULL : &left);
		if (ready > 0)
			return WAIT_READY;
		if (ready == 0 && milliseconds == 0 && until == deadline)
			return WAIT_TIMEOUT;
		if (ready < 0 && errno != EINTR && errno != EAGAIN)
			return WAIT_FAILED;
	}
}
