/*
 * The reason why a mail waits. The trouble of a server counts for all mail of
 * its profile and goes before what the server said about one mail, since no
 * mail is tried until it is over.
 */
#include "spool/reason.h"

#include <stdlib.h>

void
reason_profile_free(struct reason_profile *profile)
{
	free(profile->fault);
	server_state_free(&profile->trouble);
	*profile = (struct reason_profile){0};
}

const char *
reason_name(enum reason_kind kind)
{
	static const char *const names[] = {
	    [REASON_NONE] = NULL,
	    [REASON_MAIL] = "mail",
	    [REASON_SERVER] = "server",
	    [REASON_LOGIN] = "login",
	    [REASON_PROFILE] = "profile",
	    [REASON_TIME] = "time",
	    [REASON_HAND] = "hand",
	};

	return names[kind];
}

/* The outcome of the first recipient that waits and has one; else any. */
static const struct outcome *
find_outcome(const struct envelope *envelope)
{
	const struct outcome *other = NULL;

	for (size_t i = 0; i < envelope->count; i++) {
		const struct recipient *recipient = &envelope->recipients[i];

		switch (recipient->outcome.action) {
		case ACTION_DELAYED:
			return &recipient->outcome;
		case ACTION_FAILED:
			other = &recipient->outcome;
			break;
		case ACTION_NONE:
		case ACTION_RELAYED:
			break;
		}
	}
	return other;
}

/* By the outcome: whose trouble it was when the mail was tried last. */
static enum reason_kind
kind_of_outcome(const struct outcome *outcome)
{
	switch (schedule_scope(outcome)) {
	case SCOPE_LOGIN:
		return REASON_LOGIN;
	case SCOPE_SERVER:
		return REASON_SERVER;
	case SCOPE_MAIL:
		break;
	}
	return REASON_MAIL;
}

static struct reason
reason_of_trouble(const struct server_state *trouble, int64_t next)
{
	return (struct reason){
	    .kind =
		trouble->scope == SCOPE_LOGIN ? REASON_LOGIN : REASON_SERVER,
	    .text = trouble->text,
	    .next = trouble->next > next ? trouble->next : next,
	};
}

struct reason
reason_of(const struct listing *listing, const struct reason_profile *profile,
    int64_t now)
{
	const struct waiting *waiting = &listing->waiting;
	struct reason reason = {.kind = REASON_HAND};

	reason.text = listing_fault_text(listing);
	if (reason.text != NULL)
		return reason;
	reason.outcome = find_outcome(&waiting->envelope);
	if (listing->state == LISTING_DEAD && reason.outcome == NULL)
		reason.text = listing->why_dead;
	if (listing->state == LISTING_DEAD || listing->state == LISTING_HELD)
		return reason;
	if (profile->fault != NULL)
		return (struct reason){
		    .kind = REASON_PROFILE, .text = profile->fault};
	if (waiting->not_before > now)
		return (struct reason){.kind = REASON_TIME,
		    .next = waiting->not_before > waiting->next
			? waiting->not_before
			: waiting->next};
	if (profile->has_trouble)
		return reason_of_trouble(&profile->trouble, waiting->next);
	reason.kind = reason.outcome == NULL ? REASON_NONE
					     : kind_of_outcome(reason.outcome);
	reason.next = waiting->next;
	if (profile->is_known && reason.next > now &&
	    schedule_state(&profile->schedule, waiting, now) == SCHEDULE_DUE)
		reason.next = 0;
	return reason;
}

void
reason_add(struct buf *out, const struct reason *reason)
{
	if (reason->text != NULL)
		buf_add_text(out, reason->text);
	else if (reason->outcome != NULL)
		reply_add_line(out, &reason->outcome->reply);
}
