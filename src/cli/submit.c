/*
 * Submits one message: prepares it, delivers it, prints the report, writes the
 * log. A failure before the first connection is an error; from then on every
 * recipient gets an outcome, and the outcomes decide the exit status.
 */
#include "cli/submit.h"

#include <stdio.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/signals.h"
#include "cli/copy.h"
#include "cli/exit_status.h"
#include "cli/fault.h"
#include "cli/flush.h"
#include "cli/log.h"
#include "cli/outgoing.h"
#include "cli/progress.h"
#include "cli/queue_add.h"
#include "cli/trace.h"
#include "message/replay.h"
#include "smtp/series.h"

/* Callers of sendmail do not expect a password prompt. */
static bool
fetch_secret(struct submission *submission, struct secret *secret,
    enum role role, struct error *err)
{
	if (!secret_is_wanted(submission->profile))
		return true;
	submission->secret = secret;
	if (!secret_fetch(secret, submission->profile,
		!options_role_is_sendmail(role), err))
		return false;
	observer_note_lines(submission->observer, buf_span(&secret->notes));
	return true;
}

/*
 * Delivers to the server. If the secret cannot be fetched now but a retry may
 * help, that is an outcome, as for a server that cannot be reached. False, with
 * err, if no retry can help.
 */
static bool
fetch_and_run(struct submission *submission, struct envelope *envelope,
    struct queue_add *queue, struct error *err)
{
	enum role role = queue->options->role;
	struct outcome outcome = {0};
	struct secret secret = {0};
	struct progress progress;
	bool done = true;

	/* Aliases may have settled every recipient already. */
	if (!envelope_has_open(envelope))
		return true;
	if (fetch_secret(submission, &secret, role, err)) {
		const struct observer *observer = submission->observer;

		submission->observer =
		    progress_begin(&progress, queue->options, observer);
		series_run_one(submission, envelope);
		progress_end(&progress);
		submission->observer = observer;
	} else if (err->kind == ERROR_TEMPORARY) {
		outcome_set_own(
		    &outcome, STAGE_AUTH, CAUSE_TEMPORARY, "%s", err->text);
		submission_end(submission, envelope, &outcome);
		outcome_free(&outcome);
	} else {
		done = false;
	}
	if (secret.is_prompted)
		queue_add_note_prompt(queue);
	submission->secret = NULL;
	secret_free(&secret);
	return done;
}

/* All recipients are settled, so a stalled reader may now terminate us. */
static void
print_report(const struct report *report, const struct queue_add *queue)
{
	signals_unblock();
	if (queue->failure.kind != ERROR_NONE)
		fault_print_error(&queue->failure);
	fault_print_outcomes(report, stderr);
	if (!report_print(report, stdout))
		fputs("smtpost: cannot write the report to standard output\n",
		    stderr);
	signals_block();
}

/* Notes the facts known before the first connection, for -v and the log. */
static void
note_preparation(const struct outgoing *outgoing, const struct options *options,
    const struct observer *observer)
{
	log_note_options(options, observer);
	trace_profile(&outgoing->profile, observer);
	outgoing_warn(outgoing, options, observer);
	observer_note_lines(observer, buf_span(&outgoing->profile.notes));
	if (outgoing->message != NULL)
		observer_note_lines(
		    observer, message_storage_notes(outgoing->message));
	observer_note_lines(observer, buf_span(&outgoing->plan.routine));
	observer_warn_lines(observer, buf_span(&outgoing->plan.notes));
}

/* Every recipient is settled then. False, with err, as fetch_and_run. */
static bool
send_or_keep(struct queue_add *queue, struct error *err)
{
	struct envelope *envelope = &queue->outgoing->envelope;
	enum role role = queue->options->role;

	if (queue_add_at_once(queue))
		return true;
	if (!fetch_and_run(queue->submission, envelope, queue, err))
		return false;
	/* From here on, running out of memory exits with it too. */
	mem_set_exit_status(
	    exit_status_of(envelope, options_role_is_sendmail(role)));
	queue_add_rest(queue);
	return true;
}

/*
 * Submits the prepared mail; without a message it only asks the server about
 * the recipients. Prints the report, but not an error.
 */
static bool
submit(struct outgoing *outgoing, const struct options *options,
    struct flush *flush, int *exit_status, struct error *err)
{
	bool as_sendmail = options_role_is_sendmail(options->role);
	struct plan seven_bit = {0}, utf8 = {0};
	struct letter letter = {
	    .message = outgoing->message,
	    .plan = &outgoing->plan,
	    .seven_bit = &seven_bit,
	    .utf8 = &utf8,
	    .status_in_doubt = as_sendmail ? EX_TEMPFAIL : EXIT_UNKNOWN,
	};
	struct trace trace;
	struct log_watch watch;
	struct submission submission = {
	    .profile = &outgoing->profile,
	    .letter = outgoing->message != NULL ? &letter : NULL,
	    .observer =
		log_watch_init(&watch, trace_init(&trace, options->verbose)),
	};
	struct report report = {outgoing->profile.report, &outgoing->envelope,
	    &submission, &outgoing->plan, as_sendmail};
	struct queue_add queue = {.options = options,
	    .outgoing = outgoing,
	    .submission = &submission,
	    .observer = submission.observer};
	struct notify notify = {0};
	bool done;

	if (submission.letter != NULL)
		letter.size = replay_size(outgoing->message, &outgoing->plan);
	note_preparation(outgoing, options, submission.observer);
	queue_add_init(&queue);
	done = queue_add_check(&queue, err) && send_or_keep(&queue, err);
	if (done) {
		*exit_status = exit_status_of(&outgoing->envelope, as_sendmail);
		/*
		 * From here on, running out of memory exits with this status
		 * too.
		 */
		mem_set_exit_status(*exit_status);
		copy_keep(&submission, &outgoing->envelope, options);
		print_report(&report, &queue);
	}
	log_warnings(&outgoing->profile, &watch, getuid());
	log_watch_free(&watch);
	if (queue.failure.kind != ERROR_NONE)
		log_error(&outgoing->profile, &queue.failure, getuid());
	if (done && submission.letter != NULL)
		log_submission(&outgoing->profile, &outgoing->envelope,
		    &submission, &outgoing->plan, getuid(), NULL);
	if (done) {
		queue_add_notify(
		    &notify, &outgoing->profile, &outgoing->envelope);
		notify_run(&notify);
		flush_look(flush, &queue);
	}
	queue_add_free(&queue);
	plan_free(&seven_bit);
	plan_free(&utf8);
	submission_free(&submission);
	return done;
}

/*
 * Logs an error, and with it the ignored options, unless submit has logged
 * them.
 */
static void
log_failure(const struct outgoing *outgoing, const struct options *options,
    bool is_prepared, const struct error *err)
{
	struct log_watch watch;

	if (outgoing->profile.name == NULL)
		return;
	log_note_options(options, log_watch_init(&watch, NULL));
	if (!is_prepared)
		log_warnings(&outgoing->profile, &watch, getuid());
	log_watch_free(&watch);
	log_error(&outgoing->profile, err, getuid());
}

bool
submit_run(const struct options *options, struct mode_result *result,
    struct error *err)
{
	struct outgoing outgoing = {0};
	struct flush flush = {0};
	bool is_prepared = outgoing_prepare(&outgoing, options, err);
	bool done = is_prepared &&
	    submit(&outgoing, options, &flush, &result->exit_status, err);

	if (outgoing.input_read)
		result->input_read = true;
	if (!done) {
		report_print_error(
		    outgoing_report(&outgoing, options), err, stdout);
		log_failure(&outgoing, options, is_prepared, err);
	}
	outgoing_free(&outgoing);
	/* The child needs nothing of the mail. */
	flush_start(&flush);
	return done;
}

bool
submit_verify(const struct options *options, struct mode_result *result,
    struct error *err)
{
	struct outgoing outgoing = {0};
	struct flush flush = {0};
	bool done = outgoing_prepare_envelope(&outgoing, options, err) &&
	    submit(&outgoing, options, &flush, &result->exit_status, err);

	result->input_read = true;
	if (!done)
		report_print_error(
		    outgoing_report(&outgoing, options), err, stdout);
	outgoing_free(&outgoing);
	return done;
}
