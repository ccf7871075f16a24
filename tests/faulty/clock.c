/*
 * Moves the clocks: a library that suites of the queue compile and preload.
 * CLOCK_SHIFT is in seconds, for the clock of the wall. With CLOCK_RATE both
 * clocks run so many times as fast, and waits are as much shorter.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/time.h>
#include <time.h>

#define BILLION 1000000000LL

static long long shift, rate = 1;
static long long begun[2]; /* nanoseconds, of the wall and since the boot */

static long long
real_time(clockid_t id)
{
	int (*get)(clockid_t, struct timespec *);
	struct timespec now = {0};

	*(void **)&get = dlsym(RTLD_NEXT, "clock_gettime");
	get(id, &now);
	return now.tv_sec * BILLION + now.tv_nsec;
}

__attribute__((constructor)) static void
begin(void)
{
	const char *text = getenv("CLOCK_SHIFT");

	shift = text != NULL ? atoll(text) : 0;
	text = getenv("CLOCK_RATE");
	rate = text != NULL ? atoll(text) : 1;
	begun[0] = real_time(CLOCK_REALTIME);
	begun[1] = real_time(CLOCK_MONOTONIC);
}

int
clock_gettime(clockid_t id, struct timespec *now)
{
	long long real = real_time(id), first;

	if (id == CLOCK_REALTIME || id == CLOCK_MONOTONIC) {
		first = begun[id == CLOCK_MONOTONIC];
		real = first + (real - first) * rate;
	}
	now->tv_sec = real / BILLION + (id == CLOCK_REALTIME ? shift : 0);
	now->tv_nsec = real % BILLION;
	return 0;
}

time_t
time(time_t *seconds)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	if (seconds != NULL)
		*seconds = now.tv_sec;
	return now.tv_sec;
}

int
gettimeofday(struct timeval *now, void *zone)
{
	struct timespec time;

	(void)zone;
	clock_gettime(CLOCK_REALTIME, &time);
	now->tv_sec = time.tv_sec;
	now->tv_usec = time.tv_nsec / 1000;
	return 0;
}

int
ppoll(struct pollfd *fds, nfds_t count, const struct timespec *timeout,
    const sigset_t *mask)
{
	int (*wait)(
	    struct pollfd *, nfds_t, const struct timespec *, const sigset_t *);
	struct timespec shorter;

	*(void **)&wait = dlsym(RTLD_NEXT, "ppoll");
	if (timeout != NULL) {
		long long length =
		    (timeout->tv_sec * BILLION + timeout->tv_nsec) / rate;

		shorter.tv_sec = length / BILLION;
		shorter.tv_nsec = length % BILLION;
		timeout = &shorter;
	}
	return wait(fds, count, timeout, mask);
}

/* What ppoll becomes with _FORTIFY_SOURCE. */
int __ppoll_chk(struct pollfd *fds, nfds_t count,
    const struct timespec *timeout, const sigset_t *mask, size_t size);

int
__ppoll_chk(struct pollfd *fds, nfds_t count, const struct timespec *timeout,
    const sigset_t *mask, size_t size)
{
	(void)size;
	return ppoll(fds, count, timeout, mask);
}
