/*
 * Submits one message: prepares it, delivers it, prints the report, writes the
 * log. A failure before the first connection is an error; from then on every
 * recipient gets an outcome, and the outcomes decide the exit status.
 */
#include "cli/submit.h"

#include <stdio.h>
#include <unistd.h>

#include "base/mem.h"
#include "cli/copy.h"
#include "cli/exit_status.h"
#include "cli/flush.h"
#include "cli/progress.h"
#include "cli/shipment.h"
#include "cli/trace.h"
#include "smtp/dispatch.h"

/* Callers of sendmail do not expect a password prompt. */
static bool
fetch_secret(struct submission *submission, struct secret *secret,
    const struct options *options, struct error *err)
{
	if (secret_is_wanted(submission->profile))
		submission->secret = secret;
	if (!secret_fetch(secret, submission->profile,
		!options_role_is_sendmail(options->role), err))
		return false;
	submission->signing_keys = &secret->signing_keys;
	observer_note_lines(submission->observer, buf_span(&secret->notes));
	outgoing_print_notes(buf_span(&secret->notes), options);
	return true;
}

/*
 * Delivers to the server. If the secret cannot be fetched now but a retry may
 * help, or a person may log in again, that is an outcome, as for a server that
 * cannot be reached. False, with err, if no retry can help.
 */
static bool
fetch_and_run(struct submission *submission, struct envelope *envelope,
    struct queue_add *queue, struct error *err)
{
	struct outcome outcome = {0};
	struct secret secret = {0};
	struct progress progress;
	bool done = true;

	/* Aliases may have settled every recipient already. */
	if (!envelope_has_open(envelope))
		return true;
	if (fetch_secret(submission, &secret, queue->options, err)) {
		const struct observer *observer = submission->observer;

		submission->observer =
		    progress_begin(&progress, queue->options, observer);
		dispatch_run_one(submission, envelope);
		progress_end(&progress);
		submission->observer = observer;
	} else if (err->kind == ERROR_TEMPORARY || err->kind == ERROR_LOGIN) {
		outcome_set_own(
		    &outcome, STAGE_AUTH, secret_cause(err), "%s", err->text);
		submission_end(submission, envelope, &outcome);
		outcome_free(&outcome);
	} else {
		done = false;
	}
	if (secret.is_prompted)
		queue_add_note_prompt(queue);
	submission->secret = NULL;
	submission->signing_keys = NULL;
	secret_free(&secret);
	return done;
}

/* Every recipient is settled then. False, with err, as fetch_and_run. */
static bool
send_or_keep(struct shipment *shipment, struct error *err)
{
	struct queue_add *queue = &shipment->queue;
	struct envelope *envelope = &queue->outgoing->envelope;
	enum role role = queue->options->role;

	if (queue_add_at_once(queue))
		return true;
	shipment_filter(shipment);
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
submit(struct shipment *shipment, const struct options *options,
    struct flush *flush, int *exit_status, struct error *err)
{
	const struct outgoing *outgoing = &shipment->outgoing;
	struct trace trace;
	struct log_watch watch;
	const struct observer *observer =
	    log_watch_init(&watch, trace_init(&trace, options->verbose));
	struct notify notify = {0};
	bool done;

	shipment_note_profile(&outgoing->profile, options, observer);
	shipment_init(shipment, options, observer);
	done = queue_add_check(&shipment->queue, err) &&
	    send_or_keep(shipment, err);
	if (done) {
		*exit_status = exit_status_of(
		    &outgoing->envelope, shipment->report.as_sendmail);
		/*
		 * From here on, running out of memory exits with this status
		 * too.
		 */
		mem_set_exit_status(*exit_status);
		copy_keep(&shipment->submission, &outgoing->envelope, options);
		if (!shipment_print(shipment))
			shipment_complain();
		shipment_log(shipment, &watch);
		queue_add_notify(
		    &notify, &outgoing->profile, &outgoing->envelope);
		notify_run(&notify);
		flush_look(flush, &shipment->queue);
	} else {
		log_warnings(&outgoing->profile, &watch, getuid());
	}
	log_watch_free(&watch);
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

/* mail -E: a text that is empty is not sent. */
static bool
is_skipped(const struct outgoing *outgoing, const struct options *options)
{
	return options->skips_empty > 0 &&
	    message_facts(outgoing->message)->body_size == 0;
}

bool
submit_composed(struct composition *composition, const struct options *options,
    struct mode_result *result, struct error *err)
{
	struct shipment shipment = {.outgoing.composition = *composition};
	struct outgoing *outgoing = &shipment.outgoing;
	struct flush flush = {0};
	bool is_prepared = outgoing_prepare(outgoing, options, err);
	bool done = is_prepared &&
	    (is_skipped(outgoing, options) ||
		submit(&shipment, options, &flush, &result->exit_status, err));

	if (outgoing->input_read)
		result->input_read = true;
	if (!done) {
		report_print_error(
		    outgoing_report(outgoing, options), err, stdout);
		log_failure(outgoing, options, is_prepared, err);
	}
	shipment_free(&shipment);
	/* The child needs nothing of the mail. */
	flush_start(&flush);
	return done;
}

bool
submit_run(const struct options *options, struct mode_result *result,
    struct error *err)
{
	struct composition none = {0};

	return submit_composed(&none, options, result, err);
}

bool
submit_verify(const struct options *options, struct mode_result *result,
    struct error *err)
{
	struct shipment shipment = {0};
	struct outgoing *outgoing = &shipment.outgoing;
	struct flush flush = {0};
	bool done = outgoing_prepare_envelope(outgoing, options, err) &&
	    submit(&shipment, options, &flush, &result->exit_status, err);

	result->input_read = true;
	if (!done)
		report_print_error(
		    outgoing_report(outgoing, options), err, stdout);
	shipment_free(&shipment);
	return done;
}
