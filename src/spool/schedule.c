/*
 * Decides when mail is tried. The trouble of a server never changes when a mail
 * is due: schedule_scope tells the two apart.
 */
#include "spool/schedule.h"

#include "base/random.h"

int64_t
schedule_pause(
    const struct schedule *schedule, unsigned attempts, uint32_t random)
{
	int64_t pause = schedule->first;

	while (attempts-- > 1 && pause < schedule->longest)
		pause *= 2;
	if (pause > schedule->longest)
		pause = schedule->longest;
	/* Three quarters, and up to a half more. */
	return pause - pause / 4 +
	    (int64_t)((uint64_t)(pause / 2) * random / UINT32_MAX);
}

int64_t
schedule_next(const struct schedule *schedule, unsigned attempts, int64_t from)
{
	uint32_t random;

	if (!random_octets(&random, sizeof(random)))
		random = UINT32_MAX / 2;
	return from + schedule_pause(schedule, attempts, random);
}

enum schedule_scope
schedule_scope(const struct outcome *outcome)
{
	if (outcome->is_of_domain)
		return SCOPE_MAIL;
	if (outcome->cause == CAUSE_LOGIN)
		return SCOPE_LOGIN;
	switch (outcome->stage) {
	case STAGE_NONE:
	case STAGE_CONNECT:
	case STAGE_GREETING:
	case STAGE_EHLO:
	case STAGE_TLS:
	case STAGE_AUTH:
		return SCOPE_SERVER;
	case STAGE_MAIL:
	case STAGE_RCPT:
	case STAGE_DATA:
	case STAGE_CONTENT:
	case STAGE_QUIT:
		break;
	}
	return SCOPE_MAIL;
}

enum schedule_state
schedule_state(
    const struct schedule *schedule, const struct waiting *waiting, int64_t now)
{
	if (waiting->is_held)
		return SCHEDULE_HELD;
	if (waiting->not_before > now)
		return SCHEDULE_LATER;
	return waiting->next > now &&
		waiting->next - now <= schedule->longest / 2 * 3
	    ? SCHEDULE_LATER
	    : SCHEDULE_DUE;
}

int64_t
schedule_left(const struct waiting *waiting, int64_t clock, int64_t lifetime)
{
	int64_t chosen = waiting->not_before > waiting->arrived
	    ? waiting->not_before - waiting->arrived
	    : 0;

	return lifetime + chosen - (clock - waiting->clock);
}

bool
schedule_is_expired(
    const struct waiting *waiting, int64_t clock, int64_t lifetime)
{
	return schedule_left(waiting, clock, lifetime) <= 0;
}
