#include "cli/post.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/wait.h"
#include "cli/check_message.h"
#include "cli/exit_status.h"
#include "cli/log.h"
#include "cli/opening.h"
#include "cli/prepare.h"
#include "cli/preview.h"
#include "cli/report.h"
#include "cli/trace.h"
#include "profile/secret.h"
#include "smtp/submission.h"

/* Nobody who calls sendmail expects to be asked for a password. */
static bool
fetch_secret(struct submission *submission, struct secret *secret,
    enum role role, struct error *err)
{
	if (!secret_is_wanted(submission->profile))
		return true;
	submission->secret = secret;
	if (!secret_fetch(
		secret, submission->profile, !role_is_sendmail(role), err))
		return false;
	observer_remarks(submission->observer, buf_span(&secret->notes));
	return true;
}

/*
 * Over the wire. A secret that cannot be had this time is an outcome like a
 * server that cannot be reached: the same again may help. False: it never can.
 */
static bool
deliver(struct submission *submission, struct envelope *envelope,
    enum role role, struct error *err)
{
	struct outcome outcome = {0};
	struct secret secret = {0};
	bool done = true;

	/* Aliases may have settled all of them: then nobody is connected. */
	if (!envelope_has_open(envelope))
		return true;
	if (fetch_secret(submission, &secret, role, err)) {
		submission_run(submission, envelope);
	} else if (err->kind == ERROR_TEMPORARY) {
		outcome_set_own(&outcome, STAGE_AUTH, CAUSE_TEMPORARY, "%s",
		    err->text);
		submission_end(submission, envelope, &outcome);
		outcome_free(&outcome);
	} else {
		done = false;
	}
	submission->secret = NULL;
	secret_free(&secret);
	return done;
}

/* All is settled: who does not read this may end us. */
static void
tell(const struct report *report)
{
	signals_open();
	report_print_trouble(report, stderr);
	if (!report_print(report, stdout))
		fputs("smtpost: cannot write the report to standard output\n",
		    stderr);
	signals_close();
}

bool
post_submit(struct prepared *prepared, const struct options *options,
    int *exit_status, struct error *err)
{
	struct plan seven_bit = {0}, utf8 = {0};
	struct letter letter = {
	    .message = prepared->message,
	    .plan = &prepared->plan,
	    .seven_bit = &seven_bit,
	    .utf8 = &utf8,
	    .status_in_doubt = role_is_sendmail(options->role)
		? EX_TEMPFAIL
		: EXIT_UNKNOWN,
	};
	struct trace trace;
	struct log_watch watch;
	struct submission submission = {
	    .profile = &prepared->profile,
	    .letter = prepared->message != NULL ? &letter : NULL,
	    .observer = log_watch_init(
		&watch, trace_init(&trace, options->verbose)),
	};
	struct report report = {prepared->profile.report, &prepared->envelope,
	    &submission, &prepared->plan, role_is_sendmail(options->role)};
	bool done;

	if (submission.letter != NULL)
		letter.size =
		    message_size(prepared->message, &prepared->plan);
	log_note_options(options, submission.observer);
	opening_tell(&prepared->profile, submission.observer);
	opening_warn(&prepared->profile, options,
	    buf_span(&prepared->plan.notes), submission.observer);
	observer_remarks(
	    submission.observer, buf_span(&prepared->profile.notes));
	if (prepared->message != NULL)
		observer_remarks(submission.observer,
		    message_spool_notes(prepared->message));
	observer_remarks(
	    submission.observer, buf_span(&prepared->plan.routine));
	observer_notes(
	    submission.observer, buf_span(&prepared->plan.notes));
	done = deliver(&submission, &prepared->envelope, options->role, err);
	if (done) {
		*exit_status =
		    exit_status_of(&prepared->envelope, report.as_sendmail);
		/* Want of memory does not change it now. */
		mem_set_exit_status(*exit_status);
		tell(&report);
	}
	log_warnings(&prepared->profile, &watch, getuid());
	log_watch_free(&watch);
	if (done && submission.letter != NULL)
		log_submission(&prepared->profile, &prepared->envelope,
		    &submission, &prepared->plan, getuid());
	plan_free(&seven_bit);
	plan_free(&utf8);
	submission_free(&submission);
	return done;
}

/* What was dropped of the options is told, though nothing is sent. */
static void
log_failure(const struct prepared *prepared, const struct options *options,
    bool is_prepared, const struct error *err)
{
	struct log_watch watch;

	if (prepared->profile.name == NULL)
		return;
	log_note_options(options, log_watch_init(&watch, NULL));
	if (!is_prepared)
		log_warnings(&prepared->profile, &watch, getuid());
	log_watch_free(&watch);
	log_error(&prepared->profile, err, getuid());
}

/* Without a connection: the message is only looked at. */
static bool
look(const struct prepared *prepared, const struct options *options,
    struct error *err)
{
	enum report_form form = options_report(options);
	struct secret secret;

	trace_notes(options->verbose, buf_span(&prepared->profile.notes));
	if (options->mode == MODE_CHECK_MESSAGE)
		return check_message_print(
		    prepared, form, options->wants_diff, err);
	opening_warn(&prepared->profile, options,
	    buf_span(&prepared->plan.notes), NULL);
	trace_notes(options->verbose, buf_span(&prepared->plan.notes));
	return secret_locate(&secret, &prepared->profile, err) &&
	    preview_print(prepared, form, err);
}

void
post_tell_failure(const struct prepared *prepared,
    const struct options *options, const struct error *err)
{
	enum report_form form = REPORT_NONE;

	if (options->has_report)
		form = options->report;
	else if (options->mode == MODE_SUBMIT || options->mode == MODE_VERIFY)
		form = prepared->profile.report;
	report_print_failure(form, err, stdout);
}

bool
post_run(const struct options *options, int *exit_status, bool *input_read,
    struct error *err)
{
	struct prepared prepared = {0};
	bool is_prepared, done;

	*exit_status = 0;
	is_prepared = done = prepare(&prepared, options, err);
	if (prepared.input_read)
		*input_read = true;
	if (done && options->mode == MODE_SUBMIT)
		done = post_submit(&prepared, options, exit_status, err);
	else if (done)
		done = look(&prepared, options, err);
	if (!done)
		post_tell_failure(&prepared, options, err);
	if (!done && options->mode == MODE_SUBMIT)
		log_failure(&prepared, options, is_prepared, err);
	prepared_free(&prepared);
	return done;
}
