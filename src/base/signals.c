/*
 * The signals that are caught are blocked except while the program waits, so
 * that none is missed between a check and a wait. A handler can reach nothing
 * but globals: these, and those of base/mem.c and base/wait.c, are the only
 * ones of the program.
 */
#include "base/signals.h"

#include <stddef.h>
#include <unistd.h>

static volatile sig_atomic_t caught_count, caught_signal, library_runs;
static volatile sig_atomic_t child_has_ended, passes_on, leads_session;
static volatile pid_t command;
static sigset_t start_mask, outer_mask; /* at the start; while waiting */
static int deferred_count;
static bool catching, watching;

static const int caught_signals[] = {SIGTERM, SIGINT, SIGHUP};
/* The others that a command gets. */
static const int passed_signals[] = {SIGQUIT, SIGALRM, SIGUSR1, SIGUSR2};

#define CAUGHT_COUNT (sizeof(caught_signals) / sizeof(int))
#define PASSED_COUNT (sizeof(passed_signals) / sizeof(int))

/* The signals whose dispositions the program changes. */
static struct {
	int number;
	bool is_changed;
	struct sigaction outer;
} dispositions[] = {
    {.number = SIGXFSZ},
    {.number = SIGPIPE},
    {.number = SIGCHLD},
    {.number = SIGTERM},
    {.number = SIGINT},
    {.number = SIGHUP},
    {.number = SIGQUIT},
    {.number = SIGALRM},
    {.number = SIGUSR1},
    {.number = SIGUSR2},
};

#define DISPOSITION_COUNT (sizeof(dispositions) / sizeof(dispositions[0]))

static void
change(int number, const struct sigaction *action)
{
	struct sigaction old;

	if (sigaction(number, action, &old) < 0)
		return;
	for (size_t i = 0; i < DISPOSITION_COUNT; i++) {
		if (dispositions[i].number != number ||
		    dispositions[i].is_changed)
			continue;
		dispositions[i].is_changed = true;
		dispositions[i].outer = old;
	}
}

static void
change_back(int number)
{
	for (size_t i = 0; i < DISPOSITION_COUNT; i++) {
		if (dispositions[i].number != number ||
		    !dispositions[i].is_changed)
			continue;
		dispositions[i].is_changed = false;
		sigaction(number, &dispositions[i].outer, NULL);
	}
}

static bool
is_from_terminal(const siginfo_t *info)
{
#ifdef SI_KERNEL
	return info->si_code == SI_KERNEL;
#else
	return info->si_code != SI_USER && info->si_code != SI_QUEUE;
#endif
}

/*
 * Whether the command gets this signal without us. A terminal sends INT and
 * QUIT to its whole foreground group, and HUP too, but to a session leader
 * alone.
 */
static bool
reaches_command(int number, const siginfo_t *info)
{
	return is_from_terminal(info) &&
	    (number == SIGINT || number == SIGQUIT ||
		(number == SIGHUP && !leads_session));
}

static void
on_signal(int number, siginfo_t *info, void *context)
{
	(void)context;
	if (passes_on) {
		if (command > 0 && !reaches_command(number, info))
			kill(command, number);
		return;
	}
	caught_signal = number;
	caught_count++;
	if (library_runs && caught_count > 1) {
		signal(number, SIG_DFL);
		raise(number);
	}
}

static void
on_child(int number)
{
	(void)number;
	child_has_ended = 1;
}

static void
add_caught_signals(sigset_t *set)
{
	for (size_t i = 0; i < CAUGHT_COUNT; i++)
		sigaddset(set, caught_signals[i]);
}

/* nohup, or a shell's background job: a signal that is ignored stays so. */
static void catch (int number)
{
	struct sigaction action = {0}, old;

	if (sigaction(number, NULL, &old) == 0 && old.sa_handler == SIG_IGN)
		return;
	sigemptyset(&action.sa_mask);
	action.sa_flags = SA_SIGINFO;
	action.sa_sigaction = on_signal;
	change(number, &action);
}

void
signals_ignore_limits(void)
{
	struct sigaction action = {0};

	sigemptyset(&action.sa_mask);
	action.sa_handler = SIG_IGN;
	change(SIGXFSZ, &action);
}

void
signals_catch(void)
{
	struct sigaction action = {0};
	sigset_t block;

	if (catching)
		return;
	catching = true;
	sigemptyset(&block);
	add_caught_signals(&block);
	sigprocmask(SIG_BLOCK, &block, &start_mask);
	/*
	 * The parent process may have left them blocked: catch them all the
	 * same.
	 */
	outer_mask = start_mask;
	for (size_t i = 0; i < CAUGHT_COUNT; i++)
		sigdelset(&outer_mask, caught_signals[i]);
	sigemptyset(&action.sa_mask);
	action.sa_handler = SIG_IGN;
	change(SIGPIPE, &action);
	for (size_t i = 0; i < CAUGHT_COUNT; i++)
		catch (caught_signals[i]);
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
signals_hold(void)
{
	add_caught_signals(&outer_mask);
}

void
signals_release(void)
{
	for (size_t i = 0; i < CAUGHT_COUNT; i++)
		sigdelset(&outer_mask, caught_signals[i]);
}

void
signals_restore(void)
{
	struct sigaction action = {0};

	sigemptyset(&action.sa_mask);
	action.sa_handler = SIG_DFL;
	sigaction(SIGPIPE, &action, NULL);
	sigaction(SIGXFSZ, &action, NULL);
	if (catching || watching)
		sigprocmask(SIG_SETMASK, &outer_mask, NULL);
}

void
signals_restore_all(void)
{
	for (size_t i = 0; i < DISPOSITION_COUNT; i++)
		change_back(dispositions[i].number);
	if (catching || watching)
		sigprocmask(SIG_SETMASK, &start_mask, NULL);
}

void
signals_watch_children(void)
{
	struct sigaction action = {0};
	sigset_t block, old;

	watching = true;
	child_has_ended = 0;
	sigemptyset(&block);
	sigaddset(&block, SIGCHLD);
	sigprocmask(SIG_BLOCK, &block, &old);
	if (!catching)
		outer_mask = start_mask = old;
	sigdelset(&outer_mask, SIGCHLD);
	sigemptyset(&action.sa_mask);
	action.sa_flags = SA_NOCLDSTOP;
	action.sa_handler = on_child;
	change(SIGCHLD, &action);
}

void
signals_watch_end(void)
{
	sigset_t unblock;

	watching = false;
	change_back(SIGCHLD);
	if (sigismember(&start_mask, SIGCHLD)) {
		sigaddset(&outer_mask, SIGCHLD);
		return;
	}
	sigemptyset(&unblock);
	sigaddset(&unblock, SIGCHLD);
	sigprocmask(SIG_UNBLOCK, &unblock, NULL);
}

bool
signals_take_child(void)
{
	bool has_ended = child_has_ended != 0;

	child_has_ended = 0;
	return has_ended;
}

void
signals_pass_on(void)
{
	sigset_t block;

	signals_catch();
	leads_session = getsid(0) == getpid();
	command = 0;
	passes_on = 1;
	sigemptyset(&block);
	for (size_t i = 0; i < PASSED_COUNT; i++) {
		sigaddset(&block, passed_signals[i]);
		sigdelset(&outer_mask, passed_signals[i]);
	}
	sigprocmask(SIG_BLOCK, &block, NULL);
	for (size_t i = 0; i < PASSED_COUNT; i++)
		catch (passed_signals[i]);
}

void
signals_pass_on_to(pid_t child)
{
	command = child;
}

void
signals_pass_on_end(void)
{
	sigset_t unblock;

	command = 0;
	/* Drops those that have come already: they were for the command. */
	sigprocmask(SIG_SETMASK, &outer_mask, NULL);
	passes_on = 0;
	signals_block();
	sigemptyset(&unblock);
	for (size_t i = 0; i < PASSED_COUNT; i++) {
		change_back(passed_signals[i]);
		sigaddset(&unblock, passed_signals[i]);
	}
	sigprocmask(SIG_UNBLOCK, &unblock, NULL);
}

bool
signals_are_pending(void)
{
	return caught_count > deferred_count;
}

const sigset_t *
signals_wait_mask(void)
{
	return catching || watching ? &outer_mask : NULL;
}
