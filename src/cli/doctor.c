/*
 * Runs --doctor: loads the configuration, examines each profile that is wanted,
 * and prints the findings in the form that --report names.
 */
#include "cli/doctor.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/signals.h"
#include "base/utf8.h"
#include "base/wait.h"
#include "cli/consent.h"
#include "cli/doctor_text.h"
#include "cli/outgoing.h"
#include "cli/output.h"
#include "cli/trace.h"
#include "doctor/check_table.h"
#include "doctor/checkup.h"
#include "profile/identity.h"
#include "profile/profile_choice.h"

#define OUTPUT_MAX ((size_t)64 * 1024 * 1024)
#define TIMEOUT ((int64_t)60000)
#define ID_SHOWN_MAX ((size_t)40)

/* A call of --doctor. */
struct doctor {
	const struct options *options;
	const struct profiles *profiles; /* NULL: `unusable` says why */
	struct error unusable;
	bool *selected; /* NULL: all checks */
	struct buf out;
	size_t examined;
	enum verdict_status status;
};

static bool
refuse_id(struct span id, struct error *err)
{
	char *shown = utf8_excerpt_masked(id, ID_SHOWN_MAX);

	error_set(err, ERROR_USAGE,
	    "cannot use --only: there is no check \"%s\"\nhint: the checks are",
	    shown);
	free(shown);
	for (size_t i = 0; i < check_table_count; i++)
		error_add(err, "%s %s", i > 0 ? "," : "", check_table[i].id);
	return false;
}

/* Marks the checks that --only names. */
static bool
select_checks(struct doctor *doctor, struct error *err)
{
	struct span rest = span_from(doctor->options->doctor.only), word;

	if (rest.at == NULL)
		return true;
	doctor->selected = mem_new(check_table_count, sizeof(bool));
	while (span_next_word(&rest, ", ", &word)) {
		char *id = span_copy(word);
		size_t i = check_table_find(id);

		free(id);
		if (i == check_table_count)
			return refuse_id(word, err);
		doctor->selected[i] = true;
	}
	return true;
}

static bool
check_options(const struct options *options, struct error *err)
{
	if (options->doctor.all > 0 && options->profile != NULL)
		return error_set(err, ERROR_USAGE,
		    "cannot use --all: the call names a profile");
	if (options->doctor.send_to != NULL && options->doctor.no_login > 0)
		return error_set(
		    err, ERROR_USAGE, "cannot use --send with --no-login");
	return true;
}

/* Only someone at a terminal can be asked. */
static bool
ask(void *context, const char *question)
{
	(void)context;
	fprintf(stderr, "smtpost: %s [y/N] ", question);
	fflush(stderr);
	return consent_read(stdin);
}

/* The reverse-path of a mail; NULL: it is not known. Caller frees. */
static char *
find_sender(const struct options *options, const struct profile *profile)
{
	struct originator originator = {0};
	char *domain = identity_domain(profile);
	struct error ignored = {0};
	char *sender = NULL;

	if (originator_find(
		&originator, profile, options, NULL, domain, &ignored)) {
		sender = originator.reverse_path;
		originator.reverse_path = NULL;
	}
	originator_free(&originator);
	free(domain);
	return sender;
}

static void
print(
    struct doctor *doctor, const struct diagnosis *diagnosis, const char *wish)
{
	const struct options *options = doctor->options;
	struct verdict verdict = verdict_of(diagnosis, options);

	doctor->status = doctor->examined == 0
	    ? verdict.status
	    : verdict_worse(doctor->status, verdict.status);
	if (options_report(options) == REPORT_NONE)
		return;
	if (doctor->examined++ > 0)
		buf_add_char(&doctor->out, '\n');
	doctor_text_add_head(&doctor->out, diagnosis, wish);
	doctor_text_add_findings(&doctor->out, &diagnosis->findings,
	    options->verbose > 0 || isatty(STDOUT_FILENO));
	doctor_text_add_sum(&doctor->out, &verdict);
	output_write(&doctor->out, stdout);
}

/* Examines the profile of this name; NULL: the one that a mail would get. */
static void
examine(struct doctor *doctor, const char *name)
{
	const struct options *options = doctor->options;
	struct profile profile = PROFILE_UNSET;
	struct error unusable = doctor->unusable;
	struct trace trace;
	struct diagnosis diagnosis = {
	    .profiles = doctor->profiles,
	    .unusable = &unusable,
	    .observer = trace_init(&trace, options->verbose),
	    .no_login = options->doctor.no_login > 0,
	    .warn_days = (int64_t)options->doctor.warn_days,
	    .selected = doctor->selected,
	    .ask = isatty(STDIN_FILENO) && isatty(STDERR_FILENO) ? ask : NULL,
	};
	char *sender = NULL;

	if (doctor->profiles != NULL &&
	    (name != NULL ? profile_choice_make(&profile, doctor->profiles,
				name, NULL, NULL, &unusable)
			  : originator_choose_profile(&profile,
				doctor->profiles, options, NULL, &unusable))) {
		diagnosis.profile = &profile;
		sender = find_sender(options, &profile);
		diagnosis.sender = sender;
	}
	diagnosis.deadline = deadline_in(
	    profile.timeout_total > 0 ? profile.timeout_total : TIMEOUT);
	checkup_run(&diagnosis);
	print(doctor, &diagnosis, name != NULL ? name : options->profile);
	diagnosis_free(&diagnosis);
	free(sender);
	profile_free(&profile);
}

static void
examine_wanted(struct doctor *doctor)
{
	const struct profiles *profiles = doctor->profiles;

	if (doctor->options->doctor.all == 0 || profiles == NULL ||
	    profiles->count == 0) {
		examine(doctor, NULL);
		return;
	}
	for (size_t i = 0; i < profiles->count && !signals_are_pending(); i++)
		examine(doctor, profiles->named[i].name);
}

bool
doctor_run(const struct options *options, struct mode_result *result,
    struct error *err)
{
	struct doctor doctor = {.options = options};
	struct profiles *profiles;
	bool done = check_options(options, err) && select_checks(&doctor, err);

	if (done) {
		buf_init(&doctor.out, OUTPUT_MAX);
		signals_catch();
		profiles = outgoing_load_profiles(options, &doctor.unusable);
		doctor.profiles = profiles;
		if (profiles == NULL && doctor.unusable.kind == ERROR_USAGE) {
			*err = doctor.unusable;
			done = false;
		} else {
			examine_wanted(&doctor);
			result->exit_status = (int)doctor.status;
			done = output_end(err);
		}
		profiles_free(profiles);
		buf_free(&doctor.out);
	}
	free(doctor.selected);
	return done;
}
