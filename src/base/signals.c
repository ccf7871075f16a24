/*
 * TERM, INT and HUP are blocked except while the program waits, so that none is
 * missed between a check and a wait. A handler can reach nothing but globals:
 * these, and those of base/mem.c, are the only ones of the program.
 */
#include "base/signals.h"

#include <stddef.h>

static volatile sig_atomic_t caught_count, caught_signal, library_runs;
static sigset_t outer_mask;
static int deferred_count;
static bool catching;

static const int caught_signals[] = {SIGTERM, SIGINT, SIGHUP};

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
	/*
	 * The parent process may have left them blocked: catch them all the
	 * same.
	 */
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
signals_unblock(void)
{
	if (!catching)
		return;
	library_runs = 1;
	sigprocmask(SIG_SETMASK, &outer_mask, NULL);
}

void
signals_block(void)
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

bool
signals_are_pending(void)
{
	return caught_count > deferred_count;
}

const sigset_t *
signals_wait_mask(void)
{
	return catching ? &outer_mask : NULL;
}
