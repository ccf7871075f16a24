/*
 * Computes the exit status from the outcomes of all recipients. EXIT STATUS of
 * smtpost(1) defines it; exit_status_of checks the rows of that section in
 * their order.
 */
#include "cli/exit_status.h"

#include <stdlib.h>
#include <sysexits.h>

void
exit_status_count(
    struct exit_status_tally *tally, const struct envelope *envelope)
{
	tally->total += envelope->count;
	for (size_t i = 0; i < envelope->count; i++) {
		const struct recipient *recipient = &envelope->recipients[i];
		const struct outcome *outcome = &recipient->outcome;

		if (recipient->kept == KEPT_QUEUED)
			tally->queued++;
		else if (recipient->kept == KEPT_HELD)
			tally->held++;
		else if (outcome->in_doubt)
			tally->unknown++;
		else if (outcome->action == ACTION_RELAYED)
			tally->relayed++;
		else if (outcome->action != ACTION_FAILED)
			tally->delayed[outcome->cause]++;
		else
			tally->failed++;
		if (outcome->action != ACTION_FAILED)
			continue;
		if (outcome->cause == CAUSE_CONTENT)
			tally->failed_by_content++;
		else if (outcome->stage == STAGE_RCPT)
			tally->failed_at_rcpt++;
	}
}

static struct exit_status_tally
count(const struct envelope *envelope)
{
	struct exit_status_tally tally = {0};

	exit_status_count(&tally, envelope);
	return tally;
}

int
exit_status_of(const struct envelope *envelope, bool as_sendmail)
{
	return exit_status_of_tally(count(envelope), as_sendmail);
}

/* The first row that fits decides. */
int
exit_status_of_tally(struct exit_status_tally tally, bool as_sendmail)
{
	if (tally.unknown > 0)
		return as_sendmail ? EX_TEMPFAIL : EXIT_UNKNOWN;
	/* A caller of sendmail can do nothing about a mail that is held. */
	if (tally.held > 0 && !as_sendmail)
		return EXIT_UNKNOWN;
	if (tally.relayed + tally.queued + tally.held == tally.total)
		return EXIT_SUCCESS;
	if (tally.relayed + tally.queued > 0 && !as_sendmail)
		return EXIT_PARTLY;
	tally.total -= tally.relayed + tally.queued + tally.held;
	if (tally.delayed[CAUSE_NO_HOST] > 0)
		return EX_NOHOST;
	if (tally.delayed[CAUSE_PROTOCOL] > 0)
		return EX_PROTOCOL;
	if (tally.delayed[CAUSE_LOGIN] > 0)
		return EX_NOPERM;
	if (tally.failed < tally.total)
		return EX_TEMPFAIL;
	if (tally.failed_by_content == tally.total)
		return EX_DATAERR;
	if (tally.failed_at_rcpt == tally.total)
		return EX_NOUSER;
	return EX_UNAVAILABLE;
}

const char *
exit_status_outcome_name(const struct envelope *envelope)
{
	struct exit_status_tally tally = count(envelope);

	if (tally.unknown + tally.held > 0)
		return "unknown";
	if (tally.relayed == tally.total)
		return tally.total > 0
		    ? outcome_name(&envelope->recipients[0].outcome)
		    : "relayed";
	if (tally.relayed + tally.queued == tally.total)
		return "queued";
	if (tally.relayed + tally.queued > 0)
		return "partly";
	return tally.failed == tally.total ? "failed" : "deferred";
}
