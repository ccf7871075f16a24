#include "rows.h"

#include <errno.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/signals.h"
#include "base/wait.h"

/*
 * Each test runs in its own child, because signals_catch cannot be undone. The
 * child exits with 0 if every claim holds.
 */
#define CLAIM(claim)                                 \
	do {                                         \
		if (!(claim))                        \
			_exit(__LINE__ % 100 + 100); \
	} while (0)

static void
caught_before_waiting(void)
{
	signals_catch();
	signals_catch();
	CLAIM(signals_caught() == 0);
	raise(SIGTERM);
	CLAIM(wait_for(NULL, 0, deadline_in(20000)) == WAIT_INTERRUPTED);
	CLAIM(signals_caught() == SIGTERM);
	CLAIM(wait_for(NULL, 0, deadline_in(20000)) == WAIT_INTERRUPTED);
}

static void
caught_while_waiting(void)
{
	pid_t parent = getpid(), child;

	signals_catch();
	child = fork();
	CLAIM(child >= 0);
	if (child == 0) {
		usleep(50000);
		kill(parent, SIGINT);
		_exit(0);
	}
	CLAIM(wait_for(NULL, 0, deadline_in(20000)) == WAIT_INTERRUPTED);
	CLAIM(signals_caught() == SIGINT);
	waitpid(child, NULL, 0);
}

static void
deferred(void)
{
	signals_catch();
	raise(SIGHUP);
	CLAIM(wait_for(NULL, 0, deadline_in(20000)) == WAIT_INTERRUPTED);
	signals_defer();
	CLAIM(wait_for(NULL, 0, deadline_in(10)) == WAIT_TIMEOUT);
	CLAIM(signals_caught() == SIGHUP);
	raise(SIGTERM);
	CLAIM(wait_for(NULL, 0, deadline_in(20000)) == WAIT_INTERRUPTED);
}

static void
ignored_stays_ignored(void)
{
	signal(SIGHUP, SIG_IGN);
	signals_catch();
	raise(SIGHUP);
	CLAIM(wait_for(NULL, 0, deadline_in(10)) == WAIT_TIMEOUT);
	CLAIM(signals_caught() == 0);
}

static void
blocked_by_the_caller(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigprocmask(SIG_BLOCK, &set, NULL);
	signals_catch();
	raise(SIGTERM);
	CLAIM(wait_for(NULL, 0, deadline_in(20000)) == WAIT_INTERRUPTED);
}

static void
broken_pipe(void)
{
	int fds[2];

	signals_catch();
	CLAIM(pipe(fds) == 0);
	close(fds[0]);
	CLAIM(write(fds[1], "x", 1) == -1 && errno == EPIPE);
}

static void
library_notes_the_first(void)
{
	signals_catch();
	signals_unblock();
	raise(SIGTERM);
	CLAIM(signals_caught() == SIGTERM);
	signals_block();
	CLAIM(wait_for(NULL, 0, deadline_in(20000)) == WAIT_INTERRUPTED);
	/* Outside of the library call a second signal is only noted. */
	raise(SIGTERM);
	CLAIM(wait_for(NULL, 0, deadline_in(20000)) == WAIT_INTERRUPTED);
}

static void
library_ends_on_the_second(void)
{
	signals_catch();
	signals_unblock();
	raise(SIGTERM);
	raise(SIGTERM);
	signals_block();
}

static void
restored_for_a_child(void)
{
	signals_catch();
	signals_restore();
	raise(SIGPIPE);
}

static void
restored_mask(void)
{
	sigset_t mask;

	signals_catch();
	signals_restore();
	CLAIM(sigprocmask(SIG_BLOCK, NULL, &mask) == 0);
	CLAIM(!sigismember(&mask, SIGTERM) && !sigismember(&mask, SIGHUP));
}

static void
file_grows_over_its_limit(void)
{
	FILE *file = tmpfile();
	struct rlimit limit = {100, 100};
	char octets[200] = "";

	CLAIM(file != NULL);
	signals_ignore_limits();
	CLAIM(setrlimit(RLIMIT_FSIZE, &limit) == 0);
	CLAIM(write(fileno(file), octets, sizeof(octets)) == 100);
	CLAIM(write(fileno(file), octets, sizeof(octets)) == -1);
	CLAIM(errno == EFBIG);
}

static void
limit_restored_for_a_child(void)
{
	signals_ignore_limits();
	signals_restore();
	raise(SIGXFSZ);
}

static void
not_caught_at_all(void)
{
	signals_unblock();
	signals_block();
	signals_restore();
	CLAIM(wait_for(NULL, 0, deadline_in(10)) == WAIT_TIMEOUT);
	raise(SIGTERM);
}

/* Starts a child that exits with the number of the signal that it gets. */
static volatile sig_atomic_t got;

static void
note_signal(int number)
{
	got = number;
}

static pid_t
start_command(int number)
{
	struct sigaction action = {.sa_handler = note_signal};
	sigset_t all, none;
	pid_t child;

	sigfillset(&all);
	sigemptyset(&none);
	sigprocmask(SIG_BLOCK, &all, NULL);
	child = fork();
	CLAIM(child >= 0);
	if (child > 0)
		return child;
	sigaction(number, &action, NULL);
	while (got == 0)
		sigsuspend(&none);
	_exit(got);
}

/* A signal that came before the command was there waits for it. */
static void
passed_on(int number)
{
	int status;
	pid_t child;

	signals_pass_on();
	signals_watch_children();
	raise(number);
	child = start_command(number);
	signals_pass_on_to(child);
	CLAIM(wait_for(NULL, 0, deadline_in(20000)) == WAIT_READY);
	CLAIM(waitpid(child, &status, 0) == child);
	CLAIM(WIFEXITED(status) && WEXITSTATUS(status) == number);
	CLAIM(signals_caught() == 0);
	signals_watch_end();
	signals_pass_on_end();
}

static void
passed_on_term(void)
{
	passed_on(SIGTERM);
	raise(SIGTERM); /* now it is for us */
	CLAIM(wait_for(NULL, 0, deadline_in(20000)) == WAIT_INTERRUPTED);
	CLAIM(signals_caught() == SIGTERM);
}

static void
passed_on_usr1(void)
{
	passed_on(SIGUSR1);
	raise(SIGUSR1); /* ends us again */
}

static void
passed_on_but_ignored(void)
{
	signal(SIGINT, SIG_IGN);
	signals_pass_on();
	raise(SIGINT);
	CLAIM(wait_for(NULL, 0, deadline_in(10)) == WAIT_TIMEOUT);
	signals_pass_on_end();
	CLAIM(signals_caught() == 0);
}

/* The command finds mask and dispositions as our caller left them. */
static void
all_restored(void)
{
	struct sigaction action;
	sigset_t mask;

	sigemptyset(&mask);
	sigaddset(&mask, SIGTERM);
	sigprocmask(SIG_BLOCK, &mask, NULL);
	signal(SIGPIPE, SIG_IGN);
	signal(SIGCHLD, SIG_IGN);
	signals_ignore_limits();
	signals_pass_on();
	signals_watch_children();
	signals_restore_all();
	CLAIM(sigprocmask(SIG_BLOCK, NULL, &mask) == 0);
	CLAIM(sigismember(&mask, SIGTERM) && !sigismember(&mask, SIGHUP));
	CLAIM(!sigismember(&mask, SIGCHLD) && !sigismember(&mask, SIGUSR1));
	CLAIM(sigaction(SIGPIPE, NULL, &action) == 0);
	CLAIM(action.sa_handler == SIG_IGN);
	CLAIM(sigaction(SIGCHLD, NULL, &action) == 0);
	CLAIM(action.sa_handler == SIG_IGN);
	CLAIM(sigaction(SIGXFSZ, NULL, &action) == 0);
	CLAIM(action.sa_handler == SIG_DFL);
	CLAIM(sigaction(SIGUSR1, NULL, &action) == 0);
	CLAIM(action.sa_handler == SIG_DFL);
}

struct signal_row {
	const char *name;
	void (*act)(void);
	int killed_by; /* 0: it exits */
};

static const struct signal_row signal_rows[] = {
    {"caught before waiting", caught_before_waiting, 0},
    {"caught while waiting", caught_while_waiting, 0},
    {"deferred, then another", deferred, 0},
    {"ignored stays ignored", ignored_stays_ignored, 0},
    {"blocked by the caller", blocked_by_the_caller, 0},
    {"broken pipe", broken_pipe, 0},
    {"first in a library is noted", library_notes_the_first, 0},
    {"second in a library ends", library_ends_on_the_second, SIGTERM},
    {"SIGPIPE restored", restored_for_a_child, SIGPIPE},
    {"mask restored", restored_mask, 0},
    {"a file over its limit", file_grows_over_its_limit, 0},
    {"SIGXFSZ restored", limit_restored_for_a_child, SIGXFSZ},
    {"TERM is passed on", passed_on_term, 0},
    {"USR1 is passed on", passed_on_usr1, SIGUSR1},
    {"an ignored one is not", passed_on_but_ignored, 0},
    {"all restored for a command", all_restored, 0},
    {"not caught at all", not_caught_at_all, SIGTERM},
};

static void
test_signals(void **state)
{
	const struct signal_row *row = *state;
	pid_t child = fork();
	int status;

	assert_true(child >= 0);
	if (child == 0) {
		/*
		 * The program that started the tests may ignore or block some
		 * signals.
		 */
		sigset_t none;

		sigemptyset(&none);
		sigprocmask(SIG_SETMASK, &none, NULL);
		signal(SIGTERM, SIG_DFL);
		signal(SIGINT, SIG_DFL);
		signal(SIGHUP, SIG_DFL);
		signal(SIGPIPE, SIG_DFL);
		signal(SIGXFSZ, SIG_DFL);
		alarm(30);
		row->act();
		_exit(0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	if (row->killed_by != 0) {
		assert_true(WIFSIGNALED(status));
		assert_int_equal(WTERMSIG(status), row->killed_by);
	} else {
		assert_true(WIFEXITED(status));
		assert_int_equal(WEXITSTATUS(status), 0);
	}
}

int
main(void)
{
	struct rows all = {0};

	rows_add(&all, "signals", signal_rows, ROWS(signal_rows), test_signals);
	return rows_end(&all);
}
