/*
 * Moves the clock of the wall: a library that tests/queue_questions compiles
 * and preloads. CLOCK_SHIFT is in seconds. The clock that counts from the boot
 * stays as it is.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <sys/time.h>
#include <time.h>

int
clock_gettime(clockid_t id, struct timespec *now)
{
	int (*get)(clockid_t, struct timespec *);
	const char *shift = getenv("CLOCK_SHIFT");
	int result;

	*(void **)&get = dlsym(RTLD_NEXT, "clock_gettime");
	result = get(id, now);
	if (result == 0 && id == CLOCK_REALTIME && shift != NULL)
		now->tv_sec += (time_t)atoll(shift);
	return result;
}

time_t
time(time_t *seconds)
{
	struct timespec now;

	if (clock_gettime(CLOCK_REALTIME, &now) != 0)
		return (time_t)-1;
	if (seconds != NULL)
		*seconds = now.tv_sec;
	return now.tv_sec;
}

int
gettimeofday(struct timeval *now, void *zone)
{
	struct timespec time;

	(void)zone;
	if (clock_gettime(CLOCK_REALTIME, &time) != 0)
		return -1;
	now->tv_sec = time.tv_sec;
	now->tv_usec = time.tv_nsec / 1000;
	return 0;
}
