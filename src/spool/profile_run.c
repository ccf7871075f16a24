/*
 * Sends the mails of one profile. The series asks for one mail after the other;
 * each is claimed only then, and its records decide once more whether it is
 * due. If no mail can be sent, those whose lifetime is over end.
 */
#include "spool/profile_run.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/mem.h"
#include "base/signals.h"
#include "profile/profile_choice.h"
#include "profile/secret.h"
#include "smtp/dispatch.h"
#include "smtp/sent_copy.h"
#include "spool/delivery.h"
#include "spool/server_state.h"
#include "spool/settle.h"
#include "spool/tell.h"

/*
 * This many mails in a row that are put off or lost count as trouble of the
 * server.
 */
#define ROW_MAX 3

/* An attempt, and the mail that it is for. */
struct item {
	struct delivery delivery;
	size_t mail; /* its index */
};

struct going {
	struct profile_run *run;
	struct run *runner;
	struct profile profile;
	struct runner_settings settings;
	struct series series;
	size_t position;	/* of the next mail */
	bool is_up;		/* the server took a mail, or refused one */
	bool is_missing;	/* there is no profile of that name */
	unsigned put_off, lost; /* mails in a row */
	struct outcome trouble; /* of server or login; ends the run */
};

/* Events */

static void
show(const struct going *going, enum run_event_kind kind, size_t count,
    const char *text)
{
	const struct run_event event = {
	    .kind = kind,
	    .profile_name = going->run->name,
	    .profile = going->profile.name != NULL ? &going->profile : NULL,
	    .count = count,
	    .text = text,
	};

	run_event_show(going->runner->observer, &event);
}

static void
show_mail(const struct going *going, const struct delivery *delivery,
    enum run_event_kind kind, size_t count, const char *text)
{
	const struct run_event event = {
	    .kind = kind,
	    .profile_name = going->run->name,
	    .profile = &going->profile,
	    .waiting = &delivery->claim.waiting,
	    .count = count,
	    .text = text,
	    .envelope = &delivery->envelope,
	    .submission = &delivery->submission,
	    .plan = &delivery->plan,
	};

	run_event_show(going->runner->observer, &event);
}

/* The words of the first recipient with that action. */
static char *
words_of(const struct delivery *delivery, enum action action)
{
	struct buf text = {0};
	char *words;

	for (size_t i = 0; i < delivery->envelope.count; i++) {
		const struct outcome *outcome =
		    &delivery->envelope.recipients[i].outcome;

		if (outcome->action != action)
			continue;
		reply_add_line(&text, &outcome->reply);
		break;
	}
	words = mem_copy_text(buf_text(&text));
	buf_free(&text);
	return words;
}

static void
show_outcome(const struct going *going, const struct delivery *delivery,
    enum run_event_kind kind, enum action action, size_t count)
{
	char *text;

	if (count == 0)
		return;
	text = words_of(delivery, action);
	show_mail(going, delivery, kind, count, text);
	free(text);
}

static void
show_attempt(const struct going *going, const struct delivery *delivery)
{
	show_mail(
	    going, delivery, RUN_EVENT_TRIED, delivery->envelope.count, NULL);
	show_outcome(
	    going, delivery, RUN_EVENT_SENT, ACTION_RELAYED, delivery->sent);
	show_outcome(
	    going, delivery, RUN_EVENT_FAILED, ACTION_FAILED, delivery->failed);
	show_outcome(going, delivery, RUN_EVENT_DEFERRED, ACTION_DELAYED,
	    delivery->delayed);
}

/* What follows from a mail's records */

static struct settle
make_settle(const struct going *going)
{
	return (struct settle){
	    .tell =
		{
		    .folder = going->runner->folder,
		    .profile =
			going->profile.name != NULL ? &going->profile : NULL,
		    .settings = &going->settings,
		    .now = time(NULL),
		    .clock = going->runner->clock,
		},
	    .profile_name = going->run->name,
	    .observer = going->runner->observer,
	};
}

/* Notifications that were made leave in this run, too. */
static void
add_made(struct going *going, const struct settle *settle)
{
	struct profile_run *run = going->run;

	for (size_t i = 0; i < settle->tell.made_count; i++) {
		struct profile_run_mail *mail =
		    mem_append(&run->mails, &run->count, sizeof(*mail));

		mail->id = settle->tell.made[i];
		mail->since = settle->tell.now;
		mail->clock = settle->tell.clock;
		mail->is_due = mail->is_left = true;
	}
	free(settle->tell.made);
}

/* Settles the mail at that index. True: it waits, and can be tried. */
static bool
settle(struct going *going, size_t index, struct settle *settle,
    struct claim *claim)
{
	enum settle_result result = settle_mail(settle, claim);
	struct profile_run_mail *mail = &going->run->mails[index];

	if (result == SETTLE_FAILED)
		run_fail(going->runner, "write a record");
	if (result == SETTLE_FINISHED || result == SETTLE_DEAD)
		mail->is_left = false;
	if (result == SETTLE_HELD)
		mail->is_held = true;
	add_made(going, settle);
	return result == SETTLE_WAITS;
}

/* Takes the mail and settles it. False: it is not to be tried. */
static bool
take(struct going *going, size_t index, struct claim *claim)
{
	struct run *runner = going->runner;
	struct profile_run_mail *mail = &going->run->mails[index];
	struct settle doing = make_settle(going);
	enum settle_result result;

	switch (claim_take(
	    claim, runner->folder, runner->folder->mail, &mail->id)) {
	case CLAIM_TAKEN:
		break;
	case CLAIM_GONE:
		mail->is_left = false;
		return false;
	case CLAIM_DAMAGED:
		result = settle_damaged(&doing, claim);
		mail->is_left = result != SETTLE_DEAD;
		if (result == SETTLE_FAILED)
			run_fail(runner, "move a damaged mail");
		return false;
	case CLAIM_FAILED:
		run_leave(runner, doing.tell.profile, &mail->id);
		return false;
	case CLAIM_BUSY:
	case CLAIM_NEWER:
		return false;
	}
	doing.is_unsure = claim->waiting.is_doubted;
	if (claim->waiting.is_doubted && !claim_is_over(claim) &&
	    !settle_interrupted(&doing, claim)) {
		run_fail(runner, "write a record");
		return false;
	}
	return settle(going, index, &doing, claim);
}

/* Whether the mail, which is claimed, is to be tried now. */
static bool
is_to_be_tried(const struct going *going, const struct claim *claim)
{
	const struct waiting *waiting = &claim->waiting;

	return waiting->profile != NULL &&
	    strcmp(waiting->profile, going->run->name) == 0 &&
	    run_is_due(
		going->runner, &going->settings.retry, waiting, time(NULL)) &&
	    (waiting->kind != WAITING_NOTIFICATION ||
		tell_may_be_sent(going->runner->folder, waiting));
}

/* The series */

static void
free_item(struct item *item)
{
	delivery_free(&item->delivery);
	free(item);
}

static void
count_rows(struct going *going, const struct delivery *delivery)
{
	if (delivery->is_put_off)
		going->put_off++;
	if (delivery->is_lost)
		going->lost++;
	if (!delivery->is_put_off && !delivery->is_lost &&
	    delivery->sent + delivery->failed + delivery->delayed > 0)
		going->put_off = going->lost = 0;
	if (going->put_off < ROW_MAX && going->lost < ROW_MAX)
		return;
	if (going->trouble.action == ACTION_NONE) {
		char *words = words_of(delivery, ACTION_DELAYED);

		outcome_set_own(&going->trouble, STAGE_MAIL, CAUSE_TEMPORARY,
		    "three mails in a row could not be sent: %s", words);
		free(words);
	}
}

static void
note_trouble(struct going *going, const struct outcome *trouble)
{
	if (trouble->action != ACTION_NONE &&
	    going->trouble.action == ACTION_NONE)
		outcome_copy(&going->trouble, trouble);
}

/*
 * Makes the copy for the first recipient. The records, which say that there is
 * one, are on disk: if the process is killed now, the copy is missing, and no
 * second one is ever made.
 */
static void
keep_copy(const struct going *going, const struct delivery *delivery)
{
	struct error err = {0};

	if (delivery->wants_copy &&
	    sent_copy_is_due(&going->profile, &delivery->envelope) &&
	    !sent_copy_of(
		&delivery->submission, &delivery->claim.waiting.envelope, &err))
		show_mail(going, delivery, RUN_EVENT_NO_COPY, 0, err.text);
}

/* An attempt has ended: records, events, and what follows. */
static void
finish(struct going *going, struct item *item)
{
	struct delivery *delivery = &item->delivery;
	struct settle doing = make_settle(going);

	if (!delivery_end(delivery, time(NULL))) {
		errno = delivery->error;
		run_fail(going->runner, "write a record");
		return;
	}
	if (delivery->sent + delivery->failed + delivery->delayed > 0)
		show_attempt(going, delivery);
	keep_copy(going, delivery);
	going->runner->sent += delivery->sent;
	going->runner->failed += delivery->failed;
	/* With mx:, three mails have as many servers. */
	if (!delivery->is_unasked && !profile_is_direct(&going->profile))
		count_rows(going, delivery);
	note_trouble(going, &delivery->trouble);
	/* Ends the series before the mail that it fetched ahead. */
	if (going->trouble.action != ACTION_NONE &&
	    going->series.trouble.action == ACTION_NONE)
		outcome_copy(&going->series.trouble, &going->trouble);
	if (delivery->wants_sender) {
		struct profile_run_mail *mail = mem_append(
		    &going->run->mails, &going->run->count, sizeof(*mail));

		*mail = going->run->mails[item->mail];
		mail->from_sender = true;
		going->run->mails[item->mail].is_left = false;
		return;
	}
	if (delivery->sent + delivery->failed + delivery->delayed == 0)
		return; /* it was never tried */
	doing.tell.server = delivery->submission.record.decided;
	doing.tell.offers_utf8 = delivery->submission.record.offers_utf8;
	doing.lacks_dsn =
	    delivery->sent > 0 && !delivery->submission.record.offers_dsn;
	doing.was_tried = delivery->delayed > 0;
	doing.is_unsure = delivery->doubted > 0;
	settle(going, item->mail, &doing, &delivery->claim);
	going->is_up |=
	    !delivery->is_unasked && delivery->trouble.action == ACTION_NONE;
}

/* Prepares an attempt for the mail at that index. NULL: it is not tried. */
static struct item *
prepare(struct going *going, size_t index)
{
	struct item *item = mem_new(1, sizeof(*item));
	struct delivery *delivery = &item->delivery;
	struct error err = {0};

	item->mail = index;
	delivery->profile = &going->profile;
	delivery->settings = &going->settings;
	delivery->observer = going->runner->observer;
	delivery->from_sender = going->run->mails[index].from_sender;
	if (!take(going, index, &delivery->claim) ||
	    !is_to_be_tried(going, &delivery->claim)) {
		free_item(item);
		return NULL;
	}
	switch (delivery_prepare(delivery, &err)) {
	case DELIVERY_READY:
		return item;
	case DELIVERY_SETTLED:
		finish(going, item);
		break;
	case DELIVERY_LEFT:
		show_mail(going, delivery, RUN_EVENT_SKIPPED, 0, err.text);
		if (delivery->error != 0) {
			errno = delivery->error;
			run_fail(going->runner, "make room for records");
		}
		break;
	}
	free_item(item);
	return NULL;
}

static bool
is_over(const struct going *going)
{
	return going->trouble.action != ACTION_NONE ||
	    run_is_over(going->runner, going->settings.run_time);
}

static bool
next(void *context, struct series_item *series_item)
{
	struct going *going = context;

	while (going->position < going->run->count && !is_over(going)) {
		size_t index = going->position++;
		struct item *item;

		if (!going->run->mails[index].is_due)
			continue;
		item = prepare(going, index);
		if (item == NULL)
			continue;
		series_item->submission = &item->delivery.submission;
		series_item->envelope = &item->delivery.envelope;
		return true;
	}
	return false;
}

static void
done(void *context, const struct series_item *series_item)
{
	struct item *item = (struct item *)((char *)series_item->submission -
	    offsetof(struct item, delivery) -
	    offsetof(struct delivery, submission));

	finish(context, item);
	free_item(item);
}

/*
 * A secret that cannot be had is trouble with the login, unless the service
 * that gives tokens is out of reach. But if another process runs the queue of
 * this owner, too, that one may have the secret.
 */
static bool
fetch_secret(struct going *going, struct secret *secret)
{
	struct error err = {0};

	if (secret_fetch(secret, &going->profile, false, &err))
		return true;
	if (going->runner->stands_in && err.kind == ERROR_CONFIG)
		return false;
	going->runner->has_bad_config |= err.kind == ERROR_CONFIG;
	outcome_set_own(&going->trouble, STAGE_AUTH,
	    secret->lacks_signing_key || profile_has_token(&going->profile)
		? secret_cause(&err)
		: CAUSE_LOGIN,
	    "%s", err.text);
	return false;
}

static bool
has_due(const struct going *going)
{
	for (size_t i = 0; i < going->run->count; i++)
		if (going->run->mails[i].is_due)
			return true;
	return false;
}

static void
submit(struct going *going)
{
	const struct run_observer *observer = going->runner->observer;
	struct secret secret = {0};
	size_t before = SIZE_MAX;

	if (fetch_secret(going, &secret)) {
		going->series = (struct series){
		    .profile = &going->profile,
		    .secret =
			secret_is_wanted(&going->profile) ? &secret : NULL,
		    .signing_keys = &secret.signing_keys,
		    .observer = observer != NULL ? observer->dialogue : NULL,
		    .next = next,
		    .done = done,
		    .context = going,
		    .letters_max = going->profile.max_messages,
		    .lacks_flights = going->runner->lacks_flights,
		};
		/* The last mails can make notifications, too. */
		while (going->position < going->run->count &&
		    going->position != before && !is_over(going)) {
			before = going->position;
			dispatch_run(&going->series);
			note_trouble(going, &going->series.trouble);
			series_free(&going->series);
			going->runner->lacks_flights =
			    going->series.lacks_flights;
		}
	}
	secret_free(&secret);
}

/* What the server did is noted, for later runs and for people. */
static void
note_server(
    struct going *going, struct server_state *before, uint32_t fingerprint)
{
	const struct folder *folder = going->runner->folder;
	const struct outcome *trouble = &going->trouble;

	if (trouble->action == ACTION_NONE) {
		if (going->is_up)
			server_state_forget(folder, going->run->name);
		return;
	}
	if (going->is_up)
		server_state_free(before);
	before->fingerprint = fingerprint;
	server_state_note(before, folder, going->run->name, trouble,
	    &going->settings.retry, time(NULL));
	show(going,
	    before->scope == SCOPE_LOGIN      ? RUN_EVENT_LOGIN
		: trouble->stage == STAGE_TLS ? RUN_EVENT_TLS
					      : RUN_EVENT_SERVER,
	    going->run->count, before->text);
}

/* Ends a mail that cannot be sent and whose time is over. */
static void
expire_mail(struct going *going, size_t index)
{
	struct settle doing = make_settle(going);
	enum settle_result result;
	struct claim claim;

	doing.tell.trouble = &going->trouble;
	doing.was_tried = true;
	if (take(going, index, &claim) && is_to_be_tried(going, &claim) &&
	    schedule_is_expired(&claim.waiting, going->runner->clock,
		going->settings.lifetime)) {
		if (!going->is_missing) {
			settle(going, index, &doing, &claim);
		} else {
			result = settle_bury(&doing, &claim,
			    "its lifetime is over, and its profile is gone");
			going->run->mails[index].is_left =
			    result != SETTLE_DEAD;
			if (result == SETTLE_FAILED)
				run_fail(going->runner, "write a record");
		}
	}
	claim_close(&claim);
}

/* No mail can be sent: those whose time is over end now. */
static void
expire(struct going *going)
{
	size_t count = going->run->count;

	for (size_t i = 0; i < count && going->runner->error == 0; i++) {
		const struct profile_run_mail *mail = &going->run->mails[i];
		const struct waiting age = {.clock = mail->clock};

		if (mail->is_left && mail->is_due && !mail->is_held &&
		    schedule_is_expired(
			&age, going->runner->clock, going->settings.lifetime))
			expire_mail(going, i);
	}
}

/* Whether the server is left alone in this run. */
static bool
is_put_off(const struct going *going, const struct server_state *state)
{
	int64_t wait = state->next - time(NULL);

	return going->runner->strength == RUN_DUE && wait > 0 &&
	    wait <= going->settings.retry.longest / 2 * 3;
}

static void
send_mails(struct going *going)
{
	uint32_t fingerprint = server_state_fingerprint(&going->profile);
	struct server_state state = {0};

	server_state_read(
	    &state, going->runner->folder, going->run->name, fingerprint);
	if (!is_put_off(going, &state)) {
		submit(going);
		if (signals_caught() == 0)
			note_server(going, &state, fingerprint);
		if (going->trouble.action != ACTION_NONE &&
		    signals_caught() == 0)
			expire(going);
	}
	server_state_free(&state);
}

/* Mails that need no server: what a killed run left to do. */
static void
settle_all(struct going *going)
{
	size_t count = going->run->count;

	for (size_t i = 0; i < count && going->runner->error == 0; i++) {
		struct claim claim;

		if (!going->run->mails[i].is_unsettled)
			continue;
		take(going, i, &claim);
		claim_close(&claim);
	}
}

static void
choose_due(struct going *going)
{
	int64_t now = time(NULL);

	for (size_t i = 0; i < going->run->count; i++) {
		struct profile_run_mail *mail = &going->run->mails[i];
		const struct waiting waiting = {.next = mail->next,
		    .not_before = mail->not_before,
		    .is_held = mail->is_held};

		mail->is_due = run_is_due(
		    going->runner, &going->settings.retry, &waiting, now);
	}
}

/* False with *err: there is no such profile, or it cannot be used. */
static bool
load_profile(struct going *going, struct error *err)
{
	const struct run *runner = going->runner;
	const struct profile_sources sources = {
	    .config = going->run->config, .no_environment = true};
	struct profiles *own = NULL;
	const struct profiles *profiles = runner->profiles;
	bool done;

	if (going->run->config != NULL) {
		own = profiles_load(&sources, err);
		profiles = own;
	} else if (profiles == NULL) {
		*err = *runner->config_error;
	}
	going->is_missing = profiles != NULL &&
	    profiles_find(profiles, span_from(going->run->name)) == NULL;
	done = profiles != NULL &&
	    profile_choice_make(
		&going->profile, profiles, going->run->name, NULL, NULL, err);
	profiles_free(own);
	if (!done)
		profile_free(&going->profile);
	return done;
}

static void
count_left(struct going *going)
{
	int64_t now = time(NULL), warn = going->settings.warn;

	for (size_t i = 0; i < going->run->count; i++) {
		const struct profile_run_mail *mail = &going->run->mails[i];

		if (!mail->is_left)
			continue;
		going->runner->left++;
		/* Neither a clock that jumped nor --at makes a mail late. */
		going->runner->is_late |= warn > 0 && !mail->is_held &&
		    now - mail->since >= warn &&
		    going->runner->clock - mail->clock >= warn;
	}
}

void
profile_run_go(struct profile_run *run, struct run *runner)
{
	struct going going = {.run = run, .runner = runner};
	struct error err = {0};
	bool is_loaded;

	going.profile.password_fd = -1;
	is_loaded = load_profile(&going, &err);
	going.settings = runner_settings_of(is_loaded ? &going.profile : NULL);
	if (!is_loaded) {
		runner->has_bad_config = true;
		show(&going, RUN_EVENT_PROFILE, run->count, err.text);
	}
	choose_due(&going);
	settle_all(&going);
	if (is_loaded && has_due(&going) && runner->error == 0)
		send_mails(&going);
	if (going.is_missing)
		expire(&going);
	count_left(&going);
	outcome_free(&going.trouble);
	profile_free(&going.profile);
}

void
profile_run_free(struct profile_run *run)
{
	free(run->name);
	free(run->config);
	free(run->mails);
	*run = (struct profile_run){0};
}
