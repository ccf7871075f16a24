/*
 * What happens to every mail that is sent from the command line, whether alone
 * or with others.
 */
#include "cli/shipment.h"

#include <stdio.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/signals.h"
#include "cli/exit_status.h"
#include "cli/fault.h"
#include "cli/trace.h"
#include "message/replay.h"
#include "smtp/filter.h"

void
shipment_note_profile(const struct profile *profile,
    const struct options *options, const struct observer *observer)
{
	log_note_options(options, observer);
	trace_profile(profile, observer);
	outgoing_warn_of_ports(profile, options, observer);
	observer_note_lines(observer, buf_span(&profile->notes));
}

static void
note_plan(const struct plan *plan, const struct observer *observer)
{
	observer_note_lines(observer, buf_span(&plan->routine));
	observer_warn_lines(observer, buf_span(&plan->notes));
}

static void
note_mail(const struct outgoing *outgoing, const struct options *options,
    const struct observer *observer)
{
	outgoing_print_warnings(outgoing, options);
	if (outgoing->message != NULL)
		observer_note_lines(
		    observer, message_storage_notes(outgoing->message));
	note_plan(&outgoing->plan, observer);
}

void
shipment_init(struct shipment *shipment, const struct options *options,
    const struct observer *observer)
{
	bool as_sendmail = options_role_is_sendmail(options->role);
	struct outgoing *outgoing = &shipment->outgoing;

	shipment->options = options;
	shipment->letter = (struct letter){
	    .message = outgoing->message,
	    .plan = &outgoing->plan,
	    .seven_bit = &shipment->seven_bit,
	    .utf8 = &shipment->utf8,
	    .signing = &shipment->signing,
	    .status_in_doubt = as_sendmail ? EX_TEMPFAIL : EXIT_UNKNOWN,
	};
	shipment->submission = (struct submission){
	    .profile = &outgoing->profile,
	    .letter = outgoing->message != NULL ? &shipment->letter : NULL,
	    .observer = observer,
	};
	shipment->report.form = outgoing->profile.report;
	shipment->report.envelope = &outgoing->envelope;
	shipment->report.submission = &shipment->submission;
	shipment->report.plan = &outgoing->plan;
	shipment->report.as_sendmail = as_sendmail;
	shipment->queue = (struct queue_add){.options = options,
	    .outgoing = outgoing,
	    .submission = &shipment->submission,
	    .observer = observer};
	if (outgoing->message != NULL)
		shipment->letter.size =
		    replay_size(outgoing->message, &outgoing->plan);
	/* A note in the plan has said why it is not signed. */
	shipment->signing.is_told = true;
	note_mail(outgoing, options, observer);
	queue_add_init(&shipment->queue);
}

void
shipment_filter(struct shipment *shipment)
{
	struct outgoing *outgoing = &shipment->outgoing;
	const struct observer *observer = shipment->submission.observer;
	struct outcome outcome = {0};
	struct error err = {0};

	if (outgoing->profile.filter_command == NULL ||
	    outgoing->message == NULL ||
	    !envelope_has_open(&outgoing->envelope))
		return;
	if (filter_message(&outgoing->profile, &outgoing->message,
		&outgoing->plan, &err)) {
		outgoing->is_filtered = true;
		shipment->letter.message = outgoing->message;
		shipment->letter.size =
		    replay_size(outgoing->message, &outgoing->plan);
		observer_note(observer, "filter-command filtered the message");
		note_plan(&outgoing->plan, observer);
		shipment->signing.is_told = false;
	} else {
		filter_set_outcome(&outcome, &err);
		submission_end(
		    &shipment->submission, &outgoing->envelope, &outcome);
		outcome_free(&outcome);
	}
}

bool
shipment_print(const struct shipment *shipment)
{
	bool done;

	signals_unblock();
	if (shipment->queue.failure.kind != ERROR_NONE)
		fault_print_error(&shipment->queue.failure);
	fault_print_outcomes(&shipment->report, stderr);
	done = report_print(&shipment->report, stdout);
	signals_block();
	return done;
}

void
shipment_complain(void)
{
	fputs("smtpost: cannot write the report to standard output\n", stderr);
}

void
shipment_log(const struct shipment *shipment, struct log_watch *watch)
{
	const struct profile *profile = &shipment->outgoing.profile;

	log_warnings(profile, watch, getuid());
	if (shipment->queue.failure.kind != ERROR_NONE)
		log_error(profile, &shipment->queue.failure, getuid());
	if (shipment->submission.letter != NULL)
		log_submission(profile, &shipment->outgoing.envelope,
		    &shipment->submission, &shipment->outgoing.plan, getuid(),
		    NULL);
}

void
shipment_free(struct shipment *shipment)
{
	queue_add_free(&shipment->queue);
	signing_free(&shipment->signing);
	plan_free(&shipment->seven_bit);
	plan_free(&shipment->utf8);
	submission_free(&shipment->submission);
	outgoing_free(&shipment->outgoing);
}
