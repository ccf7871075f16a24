#include "rows.h"

#include <signal.h>

#include "base/mem.h"
#include "base/signals.h"
#include "doctor/check_table.h"
#include "doctor/checkup.h"

/* Ids are of lower-case words, and each step stands before what needs it. */
static void
test_table(void **state)
{
	(void)state;
	for (size_t i = 0; i < check_table_count; i++) {
		const struct check *check = &check_table[i];

		assert_int_equal(check_table_find(check->id), i);
		assert_int_equal(
		    strspn(check->id, "abcdefghijklmnopqrstuvwxyz6."),
		    strlen(check->id));
		if (check->needs != NULL)
			assert_true(check_table_find(check->needs) < i);
		assert_non_null(check->run);
		assert_true(check->title[0] != '\0');
	}
	assert_int_equal(check_table_find("no.such"), check_table_count);
}

/* A run without a profile, as with a configuration that cannot be read. */
static struct diagnosis
run_without_profile(struct error *err, const bool *selected, int64_t deadline)
{
	struct diagnosis diagnosis = {
	    .unusable = err,
	    .selected = selected,
	    .deadline = deadline,
	};

	error_set(err, ERROR_CONFIG, "cannot read it\nhint: mend it");
	checkup_run(&diagnosis);
	return diagnosis;
}

/* Whether the check needs the step, or a step that needs it. */
static bool
depends(const char *id, const char *step)
{
	while (id != NULL && strcmp(id, step) != 0)
		id = check_table[check_table_find(id)].needs;
	return id != NULL;
}

/* The fault is told once; what follows from it is skipped and names it. */
static void
test_needs(void **state)
{
	struct error err = {0};
	struct diagnosis diagnosis = run_without_profile(&err, NULL, INT64_MAX);
	const struct findings *findings = &diagnosis.findings;
	const struct finding *first = finding_of(findings, "config.read");

	(void)state;
	assert_int_equal(first->severity, SEVERITY_FAILURE);
	assert_string_equal(first->text, "cannot read it");
	assert_string_equal(first->hint, "mend it");
	for (size_t i = 0; i < check_table_count; i++) {
		const struct finding *finding =
		    finding_of(findings, check_table[i].id);

		assert_non_null(finding);
		if (finding == first || !depends(finding->id, "config.read"))
			continue;
		assert_int_equal(finding->severity, SEVERITY_SKIPPED);
		assert_string_equal(finding->needs, "config.read");
		assert_string_equal(finding->text, "needs config.read");
		assert_false(finding->is_unknown);
	}
	for (size_t i = 0; i < findings->count; i++)
		assert_true(findings->items[i] == first ||
		    findings->items[i]->severity == SEVERITY_OK ||
		    findings->items[i]->severity == SEVERITY_SKIPPED);
	assert_false(diagnosis.is_interrupted);
	diagnosis_free(&diagnosis);
}

/* What was only needed is not shown, unless it failed. */
static void
test_selected(void **state)
{
	bool *selected = mem_new(check_table_count, sizeof(bool));
	struct error err = {0};
	struct diagnosis diagnosis;

	(void)state;
	selected[check_table_find("config.weak")] = true;
	diagnosis = run_without_profile(&err, selected, INT64_MAX);
	assert_int_equal(diagnosis.findings.count, 2);
	assert_string_equal(diagnosis.findings.items[0]->id, "config.read");
	assert_string_equal(diagnosis.findings.items[1]->id, "config.weak");
	assert_string_equal(diagnosis.findings.items[1]->needs, "config.read");
	diagnosis_free(&diagnosis);

	selected[check_table_find("config.weak")] = false;
	selected[check_table_find("clock.build")] = true;
	diagnosis = run_without_profile(&err, selected, INT64_MAX);
	assert_int_equal(diagnosis.findings.count, 2);
	assert_string_equal(diagnosis.findings.items[0]->id, "config.read");
	assert_string_equal(diagnosis.findings.items[1]->id, "clock.build");
	diagnosis_free(&diagnosis);
	free(selected);
}

static void
count_check(void *context, const struct check *check)
{
	(void)check;
	++*(size_t *)context;
}

/* Without time nothing begins, and every check says so. */
static void
test_deadline(void **state)
{
	struct error err = {0};
	struct diagnosis diagnosis = run_without_profile(&err, NULL, 0);
	const struct findings *findings = &diagnosis.findings;

	(void)state;
	assert_int_equal(findings->count, check_table_count);
	for (size_t i = 0; i < findings->count; i++) {
		assert_string_equal(findings->items[i]->id, check_table[i].id);
		assert_string_equal(
		    findings->items[i]->text, "no time was left");
		assert_true(findings->items[i]->is_unknown);
	}
	diagnosis_free(&diagnosis);
}

/* The first check, which waits for nothing, ends; the others do not begin. */
static void
interrupt(void *context, const struct check *check)
{
	count_check(context, check);
	raise(SIGTERM);
}

static void
test_signal(void **state)
{
	struct error err = {0};
	size_t begun = 0;
	struct diagnosis diagnosis = {
	    .unusable = &err,
	    .deadline = INT64_MAX,
	    .begin = interrupt,
	    .context = &begun,
	};

	(void)state;
	signals_catch();
	error_set(&err, ERROR_CONFIG, "cannot read it");
	checkup_run(&diagnosis);
	assert_int_equal(begun, 1);
	assert_true(diagnosis.is_interrupted);
	assert_int_equal(diagnosis.findings.count, check_table_count);
	assert_string_equal(
	    diagnosis.findings.items[0]->text, "cannot read it");
	for (size_t i = 1; i < diagnosis.findings.count; i++) {
		const struct finding *finding = diagnosis.findings.items[i];

		assert_string_equal(finding->text,
		    finding->needs != NULL ? "needs config.read"
					   : "interrupted by a signal");
		assert_true(finding->is_unknown == (finding->needs == NULL));
	}
	diagnosis_free(&diagnosis);
	signals_defer();
}

int
main(void)
{
	struct rows all = {0};

	rows_add_one(&all, "the table", test_table);
	rows_add_one(&all, "a needed step failed", test_needs);
	rows_add_one(&all, "selected checks", test_selected);
	rows_add_one(&all, "no time is left", test_deadline);
	rows_add_one(&all, "a signal", test_signal);
	return rows_end(&all);
}
