/*
 * Catches the signals that would end the program, so that every recipient can
 * still be settled. They take effect only in wait_for (base/wait.h).
 */
#ifndef BASE_SIGNALS_H
#define BASE_SIGNALS_H

#include <signal.h>
#include <stdbool.h>
#include <sys/types.h>

/* Ignores SIGXFSZ: a write beyond RLIMIT_FSIZE then fails with EFBIG. */
void signals_ignore_limits(void);
/*
 * Catches TERM, INT and HUP: after this call they end the running or the next
 * wait_for, not the program. Those that were ignored stay ignored. Ignores
 * SIGPIPE.
 */
void signals_catch(void);
/* The last signal caught; 0 if there was none. */
int signals_caught(void);
/* Signals caught until now no longer end a wait; later ones do. */
void signals_defer(void);
/* Whether a signal was caught that is not deferred. */
bool signals_are_pending(void);
/*
 * Called before and after a library call that blocks and that no signal can end
 * (getaddrinfo). In between, the first signal is noted, and a second one ends
 * the program.
 */
void signals_unblock(void);
void signals_block(void);
/*
 * Between these two calls no signal ends a wait; one that arrives then ends the
 * next wait. For an exchange that must not stop half-way.
 */
void signals_hold(void);
void signals_release(void);
/* The signal mask for ppoll(2); NULL where signals are not caught. */
const sigset_t *signals_wait_mask(void);
/*
 * In a child between fork and exec: unblocks TERM, INT and HUP, and sets
 * SIGPIPE and SIGXFSZ to their defaults. (exec itself resets signals that are
 * caught.)
 */
void signals_restore(void);
/*
 * In a child between fork and exec: sets the mask and all dispositions as they
 * were when the program started, so that a command finds what its caller set.
 */
void signals_restore_all(void);

/*
 * The end of a child ends a wait from now on (base/wait.h) until
 * signals_watch_end. It also keeps the child's exit status where SIGCHLD was
 * ignored. Called before the fork.
 */
void signals_watch_children(void);
void signals_watch_end(void);
/* Whether a watched child has ended since the last call. */
bool signals_take_child(void);

/*
 * For a command that runs in our place: TERM, INT, HUP, QUIT, ALRM, USR1 and
 * USR2 do not end a wait, but are sent on to the command, except those that a
 * terminal has sent to the command too. Called before the fork: a signal that
 * comes before signals_pass_on_to names the command waits for it.
 */
void signals_pass_on(void);
void signals_pass_on_to(pid_t child);
/*
 * Called once the command has ended: all is as after signals_catch again.
 * Signals that came too late for the command are dropped.
 */
void signals_pass_on_end(void);

#endif
