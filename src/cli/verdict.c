/* Computes the exit status of --doctor, and that of a submission. */
#include "cli/verdict.h"

#include <stdlib.h>

#include "cli/exit_status.h"
#include "cli/queue_add.h"
#include "doctor/queue_check.h"

enum verdict_status
verdict_worse(enum verdict_status a, enum verdict_status b)
{
	static const int ranks[] = {
	    [VERDICT_OK] = 0,
	    [VERDICT_UNKNOWN] = 1,
	    [VERDICT_WARNING] = 2,
	    [VERDICT_FAILURE] = 3,
	};

	return ranks[a] >= ranks[b] ? a : b;
}

static enum verdict_status
status_of_finding(const struct finding *finding)
{
	switch (finding->severity) {
	case SEVERITY_WARNING:
		return VERDICT_WARNING;
	case SEVERITY_FAILURE:
		return VERDICT_FAILURE;
	case SEVERITY_SKIPPED:
		return finding->is_unknown ? VERDICT_UNKNOWN : VERDICT_OK;
	default:
		return VERDICT_OK;
	}
}

const struct finding *
verdict_decisive(const struct diagnosis *diagnosis, enum verdict_status status)
{
	const struct findings *findings = &diagnosis->findings;

	for (size_t i = 0; status != VERDICT_OK && i < findings->count; i++)
		if (status_of_finding(findings->items[i]) == status)
			return findings->items[i];
	return NULL;
}

/* Which mail the queue would keep. A later run can ask nobody for a secret. */
static enum queue_use
queue_use_of(const struct diagnosis *diagnosis, const struct options *options)
{
	const struct profile *profile = diagnosis->profile;
	enum queue_use use = queue_policy_use(&profile->queue, true);
	struct buf obstacle = {0};

	if (use != QUEUE_NEVER)
		queue_add_find_obstacle(&obstacle, profile, options);
	if (obstacle.len > 0 || diagnosis->secret.is_prompted)
		use = QUEUE_NEVER;
	buf_free(&obstacle);
	return use;
}

/* What a mail with one recipient would meet. */
static void
judge_outcome(struct verdict *verdict, const struct diagnosis *diagnosis,
    const struct outcome *outcome, const struct options *options)
{
	struct recipient recipient = {0};
	const struct envelope envelope = {.recipients = &recipient, .count = 1};
	bool queues = queue_use_of(diagnosis, options) != QUEUE_NEVER;
	struct error ignored = {0};

	outcome_copy(&recipient.outcome, outcome);
	if (queues)
		outcome_defer_refusal(&recipient.outcome);
	queues = queues && queue_check_keeps(diagnosis->profile, &ignored);
	if (recipient.outcome.action == ACTION_RELAYED)
		verdict->mail = "mail would be relayed";
	else if (recipient.outcome.action == ACTION_FAILED)
		verdict->mail = "mail would be refused";
	else if (queues)
		verdict->mail = "mail would be queued";
	else
		verdict->mail = "mail would be deferred";
	if (queues && recipient.outcome.action == ACTION_DELAYED)
		recipient.kept = KEPT_QUEUED;
	verdict->submission = exit_status_of(&envelope, false);
	outcome_free(&recipient.outcome);
}

static void
judge_error(struct verdict *verdict, const struct error *err)
{
	verdict->submission = error_exit_status(err->kind);
	verdict->mail = "mail would not be sent";
}

/* The status that a submission would end with now. */
static void
judge_submission(struct verdict *verdict, const struct diagnosis *diagnosis,
    const struct options *options)
{
	const struct error *secret_error = &diagnosis->secret_error;
	struct outcome outcome = {0};
	struct error why = {0};

	verdict->submission = -1;
	if (diagnosis->profile == NULL) {
		judge_error(verdict, diagnosis->unusable);
	} else if (queue_use_of(diagnosis, options) == QUEUE_ALWAYS &&
	    !queue_check_keeps(diagnosis->profile, &why)) {
		verdict->mail = "mail would be deferred";
		verdict->submission = error_exit_status(why.kind);
	} else if (queue_use_of(diagnosis, options) == QUEUE_ALWAYS) {
		verdict->mail = "mail would be queued without an attempt";
		verdict->submission = EXIT_SUCCESS;
	} else if (secret_error->kind == ERROR_TEMPORARY ||
	    secret_error->kind == ERROR_LOGIN) {
		outcome_set_own(&outcome, STAGE_AUTH,
		    secret_cause(secret_error), "%s", secret_error->text);
		judge_outcome(verdict, diagnosis, &outcome, options);
		outcome_free(&outcome);
	} else if (secret_error->kind != ERROR_NONE) {
		judge_error(verdict, secret_error);
	} else if (diagnosis->trial.is_done &&
	    diagnosis->trial.outcome.action == ACTION_RELAYED &&
	    diagnosis->no_login && secret_is_wanted(diagnosis->profile)) {
		verdict->mail = "mail would come as far as the login";
	} else if (diagnosis->trial.is_done && !diagnosis->trial.is_cut) {
		judge_outcome(
		    verdict, diagnosis, &diagnosis->trial.outcome, options);
	}
}

struct verdict
verdict_of(const struct diagnosis *diagnosis, const struct options *options)
{
	const struct findings *findings = &diagnosis->findings;
	struct verdict verdict = {0};
	bool is_judged = false;

	for (size_t i = 0; i < findings->count; i++) {
		const struct finding *finding = findings->items[i];

		verdict.counts[finding->severity]++;
		verdict.status =
		    verdict_worse(verdict.status, status_of_finding(finding));
		if (finding->severity != SEVERITY_SKIPPED)
			is_judged = true;
	}
	if (!is_judged || diagnosis->is_interrupted)
		verdict.status = VERDICT_UNKNOWN;
	if (!diagnosis->is_interrupted)
		judge_submission(&verdict, diagnosis, options);
	else
		verdict.submission = -1;
	return verdict;
}
