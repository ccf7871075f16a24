/*
 * Puts submissions into the queue. Mail that a later run could not send like
 * this call is not kept: a run knows only the configuration files, and can ask
 * nobody.
 */
#include "cli/queue_add.h"

#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/signals.h"
#include "cli/moment.h"
#include "profile/secret.h"
#include "profile/setting_table.h"
#include "smtp/sent_copy.h"
#include "spool/keep.h"

void
queue_add_find_obstacle(struct buf *why, const struct profile *profile,
    const struct options *options)
{
	const char *config = options->config;

	if (profile->set_by_call != NULL)
		buf_add_format(why,
		    "%s is set by %s for this call alone\n"
		    "hint: a later run would not know it; put it into a "
		    "configuration file",
		    profile->set_by_call,
		    setting_table_origin(profile,
			setting_table_find(span_from(profile->set_by_call))));
	else if (profile->files.len == 0)
		buf_add_text(why,
		    "there is no configuration file\n"
		    "hint: name the server in one, so that a "
		    "later run knows it");
	else if (config != NULL && strncmp(config, "/dev/", 5) == 0)
		buf_add_text(why, "the configuration is from a descriptor");
	else if (profile->password_fd >= 0)
		buf_add_text(why,
		    "the password is from a descriptor\n"
		    "hint: a later run could not read it; set "
		    "password-command or password-file");
}

static bool
is_without_attempt(const struct queue_add *queue)
{
	return queue->use == QUEUE_ALWAYS ||
	    queue->options->wait_option != NULL || queue->options->queue_only;
}

/* A person could be asked for the password now, but not by a later run. */
static void
find_prompt(struct queue_add *queue)
{
	struct secret secret = {0};
	struct error ignored;

	if (!options_role_is_sendmail(queue->options->role) &&
	    secret_locate(&secret, &queue->outgoing->profile, &ignored) &&
	    secret.is_prompted)
		queue_add_note_prompt(queue);
	secret_free(&secret);
}

void
queue_add_init(struct queue_add *queue)
{
	const struct options *options = queue->options;

	queue->why_not = (struct buf){0};
	queue->failure = (struct error){0};
	queue->use = options->mode != MODE_SUBMIT && options->mode != MODE_RUN
	    ? QUEUE_NEVER
	    : queue_policy_use(&queue->outgoing->profile.queue,
		  options->role == ROLE_SMTPOST && options->mode != MODE_RUN &&
		      options->wait_option == NULL && !options->queue_only);
	if (queue->use == QUEUE_NEVER)
		return;
	queue_add_find_obstacle(
	    &queue->why_not, &queue->outgoing->profile, options);
	if (is_without_attempt(queue) && queue->why_not.len == 0)
		find_prompt(queue);
}

bool
queue_add_check(struct queue_add *queue, struct error *err)
{
	const char *option = queue->options->wait_option;

	if (option == NULL)
		return true;
	if (queue->use == QUEUE_NEVER)
		return error_set(err, ERROR_USAGE,
		    "cannot use %s: queue = never\n"
		    "hint: the mail must wait in the queue; set queue = "
		    "on-tempfail",
		    option);
	return queue->why_not.len == 0 ||
	    error_set(err, ERROR_USAGE,
		"cannot use %s: the queue cannot keep this mail, because %s",
		option, buf_text(&queue->why_not));
}

void
queue_add_free(struct queue_add *queue)
{
	buf_free(&queue->why_not);
}

void
queue_add_note_prompt(struct queue_add *queue)
{
	if (queue->why_not.len == 0)
		buf_add_text(&queue->why_not,
		    "the password is from the terminal\n"
		    "hint: a later run can ask nobody; set "
		    "password-command or password-file");
}

char *
queue_add_config_path(const struct options *options)
{
	char folder[PATH_MAX];

	if (options->config == NULL || options->config[0] == '/')
		return options->config != NULL ? mem_copy_text(options->config)
					       : NULL;
	return getcwd(folder, sizeof(folder)) != NULL
	    ? file_path_in(folder, options->config)
	    : mem_copy_text(options->config);
}

static void
keep(struct queue_add *queue, bool was_tried)
{
	struct outgoing *outgoing = queue->outgoing;
	const struct submission_record *record = &queue->submission->record;
	char *config = queue_add_config_path(queue->options);
	const struct keep keep = {
	    .profile = &outgoing->profile,
	    .config = config,
	    .message = outgoing->message,
	    .plan = &outgoing->plan,
	    .server =
		record->decided != NULL ? record->decided : record->server,
	    .was_tried = was_tried,
	    .not_before = queue->options->not_before,
	    .is_unfiltered = outgoing->profile.filter_command != NULL &&
		!outgoing->is_filtered,
	    .wants_copy =
		sent_copy_is_left(&outgoing->profile, &outgoing->envelope),
	    .wakes = queue->use == QUEUE_ALWAYS && !queue->options->queue_only,
	    .uid = getuid(),
	};

	keep_recipients(&keep, &outgoing->envelope, &queue->failure);
	free(config);
}

void
queue_add_note_obstacle(const struct observer *observer, const char *why)
{
	struct span line =
	    span_head(span_from(why), span_find(span_from(why), '\n'));

	observer_note(observer,
	    "warning: the mail is not kept in the queue: %.*s", (int)line.len,
	    line.at);
}

/* Settles all open recipients: they wait, and why. */
static void
settle_untried(const struct queue_add *queue, struct envelope *envelope)
{
	struct outcome outcome = {0};
	struct buf text = {0};

	if (queue->options->wait_option != NULL) {
		buf_add_text(&text, "not before ");
		moment_add(&text, queue->options->not_before);
	} else {
		buf_add_format(&text, "not tried yet (%s)",
		    queue->options->queue_only ? "-odq" : "queue = always");
	}
	outcome_set_own(
	    &outcome, STAGE_NONE, CAUSE_TEMPORARY, "%s", buf_text(&text));
	envelope_settle_open(envelope, &outcome);
	outcome_free(&outcome);
	buf_free(&text);
}

/*
 * Some callers give -odq out of habit, and still want their mail sent. So it is
 * sent at once where there is no place for it, as in a container.
 */
static bool
may_send_instead(const struct queue_add *queue)
{
	return queue->use != QUEUE_ALWAYS &&
	    queue->options->wait_option == NULL;
}

bool
queue_add_waits(const struct queue_add *queue)
{
	return queue->use != QUEUE_NEVER && is_without_attempt(queue);
}

bool
queue_add_at_once(struct queue_add *queue)
{
	struct envelope *envelope = &queue->outgoing->envelope;

	if (!queue_add_waits(queue) || !envelope_has_open(envelope))
		return false;
	if (queue->why_not.len > 0) {
		queue_add_note_obstacle(
		    queue->observer, buf_text(&queue->why_not));
		return false;
	}
	signals_catch();
	keep(queue, false);
	if (queue->failure.kind != ERROR_NONE && may_send_instead(queue)) {
		queue_add_note_obstacle(queue->observer, queue->failure.text);
		queue->failure = (struct error){0};
		return false;
	}
	settle_untried(queue, envelope);
	return true;
}

static bool
has_rest(const struct envelope *envelope)
{
	for (size_t i = 0; i < envelope->count; i++)
		if (envelope->recipients[i].outcome.in_doubt ||
		    envelope->recipients[i].outcome.action == ACTION_DELAYED)
			return true;
	return false;
}

void
queue_add_rest(struct queue_add *queue)
{
	struct envelope *envelope = &queue->outgoing->envelope;

	if (queue->use == QUEUE_NEVER)
		return;
	if (queue->why_not.len == 0)
		submission_defer_refusals(queue->submission, envelope);
	if (!has_rest(envelope))
		return;
	if (queue->why_not.len > 0)
		error_set(&queue->failure, ERROR_TEMPORARY,
		    "the mail is not kept in the queue: %s",
		    buf_text(&queue->why_not));
	else if (signals_caught() == SIGINT)
		queue_add_note_obstacle(queue->observer, "it was interrupted");
	else
		keep(queue, true);
}

/* The first recipient that is kept in this way; NULL: there is none. */
static const struct outcome *
find_kept(const struct envelope *envelope, enum kept kept, size_t *count)
{
	const struct outcome *found = NULL;

	*count = 0;
	for (size_t i = envelope->count; i > 0; i--)
		if (envelope->recipients[i - 1].kept == kept) {
			found = &envelope->recipients[i - 1].outcome;
			++*count;
		}
	return found;
}

static void
notify_held(struct notify *notify, const struct profile *profile,
    const struct envelope *envelope)
{
	struct waiting waiting = {0};
	struct run_event event = {
	    .kind = RUN_EVENT_UNKNOWN,
	    .profile = profile,
	    .profile_name = profile->name,
	    .waiting = &waiting,
	    .text = "it may have been delivered (in-doubt = hold)",
	};

	if (find_kept(envelope, KEPT_HELD, &event.count) == NULL)
		return;
	id_read(&waiting.id, span_from(envelope->held_id));
	notify_add(notify, &event);
}

/* A mail that waits without an attempt is no trouble. */
static void
notify_queued(struct notify *notify, const struct profile *profile,
    const struct envelope *envelope)
{
	struct waiting waiting = {0};
	struct run_event event = {
	    .kind = RUN_EVENT_DEFERRED,
	    .profile = profile,
	    .profile_name = profile->name,
	    .waiting = &waiting,
	};
	const struct outcome *outcome =
	    find_kept(envelope, KEPT_QUEUED, &event.count);
	struct buf text = {0};

	if (outcome == NULL || outcome->stage == STAGE_NONE)
		return;
	if (outcome->cause == CAUSE_LOGIN || outcome->stage == STAGE_TLS) {
		event.kind = outcome->cause == CAUSE_LOGIN ? RUN_EVENT_LOGIN
							   : RUN_EVENT_TLS;
		event.waiting = NULL;
		event.count = 1;
	}
	id_read(&waiting.id, span_from(envelope->queued_id));
	reply_add_line(&text, &outcome->reply);
	event.text = buf_text(&text);
	notify_add(notify, &event);
	buf_free(&text);
}

void
queue_add_notify(struct notify *notify, const struct profile *profile,
    const struct envelope *envelope)
{
	notify_held(notify, profile, envelope);
	notify_queued(notify, profile, envelope);
}
