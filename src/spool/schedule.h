/*
 * When a mail that waits is tried, and when its time is over: pure functions
 * of the facts and of the time, which is always an argument.
 */
#ifndef SPOOL_SCHEDULE_H
#define SPOOL_SCHEDULE_H

#include <stdbool.h>
#include <stdint.h>

#include "envelope/outcome.h"
#include "spool/waiting.h"

/* The setting queue-retry, in seconds. */
struct schedule {
	int64_t first;	 /* the pause after the first attempt */
	int64_t longest; /* each pause is twice the one before, up to this */
};

/*
 * The pause after `attempts` attempts (1 or more), in seconds, made up to a
 * quarter shorter or longer by `random`, any 32 bits.
 */
int64_t schedule_pause(
    const struct schedule *schedule, unsigned attempts, uint32_t random);
/* That pause after `from`, with a random number. */
int64_t schedule_next(
    const struct schedule *schedule, unsigned attempts, int64_t from);

/* Whose trouble an outcome is. */
enum schedule_scope {
	SCOPE_SERVER, /* all mail of the profile waits; no mail is touched */
	SCOPE_LOGIN,  /* likewise, and the login is tried rarely */
	SCOPE_MAIL,   /* this mail's, or one of its recipients' */
};
enum schedule_scope schedule_scope(const struct outcome *outcome);

enum schedule_state {
	SCHEDULE_DUE,
	SCHEDULE_LATER, /* its next attempt or its chosen time is to come */
	SCHEDULE_HELD,
};
/*
 * What holds for a mail at `now` (seconds since 1970). A next attempt further
 * away than any pause can be is due: the clock was set back.
 */
enum schedule_state schedule_state(const struct schedule *schedule,
    const struct waiting *waiting, int64_t now);
/*
 * What is left of its lifetime by the spool's clock. The time until --at is no
 * part of the lifetime.
 */
int64_t schedule_left(
    const struct waiting *waiting, int64_t clock, int64_t lifetime);
/*
 * Whether its lifetime is over. Only a mail that has just been tried without
 * success may end for that reason.
 */
bool schedule_is_expired(
    const struct waiting *waiting, int64_t clock, int64_t lifetime);

#endif
