/*
 * Runs --doctor: loads the configuration, examines each profile that is wanted,
 * and prints the findings in the form that --report names.
 */
#include "cli/doctor.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "address/address_list.h"
#include "base/mem.h"
#include "base/signals.h"
#include "base/utf8.h"
#include "base/wait.h"
#include "cli/consent.h"
#include "cli/doctor_json.h"
#include "cli/doctor_mail.h"
#include "cli/doctor_monitor.h"
#include "cli/doctor_text.h"
#include "cli/outgoing.h"
#include "cli/output.h"
#include "cli/question.h"
#include "cli/redaction.h"
#include "cli/status_line.h"
#include "cli/survey_json.h"
#include "cli/trace.h"
#include "doctor/check_table.h"
#include "doctor/checkup.h"
#include "profile/identity.h"
#include "profile/profile_choice.h"

/* The servers of the JSON form, and the findings */
#define OUTPUT_MAX (SURVEY_JSON_MAX + (size_t)16 * 1024 * 1024)
#define TIMEOUT ((int64_t)60000)
/* A step that takes longer is shown at a terminal: milliseconds. */
#define SLOW ((int64_t)3000)
/* How long an answer is waited for: milliseconds. */
#define PATIENCE ((int64_t)30000)
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
	struct doctor_monitor monitor;

	struct status_line line; /* shows the step */
	struct wait_tick tick;	 /* makes it do so */
	const struct check *check;
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
	size_t count = 0;

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
		count++;
	}
	return count > 0 ||
	    error_set(err, ERROR_USAGE, "cannot use --only: it names no check");
}

static bool
check_recipient(const char *text, struct error *err)
{
	struct mailbox mailbox = {0};
	bool is_one =
	    address_list_parse_mailbox(&mailbox, span_from(text), err);

	mailbox_free(&mailbox);
	if (!is_one)
		err->kind = ERROR_USAGE;
	return is_one;
}

static bool
check_options(const struct options *options, struct error *err)
{
	if (options->doctor.all > 0 && options->profile != NULL)
		return error_set(err, ERROR_USAGE,
		    "cannot use --all: the command line names a profile");
	if (options->doctor.send_to != NULL && options->doctor.no_login > 0)
		return error_set(
		    err, ERROR_USAGE, "cannot use --send with --no-login");
	return options->doctor.send_to == NULL ||
	    options->doctor.send_to[0] == '\0' ||
	    check_recipient(options->doctor.send_to, err);
}

/* Shows the step that takes long. */
static void
show_step(void *context)
{
	struct doctor *doctor = context;
	struct buf text = {0};

	buf_add_format(&text, "smtpost: checking %s", doctor->check->title);
	status_line_draw(&doctor->line, buf_span(&text));
	buf_free(&text);
	doctor->tick.due = deadline_in(SLOW);
}

static void
begin_check(void *context, const struct check *check)
{
	struct doctor *doctor = context;

	doctor->check = check;
	doctor->tick.due = deadline_in(SLOW);
	status_line_clear(&doctor->line);
}

/* Only someone at a terminal can be asked. */
static bool
ask(void *context, const char *question)
{
	struct doctor *doctor = context;
	struct pollfd answer = {STDIN_FILENO, POLLIN, 0};

	status_line_clear(&doctor->line);
	fprintf(stderr, "smtpost: %s [y/N] ", question);
	fflush(stderr);
	/* A terminal hands over whole lines; a signal ends this wait only. */
	if (wait_for(&answer, 1, deadline_in(PATIENCE)) == WAIT_READY)
		return consent_read(stdin);
	fputc('\n', stderr);
	return false;
}

/*
 * The reverse-path of a mail without a header; NULL with an error: it has none.
 * Caller frees.
 */
static char *
find_sender(const struct options *options, const struct profile *profile,
    struct error *err)
{
	struct originator originator = {0};
	char *domain = identity_domain(profile);
	char *sender = NULL;

	if (originator_find(&originator, profile, options, NULL, domain, err)) {
		sender = originator.reverse_path;
		originator.reverse_path = NULL;
	}
	originator_free(&originator);
	free(domain);
	return sender;
}

static void
add_text(struct doctor *doctor, const struct diagnosis *diagnosis,
    const struct verdict *verdict, const char *wish,
    const struct redaction *redaction)
{
	struct buf head = {0};

	if (doctor->examined > 1)
		buf_add_char(&doctor->out, '\n');
	doctor_text_add_head(&head, diagnosis, wish);
	if (redaction != NULL)
		redaction_add(redaction, buf_span(&head), &doctor->out);
	else
		buf_add_span(&doctor->out, buf_span(&head));
	doctor_text_add_findings(&doctor->out, &diagnosis->findings,
	    doctor->options->verbose > 0 ? SHOWS_ALL
		: isatty(STDOUT_FILENO)	 ? SHOWS_OK
					 : SHOWS_TROUBLE);
	doctor_text_add_sum(&doctor->out, verdict);
	buf_free(&head);
}

/* Prints in the form that --report names; for a monitor, run does so. */
static void
print(struct doctor *doctor, struct diagnosis *diagnosis, const char *wish,
    int64_t total)
{
	const struct options *options = doctor->options;
	struct verdict verdict = verdict_of(diagnosis, options);
	struct redaction hidden = {0};
	const struct redaction *redaction = NULL;
	const char *name =
	    diagnosis->profile != NULL ? diagnosis->profile->name : wish;
	struct buf shown = {0};

	if (options->doctor.redacts > 0) {
		redaction_init(&hidden, diagnosis);
		redaction_apply(&hidden, &diagnosis->findings);
		redaction = &hidden;
		if (name != NULL) {
			redaction_add(&hidden, span_from(name), &shown);
			name = buf_text(&shown);
		}
	}
	doctor->status = doctor->examined++ == 0
	    ? verdict.status
	    : verdict_worse(doctor->status, verdict.status);
	if (options->doctor.wants_monitor)
		doctor_monitor_take(
		    &doctor->monitor, diagnosis, &verdict, name, total);
	else if (options_report(options) == REPORT_JSON)
		doctor_json_add(
		    &doctor->out, diagnosis, &verdict, name, total, redaction);
	else if (options_report(options) == REPORT_TEXT)
		add_text(doctor, diagnosis, &verdict, wish, redaction);
	output_write(&doctor->out, stdout);
	redaction_free(&hidden);
	buf_free(&shown);
}

static bool
send_mail(void *context, struct diagnosis *diagnosis, struct outcome *outcome,
    struct error *err)
{
	struct doctor *doctor = context;

	return doctor_mail_send(diagnosis, doctor->options, outcome, err);
}

/* The recipient of --send; by default the sender, "" if that is not known. */
static const char *
find_recipient(const struct options *options, const char *sender)
{
	const char *to = options->doctor.send_to;

	if (to == NULL || to[0] != '\0')
		return to;
	return sender != NULL ? sender : "";
}

/* Examines the profile of this name; NULL: the one that a mail would get. */
static void
examine(struct doctor *doctor, const char *name)
{
	const struct options *options = doctor->options;
	struct profile profile = PROFILE_UNSET;
	struct error unusable = doctor->unusable, no_sender = {0};
	struct trace trace;
	struct diagnosis diagnosis = {
	    .profiles = doctor->profiles,
	    .unusable = &unusable,
	    .no_sender = &no_sender,
	    .observer = trace_init(
		&trace, options->doctor.redacts > 0 ? 0 : options->verbose),
	    .no_login = options->doctor.no_login > 0,
	    .warn_days = (int64_t)options->doctor.warn_days,
	    .outbound_given = options->doctor.outbound,
	    .selected = doctor->selected,
	    .ask = question_is_possible() ? ask : NULL,
	    .begin = begin_check,
	    .send = send_mail,
	    .context = doctor,
	};
	int64_t begun = clock_now();
	char *sender = NULL;

	if (doctor->profiles != NULL &&
	    (name != NULL ? profile_choice_make(&profile, doctor->profiles,
				name, NULL, NULL, &unusable)
			  : originator_choose_profile(&profile,
				doctor->profiles, options, NULL, &unusable))) {
		diagnosis.profile = &profile;
		sender = find_sender(options, &profile, &no_sender);
		diagnosis.sender = sender;
		diagnosis.send_to = find_recipient(options, sender);
	}
	diagnosis.deadline = deadline_in(
	    profile.timeout_total > 0 ? profile.timeout_total : TIMEOUT);
	checkup_run(&diagnosis);
	status_line_clear(&doctor->line);
	print(doctor, &diagnosis, name != NULL ? name : options->profile,
	    clock_now() - begun);
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
	doctor->monitor.is_one_of_many = profiles->count > 1;
	for (size_t i = 0; i < profiles->count && !signals_are_pending(); i++)
		examine(doctor, profiles->named[i].name);
}

/* Examines and prints all that is wanted. */
static void
run(struct doctor *doctor)
{
	/* With -v the dialogue shows what the program waits for. */
	if (doctor->options->verbose == 0 && status_line_open(&doctor->line)) {
		doctor->tick =
		    (struct wait_tick){DEADLINE_NEVER, show_step, doctor};
		wait_set_tick(&doctor->tick);
	}
	examine_wanted(doctor);
	wait_set_tick(NULL);
	status_line_close(&doctor->line);
	if (doctor->options->doctor.wants_monitor) {
		doctor_monitor_end(&doctor->monitor, &doctor->out);
		output_write(&doctor->out, stdout);
	}
	doctor_monitor_free(&doctor->monitor);
}

bool
doctor_run(const struct options *options, struct mode_result *result,
    struct error *err)
{
	struct doctor doctor = {.options = options, .line.fd = -1};
	struct profiles *profiles;
	bool done = check_options(options, err) && select_checks(&doctor, err);

	if (done) {
		buf_init(&doctor.out, OUTPUT_MAX);
		mem_set_exit_status(VERDICT_UNKNOWN);
		signals_catch();
		profiles = outgoing_load_profiles(options, &doctor.unusable);
		doctor.profiles = profiles;
		if (profiles == NULL && doctor.unusable.kind == ERROR_USAGE) {
			*err = doctor.unusable;
			done = false;
		} else {
			run(&doctor);
			result->exit_status = (int)doctor.status;
			done = output_end(err);
		}
		profiles_free(profiles);
		buf_free(&doctor.out);
	}
	free(doctor.selected);
	return done;
}
