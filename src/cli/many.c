/*
 * Sends the mails of a batch. A mail is prepared when the series asks for it,
 * and freed when its outcomes are certain, so that memory does not grow with
 * the number of mails.
 */
#include "cli/many.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/signals.h"
#include "base/wait.h"
#include "cli/consent.h"
#include "cli/copy.h"
#include "cli/draft.h"
#include "cli/dry_run.h"
#include "cli/exit_status.h"
#include "cli/fault.h"
#include "cli/flush.h"
#include "cli/manifest.h"
#include "cli/parcel.h"
#include "cli/progress.h"
#include "cli/state_file.h"
#include "cli/trace.h"
#include "smtp/dispatch.h"

/* How the mails of a profile can be sent. */
struct access {
	struct secret secret;
	bool is_ready;		/* the secret is there, or none is wanted */
	struct outcome trouble; /* why it cannot be had now */
};

struct many {
	const struct options *options;
	struct manifest manifest;
	struct state_file state; /* fd -1: none */
	struct trace trace;
	struct log_watch watch;
	const struct observer *observer;
	struct progress progress;
	struct notify notify;
	struct flush flush;
	bool has_looked;	 /* for mail in the queue, after a success */
	struct access *accesses; /* one for each profile */
	struct exit_status_tally tally;
	size_t done;
	uint64_t failures; /* in a row */
	struct error stop; /* ERROR_NONE, or why no mail is tried any more */
	bool is_mute;	   /* nobody reads the report */
	bool has_told;	   /* the trouble of the series */
	struct error last; /* why the queue kept no mail, when that was said */

	/* Of the profile whose mails are being sent: */
	size_t group, position;
	struct series series;
	int64_t next_at; /* microseconds: when the next mail may begin */
};

/* Reports */

/* Whether the queue kept no mail for the same reason as the last time. */
static bool
is_same_failure(struct many *many, const struct error *failure)
{
	if (failure->kind == ERROR_NONE)
		return false;
	if (strcmp(failure->text, many->last.text) == 0)
		return true;
	many->last = *failure;
	return false;
}

static void
tell(struct many *many, struct parcel *parcel)
{
	struct shipment *shipment = &parcel->shipment;
	struct outgoing *outgoing = &shipment->outgoing;

	if (many->is_mute)
		shipment->report.form = REPORT_NONE;
	if (is_same_failure(many, &shipment->queue.failure))
		shipment->queue.failure = (struct error){0};
	copy_keep(&shipment->submission, &outgoing->envelope, many->options);
	if (!shipment_print(shipment) && !many->is_mute) {
		shipment_complain();
		many->is_mute = true;
	}
	shipment_log(shipment, &many->watch);
	queue_add_notify(
	    &many->notify, &outgoing->profile, &outgoing->envelope);
	progress_note_mails(
	    &many->progress, ++many->done, many->manifest.source.count);
}

/* Mail in the queue can be sent now, too; a child does it at the end. */
static void
look_at_queue(struct many *many, struct parcel *parcel)
{
	bool is_queued = parcel->shipment.outgoing.envelope.queued_id != NULL;

	if (!parcel_is_taken(parcel) ||
	    (many->has_looked && (!is_queued || many->flush.paths.count > 0)))
		return;
	many->has_looked = true;
	flush_look(&many->flush, &parcel->shipment.queue);
	if (many->flush.paths.count == 0)
		flush_start(&many->flush);
}

/* A mail that cannot be read any more, or has changed: it is deferred. */
static void
tell_lost(
    struct many *many, size_t index, const char *name, const struct error *why)
{
	const struct manifest_mail *mail = &many->manifest.mails[index];
	struct exit_status_tally *tally = &many->tally;

	for (size_t i = 0; i < mail->recipients; i++) {
		enum state state = manifest_state(mail, i);

		tally->total++;
		if (manifest_tries(&many->manifest, state))
			tally->delayed[CAUSE_TEMPORARY]++;
		else if (state == STATE_SENDING)
			tally->unknown++;
		else if (state == STATE_FAILED)
			tally->failed++;
		else
			tally->relayed++;
	}
	fault_print_error(why);
	report_print_lost(many->manifest.groups[mail->group].report, index + 1,
	    name, why, stdout);
	progress_note_mails(
	    &many->progress, ++many->done, many->manifest.source.count);
}

/* After the outcomes of a mail */

static void
stop(struct many *many, const char *why)
{
	if (many->stop.kind != ERROR_NONE)
		return;
	error_set(&many->stop, ERROR_TEMPORARY, "%s", why);
	/* Ends the series before the mail that it fetched ahead. */
	if (many->series.trouble.action == ACTION_NONE)
		outcome_set_own(&many->series.trouble, STAGE_MAIL,
		    CAUSE_TEMPORARY, "%s", why);
}

static void
stop_without_state(struct many *many)
{
	struct error err = {0};

	if (many->state.error == 0 || many->stop.kind != ERROR_NONE)
		return;
	error_set(&err, ERROR_IO, "the state file cannot be written: %s",
	    strerror(many->state.error));
	fault_print_error(&err);
	stop(many, "not sent: the state file cannot be written");
}

static void
count_failures(struct many *many, const struct parcel *parcel)
{
	uint64_t max = many->options->batch.max_failures;

	many->failures = parcel_is_taken(parcel) ? 0 : many->failures + 1;
	if (max > 0 && many->failures >= max)
		stop(many, "not sent: too many failures in a row");
}

/*
 * Settles recipients that were not tried: their server, the login, a signal or
 * an earlier mail is the reason. True: the queue may keep the mail.
 */
static bool
settle_untried(struct many *many, struct parcel *parcel)
{
	struct shipment *shipment = &parcel->shipment;
	struct envelope *envelope = &shipment->outgoing.envelope;
	const struct outcome *trouble = &many->series.trouble;

	if (many->stop.kind != ERROR_NONE) {
		parcel_leave(parcel, many->stop.text);
	} else if (signals_caught() != 0) {
		parcel_leave(parcel, "not sent: interrupted by a signal");
	} else if (trouble->action != ACTION_NONE) {
		submission_end(&shipment->submission, envelope, trouble);
		shipment->report.is_repeated = many->has_told;
		many->has_told = true;
	} else {
		parcel_leave(
		    parcel, "not sent: the session ended before its turn");
	}
	return many->stop.kind == ERROR_NONE;
}

/* Queues the recipients that the server did not take now. */
static void
keep_rest(struct many *many, struct parcel *parcel)
{
	struct queue_add *queue = &parcel->shipment.queue;
	const struct access *access = &many->accesses[many->group];

	if (queue->use == QUEUE_NEVER || parcel->is_at_once)
		return;
	if (access->secret.is_prompted)
		queue_add_note_prompt(queue);
	if (queue->why_not.len == 0 && !parcel_note_doubt(parcel))
		return;
	queue_add_rest(queue);
	if (parcel->shipment.outgoing.envelope.queued_id != NULL)
		mem_set_exit_status(EXIT_UNKNOWN);
}

/* The outcomes of the mail are certain. */
static void
finish(struct many *many, struct parcel *parcel)
{
	struct envelope *envelope = &parcel->shipment.outgoing.envelope;
	bool was_tried = parcel->was_open && !envelope_has_open(envelope);
	bool may_wait = true;

	if (envelope_has_open(envelope))
		may_wait = settle_untried(many, parcel);
	if (may_wait && many->state.error == 0 && parcel->was_open)
		keep_rest(many, parcel);
	parcel_note_outcomes(parcel);
	stop_without_state(many);
	exit_status_count(&many->tally, envelope);
	if (was_tried)
		count_failures(many, parcel);
	tell(many, parcel);
	look_at_queue(many, parcel);
	parcel_free(parcel);
}

/* The mails of a profile */

/* NULL: it could not be read any more. */
static struct parcel *
prepare(struct many *many, size_t index)
{
	struct error err = {0};
	char *name = NULL;
	struct parcel *parcel = parcel_make(&many->manifest, index,
	    many->state.fd >= 0 ? &many->state : NULL, many->observer, &name,
	    &err);

	if (parcel == NULL)
		tell_lost(many, index, name, &err);
	free(name);
	return parcel;
}

/* The index of the next mail of this profile; SIZE_MAX: there is none. */
static size_t
find_next(const struct many *many)
{
	const struct manifest *manifest = &many->manifest;

	for (size_t i = many->position; i < manifest->source.count; i++)
		if (manifest->mails[i].group == many->group)
			return i;
	return SIZE_MAX;
}

static int64_t
now_in_microseconds(void)
{
	return clock_now() * 1000;
}

static int64_t
get_pause(void *context)
{
	struct many *many = context;
	size_t index = find_next(many);
	int64_t left = many->next_at - now_in_microseconds();

	if (index == SIZE_MAX || many->stop.kind != ERROR_NONE || left <= 0 ||
	    !manifest_is_open(&many->manifest, &many->manifest.mails[index]))
		return 0;
	progress_note_pause(&many->progress);
	return (left + 999) / 1000;
}

static void
note_beginning(struct many *many)
{
	const struct rate *rate = &many->options->batch.rate;
	int64_t now = now_in_microseconds();

	if (rate->count == 0)
		return;
	if (many->next_at < now)
		many->next_at = now;
	many->next_at += rate->period * 1000 / rate->count;
}

/* Puts the mail into the queue, if it is to wait without an attempt. */
static void
keep_at_once(struct parcel *parcel)
{
	struct queue_add *queue = &parcel->shipment.queue;

	if (!queue_add_waits(queue) || !parcel_note_doubt(parcel))
		return;
	parcel->is_at_once = queue_add_at_once(queue);
	if (parcel->is_at_once) {
		mem_set_exit_status(EXIT_UNKNOWN);
		parcel_note_outcomes(parcel);
	}
}

/*
 * Fetches the secret of a profile. If it cannot be fetched now, that is trouble
 * of all mails of the profile. False, with err, if no retry can help.
 */
static bool
fetch_secret(struct many *many, size_t group, struct error *err)
{
	const struct profile *profile = &many->manifest.groups[group];
	struct access *access = &many->accesses[group];

	access->is_ready = secret_fetch(&access->secret, profile, true, err);
	if (access->is_ready) {
		observer_note_lines(
		    many->observer, buf_span(&access->secret.notes));
		outgoing_print_notes(
		    buf_span(&access->secret.notes), many->options);
	} else {
		outcome_set_own(&access->trouble, STAGE_AUTH, secret_cause(err),
		    "%s", err->text);
	}
	return access->is_ready || err->kind == ERROR_TEMPORARY ||
	    err->kind == ERROR_LOGIN;
}

/* Whether mails can be sent; if not, the trouble of the series says why. */
static bool
is_ready(struct many *many)
{
	struct access *access = &many->accesses[many->group];
	struct error ignored = {0};

	/* The queue could not keep a mail that was to wait: it is sent. */
	if (!access->is_ready && access->trouble.action == ACTION_NONE)
		fetch_secret(many, many->group, &ignored);
	if (!access->is_ready)
		outcome_copy(&many->series.trouble, &access->trouble);
	return access->is_ready;
}

static bool
find_item(struct many *many, struct series_item *item)
{
	size_t index;

	while (many->stop.kind == ERROR_NONE &&
	    (index = find_next(many)) != SIZE_MAX) {
		struct parcel *parcel;

		many->position = index + 1;
		parcel = prepare(many, index);
		if (parcel == NULL)
			continue;
		if (parcel->was_open) {
			keep_at_once(parcel);
			shipment_filter(&parcel->shipment);
		}
		if (envelope_has_open(&parcel->shipment.outgoing.envelope)) {
			if (!is_ready(many)) {
				finish(many, parcel);
				return false;
			}
			note_beginning(many);
		}
		item->submission = &parcel->shipment.submission;
		item->envelope = &parcel->shipment.outgoing.envelope;
		return true;
	}
	return false;
}

/* Other output, also that of a command, must not mix with the line. */
static bool
next(void *context, struct series_item *item)
{
	struct many *many = context;
	bool is_found;

	progress_suspend(&many->progress);
	is_found = find_item(many, item);
	progress_resume(&many->progress);
	return is_found;
}

static void
done(void *context, const struct series_item *item)
{
	struct many *many = context;
	struct parcel *parcel = (struct parcel *)((char *)item->submission -
	    offsetof(struct parcel, shipment) -
	    offsetof(struct shipment, submission));

	progress_suspend(&many->progress);
	finish(many, parcel);
	progress_resume(&many->progress);
}

/* Settles the mails that the series did not ask for. */
static void
finish_others(struct many *many)
{
	size_t index;

	progress_suspend(&many->progress);
	while ((index = find_next(many)) != SIZE_MAX) {
		struct parcel *parcel;

		many->position = index + 1;
		parcel = prepare(many, index);
		if (parcel != NULL)
			finish(many, parcel);
	}
	progress_resume(&many->progress);
}

static void
send_group(struct many *many, size_t group)
{
	struct profile *profile = &many->manifest.groups[group];
	struct access *access = &many->accesses[group];

	many->group = group;
	many->position = 0;
	many->has_told = false;
	shipment_note_profile(profile, many->options, many->observer);
	many->series = (struct series){
	    .profile = profile,
	    .secret = secret_is_wanted(profile) ? &access->secret : NULL,
	    .signing_keys = &access->secret.signing_keys,
	    .observer = many->observer,
	    .next = next,
	    .done = done,
	    .pause = many->options->batch.rate.count > 0 ? get_pause : NULL,
	    .context = many,
	    .letters_max = profile->max_messages,
	    /* Of the group before. */
	    .lacks_flights = many->series.lacks_flights,
	};
	outcome_copy(&many->series.trouble, &access->trouble);
	if (many->stop.kind == ERROR_NONE &&
	    many->series.trouble.action == ACTION_NONE)
		dispatch_run(&many->series);
	finish_others(many);
	series_free(&many->series);
	secret_free(&access->secret);
	outcome_free(&access->trouble);
}

/* Before the first connection */

static bool
check_batch(const struct options *options, struct error *err)
{
	const char *option = options->batch.table != NULL ? "--merge"
	    : options->batch.rows != NULL		  ? "--rows"
	    : options->message != NULL			  ? "--message"
	    : options->recipients != NULL		  ? "--recipients"
	    : options_compose(options) ? "an option that composes a message"
				       : NULL;

	if (option != NULL)
		return error_set(
		    err, ERROR_USAGE, "cannot use --batch with %s", option);
	if (options->operand_count > 0 || options->read_recipients > 0)
		return true;
	return error_set(err, ERROR_USAGE,
	    "cannot use --batch without recipients\n"
	    "hint: -t sends each message to those that its header names; "
	    "recipients after the options get all of them");
}

static bool
check_state(const struct options *options, struct error *err)
{
	const char *path = options->batch.state;

	if (path == NULL)
		return options->batch.resends_unknown == 0 ||
		    error_set(err, ERROR_USAGE,
			"cannot use --resend-unknown without --state");
	return (path[0] != '\0' && strcmp(path, "-") != 0) ||
	    error_set(err, ERROR_USAGE,
		"cannot use --state '%s': it must be the name of a file", path);
}

/* Whether some mail of the profile is to be tried. */
static bool
is_group_open(const struct many *many, size_t group)
{
	const struct manifest *manifest = &many->manifest;

	for (size_t i = 0; i < manifest->source.count; i++)
		if (manifest->mails[i].group == group &&
		    manifest_is_open(manifest, &manifest->mails[i]))
			return true;
	return false;
}

/* The mail of a profile, as far as the queue looks at it. */
static void
init_queue(struct queue_add *queue, struct outgoing *outgoing,
    const struct many *many, size_t group)
{
	*outgoing = (struct outgoing){
	    .profile = many->manifest.groups[group], .shares_profile = true};
	*queue =
	    (struct queue_add){.options = many->options, .outgoing = outgoing};
	queue_add_init(queue);
}

/* Fetches the secret of each profile whose mails are to be sent now. */
static bool
fetch_secrets(struct many *many, struct error *err)
{
	bool done = true;

	for (size_t i = 0; done && i < many->manifest.group_count; i++) {
		struct outgoing outgoing;
		struct queue_add queue;

		init_queue(&queue, &outgoing, many, i);
		if (is_group_open(many, i) && !queue_add_waits(&queue))
			done = fetch_secret(many, i, err);
		queue_add_free(&queue);
	}
	return done;
}

/* Whether each profile can keep mail that --at or --delay makes wait. */
static bool
check_queues(const struct many *many, struct error *err)
{
	bool fits = true;

	for (size_t i = 0; fits && i < many->manifest.group_count; i++) {
		struct outgoing outgoing;
		struct queue_add queue;

		init_queue(&queue, &outgoing, many, i);
		fits = queue_add_check(&queue, err);
		queue_add_free(&queue);
	}
	return fits;
}

static bool
open_state(struct many *many, struct error *err)
{
	const char *path = many->options->batch.state;

	if (path == NULL)
		return true;
	if (!state_file_open(&many->state, path,
		buf_span(&many->manifest.source.identity),
		many->options->mode == MODE_SUBMIT, err))
		return false;
	return many->state.fd < 0 ||
	    state_file_read(
		&many->state, manifest_take_state, &many->manifest, err);
}

static void
count_open(const struct many *many, size_t *mails, size_t *recipients)
{
	const struct manifest *manifest = &many->manifest;

	*mails = *recipients = 0;
	for (size_t i = 0; i < manifest->source.count; i++) {
		const struct manifest_mail *mail = &manifest->mails[i];

		if (!manifest_is_open(manifest, mail))
			continue;
		++*mails;
		for (size_t j = 0; j < mail->recipients; j++)
			*recipients +=
			    manifest_tries(manifest, manifest_state(mail, j));
	}
}

/* Asks at the terminal, which standard input need not be. */
static bool
has_consent(const struct many *many)
{
	size_t mails, recipients;
	FILE *terminal;
	bool is_given;

	count_open(many, &mails, &recipients);
	if (many->options->has_consent > 0 || mails == 0 ||
	    !isatty(STDERR_FILENO))
		return true;
	terminal = fopen("/dev/tty", "re");
	if (terminal == NULL)
		return true;
	fprintf(stderr,
	    "smtpost: send %zu message%s to %zu recipient%s? (y/N) ", mails,
	    mails == 1 ? "" : "s", recipients, recipients == 1 ? "" : "s");
	is_given = consent_read(terminal);
	fclose(terminal);
	if (!is_given)
		fputs("smtpost: nothing was sent\n", stderr);
	return is_given;
}

static bool
print_all(struct many *many, struct error *err)
{
	struct manifest *manifest = &many->manifest;
	bool done = true;

	for (size_t i = 0; done && i < manifest->source.count; i++) {
		struct mail_source_mail mail;
		struct outgoing outgoing;

		if (!manifest_is_open(manifest, &manifest->mails[i]))
			continue;
		done = manifest_prepare(manifest, i, &outgoing, &mail, err);
		done = done &&
		    dry_run_print_mail(
			&outgoing, i + 1, mail.name, many->options, err);
		outgoing_free(&outgoing);
		mail_source_free_mail(&mail);
	}
	return done;
}

/* Sends all mails, which are checked already. */
static bool
send_all(struct many *many, struct error *err)
{
	size_t count = many->manifest.group_count;
	const struct observer *observer = log_watch_init(
	    &many->watch, trace_init(&many->trace, many->options->verbose));
	bool done;

	many->observer = observer;
	many->accesses = mem_new(count, sizeof(*many->accesses));
	done = fetch_secrets(many, err) &&
	    (many->state.fd < 0 || state_file_begin(&many->state, err));
	if (done) {
		/* A reader of the report that is gone does not end it. */
		signals_catch();
		many->observer =
		    progress_begin(&many->progress, many->options, observer);
		progress_note_mails(
		    &many->progress, 0, many->manifest.source.count);
		for (size_t i = 0; i < count; i++)
			send_group(many, i);
		progress_end(&many->progress);
	}
	for (size_t i = 0; i < count; i++) {
		secret_free(&many->accesses[i].secret);
		outcome_free(&many->accesses[i].trouble);
	}
	free(many->accesses);
	log_watch_free(&many->watch);
	return done;
}

/* False, with err, if some mail cannot be sent. */
static bool
check(struct many *many, struct error *err)
{
	const struct options *options = many->options;

	return (options->batch.source != NULL
		       ? check_batch(options, err)
		       : draft_check_merge(options, err)) &&
	    check_state(options, err) &&
	    manifest_make(&many->manifest, options, err) &&
	    check_queues(many, err) && open_state(many, err);
}

/* An error before the first connection. */
static void
tell_failure(const struct many *many, const struct error *err)
{
	const struct options *options = many->options;
	const struct manifest *manifest = &many->manifest;

	report_print_error(
	    options->has_report ? options->report : manifest->report, err,
	    stdout);
	if (manifest->group_count > 0 && options->mode == MODE_SUBMIT)
		log_error(&manifest->groups[0], err, getuid());
}

bool
many_run(const struct options *options, struct mode_result *result,
    struct error *err)
{
	struct many many = {.options = options, .state = {.fd = -1}};
	bool as_sendmail = options_role_is_sendmail(options->role);
	bool done = check(&many, err);

	if (done && options->mode == MODE_DRY_RUN) {
		done = print_all(&many, err);
	} else if (done && !has_consent(&many)) {
		result->exit_status = EX_TEMPFAIL;
	} else if (done) {
		done = send_all(&many, err);
		if (done) {
			result->exit_status =
			    exit_status_of_tally(many.tally, as_sendmail);
			mem_set_exit_status(result->exit_status);
		}
	}
	if (!done)
		tell_failure(&many, err);
	state_file_close(&many.state);
	notify_run(&many.notify);
	manifest_free(&many.manifest);
	flush_start(&many.flush);
	return done;
}
