#include "base/wait.h"

#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/select.h>
#include <time.h>

/*
 * Signal handlers can reach nothing but globals: these, and the one in
 * base/mem.c, are the program's only ones.
 */
static volatile sig_atomic_t caught_count, caught_signal, library_runs;
static sigset_t outer_mask;
static int deferred_count;
static bool catching;

static const int caught_signals[] = {SIGTERM, SIGINT, SIGHUP};

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

static void
on_signal(int number)
{
	caught_signal = number;
	caught_count++;
	if (library_runs && caught_count > 1) {
		signal(number, SIG_DFL);
		raise(number);
	}
}

static void
add_caught_signals(sigset_t *set)
{
	for (size_t i = 0; i < sizeof(caught_signals) / sizeof(int); i++)
		sigaddset(set, caught_signals[i]);
}

void
signals_ignore_limits(void)
{
	struct sigaction action = {0};

	sigemptyset(&action.sa_mask);
	action.sa_handler = SIG_IGN;
	sigaction(SIGXFSZ, &action, NULL);
}

void
signals_catch(void)
{
	struct sigaction action = {0}, old;
	sigset_t block;

	if (catching)
		return;
	catching = true;
	sigemptyset(&block);
	add_caught_signals(&block);
	sigprocmask(SIG_BLOCK, &block, &outer_mask);
	/* A caller may have left them blocked: they count all the same. */
	for (size_t i = 0; i < sizeof(caught_signals) / sizeof(int); i++)
		sigdelset(&outer_mask, caught_signals[i]);
	sigemptyset(&action.sa_mask);
	action.sa_handler = SIG_IGN;
	sigaction(SIGPIPE, &action, NULL);
	action.sa_handler = on_signal;
	for (size_t i = 0; i < sizeof(caught_signals) / sizeof(int); i++) {
		/* nohup, or a shell's background job: ignored stays ignored */
		if (sigaction(caught_signals[i], NULL, &old) == 0 &&
		    old.sa_handler == SIG_IGN)
			continue;
		sigaction(caught_signals[i], &action, NULL);
	}
}

int
signals_caught(void)
{
	return caught_signal;
}

void
signals_defer(void)
{
	deferred_count = caught_count;
}

void
signals_open(void)
{
	if (!catching)
		return;
	library_runs = 1;
	sigprocmask(SIG_SETMASK, &outer_mask, NULL);
}

void
signals_close(void)
{
	sigset_t block;

	if (!catching)
		return;
	sigemptyset(&block);
	add_caught_signals(&block);
	sigprocmask(SIG_BLOCK, &block, NULL);
	library_runs = 0;
}

void
signals_restore(void)
{
	struct sigaction action = {0};

	sigemptyset(&action.sa_mask);
	action.sa_handler = SIG_DFL;
	sigaction(SIGPIPE, &action, NULL);
	sigaction(SIGXFSZ, &action, NULL);
	if (catching)
		sigprocmask(SIG_SETMASK, &outer_mask, NULL);
}

#ifdef HAVE_PPOLL
static int
poll_unblocked(struct pollfd *fds, nfds_t count, const struct timespec *timeout)
{
	return ppoll(fds, count, timeout, catching ? &outer_mask : NULL);
}
#else
/* pselect has the same promise about the mask, with fewer descriptors. */
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
	ready = pselect(
	    most + 1, &in, &out, NULL, timeout, catching ? &outer_mask : NULL);
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

enum wait_result
wait_for(struct pollfd *fds, nfds_t count, int64_t deadline)
{
	for (;;) {
		struct timespec left = {0, 0};
		int64_t milliseconds = 0;
		int ready;

		if (caught_count > deferred_count)
			return WAIT_INTERRUPTED;
		if (deadline != DEADLINE_NEVER) {
			milliseconds = deadline - clock_now();
			if (milliseconds < 0)
				milliseconds = 0;
			left.tv_sec = (time_t)(milliseconds / 1000);
			left.tv_nsec = (long)(milliseconds % 1000) * 1000000;
		}
		ready = poll_unblocked(
		    fds, count, deadline == DEADLINE_NEVER ? NULL : &left);
		if (ready > 0)
			return WAIT_READY;
		if (ready == 0 && milliseconds == 0)
			return WAIT_TIMEOUT;
		if (ready < 0 && errno != EINTR && errno != EAGAIN)
			return WAIT_FAILED;
	}
}
