/* A check is skipped if the step that it needs has failed. */
#include "doctor/checkup.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/signals.h"
#include "base/wait.h"
#include "doctor/check_table.h"
#include "doctor/login_check.h"

/* Marks the steps that a selected check needs, and what those need. */
static bool *
mark_needed(const bool *selected)
{
	bool *marked = mem_new(check_table_count + 1, sizeof(bool));

	for (size_t i = check_table_count; i-- > 0;) {
		if (selected == NULL || selected[i])
			marked[i] = true;
		if (marked[i] && check_table[i].needs != NULL)
			marked[check_table_find(check_table[i].needs)] = true;
	}
	return marked;
}

/* Whether the step is an earlier row of the table than this check. */
static bool
is_before(const char *step, const struct check *check)
{
	return step != NULL &&
	    check_table_find(step) < check_table_find(check->id);
}

/*
 * The step that failed, if the check needs it or a step that needs it; NULL:
 * the check can be judged. What does not apply prevents nothing, nor does a
 * later step: with smtps:// the greeting needs TLS.
 */
static const char *
failed_step(const struct findings *findings, const struct check *check)
{
	const struct finding *needed;

	if (check->needs == NULL)
		return NULL;
	switch (finding_worst(findings, check->needs)) {
	case SEVERITY_FAILURE:
		return check->needs;
	case SEVERITY_SKIPPED:
		needed = finding_of(findings, check->needs);
		return needed != NULL && is_before(needed->needs, check)
		    ? needed->needs
		    : NULL;
	default:
		return NULL;
	}
}

/*
 * A signal came during the check: the faults that it found, from index `from`
 * on, may be those of the signal.
 */
static void
withdraw_faults(struct diagnosis *diagnosis, const char *id, size_t from)
{
	struct findings *findings = &diagnosis->findings;
	size_t kept = from;

	for (size_t i = from; i < findings->count; i++) {
		struct finding *finding = findings->items[i];

		if (finding->severity == SEVERITY_OK ||
		    finding->severity == SEVERITY_NOTE)
			findings->items[kept++] = finding;
		else
			finding_free(finding);
	}
	if (kept < findings->count || kept == from) {
		findings->count = kept;
		finding_add_unknown(findings, id, "interrupted by a signal");
	}
	diagnosis->is_interrupted = true;
}

static void
run_check(struct diagnosis *diagnosis, const struct check *check)
{
	struct findings *findings = &diagnosis->findings;
	const char *failed = failed_step(findings, check);
	size_t count = findings->count;

	/* Only a wait takes a signal. */
	if (wait_for(NULL, 0, clock_now()) == WAIT_INTERRUPTED)
		diagnosis->is_interrupted = true;
	if (failed != NULL) {
		finding_add_skipped(findings, check->id, failed);
		return;
	}
	if (diagnosis->is_interrupted) {
		finding_add_unknown(
		    findings, check->id, "interrupted by a signal");
		return;
	}
	if (clock_now() >= diagnosis->deadline) {
		finding_add_unknown(findings, check->id, "no time was left");
		return;
	}
	if (check->is_of_server && diagnosis->profile != NULL &&
	    profile_is_direct(diagnosis->profile)) {
		finding_add(findings, check->id, SEVERITY_SKIPPED,
		    "mail goes to the servers of each domain, see reach.mx");
		return;
	}
	if (diagnosis->begin != NULL)
		diagnosis->begin(diagnosis->context, check);
	check->run(diagnosis);
	if (signals_are_pending())
		withdraw_faults(diagnosis, check->id, count);
	else if (findings->count == count)
		finding_add_unknown(findings, check->id, "nothing was found");
}

/* Removes what was needed only, and did not fail. */
static void
remove_unselected(struct findings *findings, const bool *selected)
{
	size_t kept = 0;

	for (size_t i = 0; i < findings->count; i++) {
		struct finding *finding = findings->items[i];

		if (selected[check_table_find(finding->id)] ||
		    finding->severity == SEVERITY_FAILURE)
			findings->items[kept++] = finding;
		else
			finding_free(finding);
	}
	findings->count = kept;
}

/*
 * Runs the steps that findings need and that have not run, so that their fault
 * is reported.
 */
static void
run_named(struct diagnosis *diagnosis, bool *marked)
{
	struct findings *findings = &diagnosis->findings;

	for (size_t i = 0; i < findings->count; i++) {
		const char *needs = findings->items[i]->needs;
		size_t step =
		    needs != NULL ? check_table_find(needs) : check_table_count;

		if (step < check_table_count && !marked[step]) {
			marked[step] = true;
			run_check(diagnosis, &check_table[step]);
		}
	}
}

/* Puts the findings in the order of the table. */
static void
sort(struct findings *findings)
{
	struct findings sorted = {0};

	for (size_t i = 0; i < check_table_count; i++)
		for (size_t j = 0; j < findings->count; j++)
			if (strcmp(findings->items[j]->id, check_table[i].id) ==
			    0)
				finding_append(&sorted, findings->items[j]);
	free(findings->items);
	*findings = sorted;
}

/* What a mail would meet is reported even if no check has asked. */
static void
tell_verdict(struct diagnosis *diagnosis)
{
	const struct findings *findings = &diagnosis->findings;
	size_t count = findings->count;

	login_check_verdict(diagnosis);
	if (signals_are_pending() && findings->count > count)
		withdraw_faults(diagnosis, findings->items[count]->id, count);
}

void
checkup_run(struct diagnosis *diagnosis)
{
	bool *marked = mark_needed(diagnosis->selected);

	/* Without a profile nothing is well, whatever was asked for. */
	if (diagnosis->profile == NULL)
		marked[check_table_find("config.read")] =
		    marked[check_table_find("config.profile")] = true;
	/* The size limit may refuse MAIL itself. */
	diagnosis->no_mail = !marked[check_table_find("mail.from")] &&
	    !marked[check_table_find("size")];
	for (size_t i = 0; i < check_table_count; i++)
		if (marked[i])
			run_check(diagnosis, &check_table[i]);
	if (diagnosis->selected == NULL && diagnosis->profile != NULL &&
	    !diagnosis->is_interrupted && clock_now() < diagnosis->deadline)
		tell_verdict(diagnosis);
	if (diagnosis->selected != NULL) {
		run_named(diagnosis, marked);
		remove_unselected(&diagnosis->findings, diagnosis->selected);
		sort(&diagnosis->findings);
	}
	diagnosis->is_interrupted |= signals_are_pending();
	free(marked);
}
