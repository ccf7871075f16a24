/*
 * The signals that end the program: caught, so that every recipient can still
 * be settled. They take effect only in wait_for (base/wait.h).
 */
#ifndef BASE_SIGNALS_H
#define BASE_SIGNALS_H

#include <signal.h>
#include <stdbool.h>

/* A file that grows beyond RLIMIT_FSIZE makes write(2) fail, no more. */
void signals_ignore_limits(void);
/*
 * From now on TERM, INT and HUP, unless they were ignored before, end the next
 * or running wait_for and not the program; SIGPIPE is ignored.
 */
void signals_catch(void);
/* The last signal caught; 0 if there was none. */
int signals_caught(void);
/* Signals caught until now no longer end a wait; later ones do. */
void signals_defer(void);
/* Whether a signal was caught that is not deferred. */
bool signals_are_pending(void);
/*
 * Around a library call that blocks (getaddrinfo), which no signal can end:
 * the first one is noted, and a second one ends the program.
 */
void signals_unblock(void);
void signals_block(void);
/* The signal mask for ppoll(2); NULL where signals are not caught. */
const sigset_t *signals_wait_mask(void);
/* In a child between fork and exec: everything as before signals_catch. */
void signals_restore(void);

#endif
