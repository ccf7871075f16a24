/*
 * Makes attempts. The submission calls the functions of the journal. The
 * outcome of a recipient is recorded once it is certain, and again if it
 * changes: surplus replies can put a certain outcome in doubt.
 */
#include "spool/delivery.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/signals.h"
#include "message/replay.h"
#include "smtp/filter.h"
#include "spool/record.h"
#include "spool/stored_message.h"

#define HOST_SIZE 256
/* Room for records: of the attempt, and of each recipient. */
#define RECORDS_ROOM ((size_t)4096)
#define RESULT_ROOM ((size_t)256)
#define RESULTS_MAX 1000

/* What the last record of a recipient says. */
struct delivery_mark {
	enum action action;
	enum stage stage;
	bool in_doubt;
};

/* Copies the recipients that are open, without their last outcomes. */
static void
copy_open(struct delivery *delivery)
{
	const struct envelope *from = &delivery->claim.waiting.envelope;
	struct envelope *to = &delivery->envelope;

	to->reverse_path = mem_copy_text(delivery->from_sender
		? from->recipients[0].forward_path
		: from->reverse_path);
	to->envelope_id =
	    from->envelope_id != NULL ? mem_copy_text(from->envelope_id) : NULL;
	to->dsn_return = from->dsn_return;
	to->requires_tls = from->requires_tls;
	delivery->wants_copy = delivery->claim.waiting.wants_copy;
	to->recipients = mem_new(from->count, sizeof(*to->recipients));
	delivery->who = mem_new(from->count, sizeof(*delivery->who));
	delivery->marks = mem_new(from->count, sizeof(*delivery->marks));
	for (size_t i = 0; i < from->count; i++) {
		const struct recipient *old = &from->recipients[i];
		struct recipient *recipient = &to->recipients[to->count];

		if (old->outcome.action == ACTION_RELAYED)
			delivery->wants_copy = false;
		if (old->outcome.action == ACTION_RELAYED ||
		    old->outcome.action == ACTION_FAILED)
			continue;
		recipient->forward_path = mem_copy_text(old->forward_path);
		/* The server must not tell of a notification, either. */
		recipient->dsn.notify =
		    delivery->from_sender ? DSN_NEVER : old->dsn.notify;
		if (old->dsn.original != NULL)
			recipient->dsn.original =
			    mem_copy_text(old->dsn.original);
		delivery->who[to->count++] = i;
	}
}

/* The envelope that has sessions now: all recipients, or some. */
static struct envelope *
envelope_of(struct delivery *delivery)
{
	return delivery->part != NULL ? delivery->part : &delivery->envelope;
}

/* For each of its recipients, the index of the one in the mail. */
static const size_t *
who_of(const struct delivery *delivery)
{
	return delivery->part != NULL ? delivery->part_who : delivery->who;
}

static struct delivery_mark *
mark_of(struct delivery *delivery, size_t i)
{
	return &delivery
		    ->marks[delivery->part != NULL ? delivery->members[i] : i];
}

static int64_t
next_attempt(const struct delivery *delivery, int64_t now)
{
	unsigned attempts =
	    delivery->claim.waiting.attempts + !delivery->is_begun;

	return schedule_next(&delivery->settings->retry, attempts, now);
}

static void
add_try(struct delivery *delivery, struct buf *records, int64_t now)
{
	char host[HOST_SIZE] = "";

	if (delivery->is_begun)
		return;
	delivery->is_begun = true;
	if (gethostname(host, sizeof(host) - 1) < 0)
		host[0] = '\0';
	record_add_try(records, &delivery->claim.waiting, now,
	    (unsigned long)getpid(), host);
}

static bool
append(struct delivery *delivery, struct buf *records, bool is_durable)
{
	if (records->full)
		errno = EFBIG;
	else if (claim_append(&delivery->claim, buf_span(records), is_durable))
		return true;
	delivery->error = errno != 0 ? errno : EIO;
	return false;
}

/*
 * Whether the server refuses MAIL FROM:<> of a notification: some providers
 * take mail only from the user's address.
 */
static bool
is_null_path_refused(
    const struct delivery *delivery, const struct outcome *outcome)
{
	return delivery->claim.waiting.kind == WAITING_NOTIFICATION &&
	    delivery->envelope.reverse_path[0] == '\0' &&
	    outcome->stage == STAGE_MAIL && reply_is_permanent(&outcome->reply);
}

/* Whether the outcome is the mail's own, and not in a record yet. */
static bool
is_due(struct delivery *delivery, size_t i)
{
	const struct outcome *outcome =
	    &envelope_of(delivery)->recipients[i].outcome;
	const struct delivery_mark *mark = mark_of(delivery, i);

	return outcome->action != ACTION_NONE &&
	    !is_null_path_refused(delivery, outcome) &&
	    (outcome->in_doubt || outcome->action != ACTION_DELAYED ||
		schedule_scope(outcome) == SCOPE_MAIL) &&
	    (outcome->action != mark->action || outcome->stage != mark->stage ||
		outcome->in_doubt != mark->in_doubt);
}

/* Adds what is not recorded yet of these recipients. False: nothing. */
static bool
add_results(struct delivery *delivery, struct buf *records, int64_t now,
    size_t from, size_t to)
{
	const struct envelope *envelope = envelope_of(delivery);
	bool found = false;
	size_t last;

	for (size_t i = from; i < to; i = last + 1) {
		const struct outcome *outcome =
		    &envelope->recipients[i].outcome;

		last = i;
		if (!is_due(delivery, i))
			continue;
		while (last + 1 < to && is_due(delivery, last + 1) &&
		    record_is_shared(&delivery->claim.waiting, outcome,
			&envelope->recipients[last + 1].outcome))
			last++;
		add_try(delivery, records, now);
		record_add_result(records, &delivery->claim.waiting, now,
		    &who_of(delivery)[i], last + 1 - i, outcome);
		for (size_t j = i; j <= last; j++)
			*mark_of(delivery, j) = (struct delivery_mark){
			    outcome->action, outcome->stage, outcome->in_doubt};
		found = true;
	}
	return found;
}

/* Whether all have the mail, and nobody asked to hear of it. */
static bool
is_silently_done(const struct waiting *waiting)
{
	const struct envelope *envelope = &waiting->envelope;

	for (size_t i = 0; i < envelope->count; i++)
		if (envelope->recipients[i].outcome.action != ACTION_RELAYED ||
		    (envelope->recipients[i].dsn.notify & DSN_SUCCESS) != 0)
			return false;
	return true;
}

/*
 * Writes what is not recorded yet of these recipients. If all recipients of the
 * mail have it, a failure does not matter: the files are removed, which needs
 * no space.
 */
static bool
write_results(struct delivery *delivery, int64_t now, size_t from, size_t to)
{
	struct waiting *waiting = &delivery->claim.waiting;
	struct buf records;
	bool done = true;

	buf_init(&records, WAITING_OCTETS_MAX);
	if (add_results(delivery, &records, now, from, to)) {
		if (!envelope_has_open(envelope_of(delivery)) &&
		    is_silently_done(waiting))
			record_add_word(&records, waiting, now, "done", NULL);
		else
			record_add_next(&records, waiting, now,
			    next_attempt(delivery, now));
		done = append(delivery, &records, true);
	}
	buf_free(&records);
	return done || waiting->is_done;
}

static void
before_mail(void *context)
{
	struct delivery *delivery = context;
	struct buf records = {0};

	add_try(delivery, &records, time(NULL));
	if (records.len > 0)
		append(delivery, &records, false);
	buf_free(&records);
}

/* The log says of a duplicate before there can be one. */
static void
tell_of_duplicate(struct delivery *delivery)
{
	struct run_event event = {
	    .kind = RUN_EVENT_RESENT,
	    .profile_name = delivery->profile->name,
	    .profile = delivery->profile,
	    .waiting = &delivery->claim.waiting,
	};

	if (delivery->is_told)
		return;
	delivery->is_told = true;
	for (size_t i = 0; i < envelope_of(delivery)->count; i++)
		event.count +=
		    event.waiting->recipients[who_of(delivery)[i]].doubt > 0;
	if (event.count > 0)
		run_event_show(delivery->observer, &event);
}

/*
 * The doubt is about all that are open; in direct delivery, only about those
 * whose content it is.
 */
static void
add_doubt(struct delivery *delivery, struct buf *records, int64_t now,
    const struct server *server)
{
	struct envelope *part = delivery->part;
	size_t *who, count = 0;

	if (part == NULL) {
		record_add_doubt(records, &delivery->claim.waiting, now,
		    server->url, NULL, 0);
		return;
	}
	who = mem_new(part->asked, sizeof(*who));
	for (size_t i = envelope_first_open(part); i < part->asked; i++)
		if (part->recipients[i].outcome.action == ACTION_NONE)
			who[count++] = delivery->part_who[i];
	record_add_doubt(
	    records, &delivery->claim.waiting, now, server->url, who, count);
	free(who);
}

static bool
before_end(void *context, const struct server *server)
{
	struct delivery *delivery = context;
	int64_t now = time(NULL);
	struct buf records;
	bool done;

	buf_init(&records, WAITING_OCTETS_MAX);
	tell_of_duplicate(delivery);
	add_try(delivery, &records, now);
	add_doubt(delivery, &records, now, server);
	done = append(delivery, &records, true);
	buf_free(&records);
	return done;
}

static bool
after_transaction(void *context)
{
	struct delivery *delivery = context;
	struct envelope *envelope = envelope_of(delivery);
	bool done;

	/* Many small transactions must not each look at all recipients. */
	if (envelope->is_doubted)
		delivery->recorded = 0;
	done = write_results(
	    delivery, time(NULL), delivery->recorded, envelope->asked);
	delivery->recorded = envelope_first_open(envelope);
	if (delivery->recorded > envelope->asked)
		delivery->recorded = envelope->asked;
	return done;
}

static void
turn_to(void *context, struct envelope *part, const size_t *members)
{
	struct delivery *delivery = context;

	free(delivery->part_who);
	delivery->part_who = NULL;
	delivery->part = part;
	delivery->members = members;
	delivery->recorded = 0;
	delivery->is_told = false;
	if (part == NULL)
		return;
	delivery->part_who = mem_new(part->count, sizeof(*delivery->part_who));
	for (size_t i = 0; i < part->count; i++)
		delivery->part_who[i] = delivery->who[members[i]];
}

/* No server is asked: all open recipients get the outcome. */
static enum delivery_result
settle(struct delivery *delivery, const struct outcome *outcome)
{
	envelope_settle_open(&delivery->envelope, outcome);
	delivery->is_unasked = true;
	return DELIVERY_SETTLED;
}

/* The content cannot be sent, so all open recipients fail. */
static enum delivery_result
refuse(struct delivery *delivery, const struct error *err)
{
	struct outcome outcome = {0};
	enum delivery_result result;

	outcome_set_own(&outcome, STAGE_MAIL, CAUSE_CONTENT, "%s", err->text);
	result = settle(delivery, &outcome);
	outcome_free(&outcome);
	return result;
}

/*
 * Passes a message through filter-command, unless it was filtered before. A
 * failure is recorded for this mail only, and not as trouble of a server.
 */
static enum delivery_result
filter(struct delivery *delivery, struct error *err)
{
	enum delivery_result result;
	struct outcome outcome = {0};

	if (!delivery->claim.waiting.is_unfiltered)
		return DELIVERY_READY;
	if (delivery->profile->filter_command == NULL)
		error_set(err, ERROR_TEMPORARY,
		    "the mail must be filtered before it is sent, and profile "
		    "%s has no filter-command",
		    delivery->profile->name);
	else if (filter_message(delivery->profile, &delivery->message,
		     &delivery->plan, err))
		return DELIVERY_READY;
	if (signals_are_pending())
		return DELIVERY_LEFT;
	filter_set_outcome(&outcome, err);
	result = settle(delivery, &outcome);
	outcome_free(&outcome);
	return result;
}

static bool
read_message(struct delivery *delivery, struct error *err)
{
	/* What a notification encloses must not keep it from being sent. */
	bool repairs = delivery->profile->repair ||
	    delivery->claim.waiting.kind == WAITING_NOTIFICATION;

	delivery->message = stored_message_read(delivery->claim.content, err);
	return delivery->message != NULL &&
	    stored_message_plan(
		&delivery->plan, delivery->message, repairs, err);
}

static bool
make_room(struct delivery *delivery)
{
	size_t results = delivery->envelope.count;

	if (results > RESULTS_MAX)
		results = RESULTS_MAX;
	if (!claim_reserve(
		&delivery->claim, RECORDS_ROOM + results * RESULT_ROOM)) {
		delivery->error = errno;
		return false;
	}
	return true;
}

enum delivery_result
delivery_prepare(struct delivery *delivery, struct error *err)
{
	enum delivery_result result;

	copy_open(delivery);
	delivery->journal = (struct journal){
	    before_mail, before_end, after_transaction, turn_to, delivery};
	delivery->letter = (struct letter){.plan = &delivery->plan,
	    .seven_bit = &delivery->seven_bit,
	    .utf8 = &delivery->utf8,
	    .signing = &delivery->signing,
	    .journal = &delivery->journal};
	delivery->submission.profile = delivery->profile;
	delivery->submission.letter = &delivery->letter;
	delivery->submission.may_send_clear =
	    delivery->claim.waiting.attempts > 0;
	if (!read_message(delivery, err))
		return err->kind == ERROR_DATA ? refuse(delivery, err)
					       : DELIVERY_LEFT;
	result = filter(delivery, err);
	if (result != DELIVERY_READY)
		return result;
	delivery->letter.message = delivery->message;
	delivery->letter.size = replay_size(delivery->message, &delivery->plan);
	if (make_room(delivery))
		return DELIVERY_READY;
	error_set(err, ERROR_TEMPORARY, "there is no space for its records: %s",
	    strerror(delivery->error));
	return DELIVERY_LEFT;
}

/* The session was lost, or broken by the server. */
static bool
is_loss(const struct outcome *outcome)
{
	if (outcome->cause == CAUSE_PROTOCOL)
		return true;
	return outcome->reply.code == 0 && outcome->cause != CAUSE_CONTENT &&
	    outcome->stage >= STAGE_MAIL && outcome->stage <= STAGE_CONTENT;
}

static bool
is_put_off(const struct outcome *outcome)
{
	return reply_is_transient(&outcome->reply) &&
	    (outcome->stage == STAGE_MAIL || outcome->stage == STAGE_DATA ||
		outcome->stage == STAGE_CONTENT);
}

static void
count(struct delivery *delivery)
{
	size_t put_off = 0;
	bool is_refused = false;

	for (size_t i = 0; i < delivery->envelope.count; i++) {
		const struct outcome *outcome =
		    &delivery->envelope.recipients[i].outcome;

		if (is_null_path_refused(delivery, outcome)) {
			delivery->wants_sender = true;
			continue;
		}
		if (outcome->in_doubt)
			delivery->doubted++;
		if (outcome->action == ACTION_RELAYED)
			delivery->sent++;
		else if (outcome->action == ACTION_FAILED)
			delivery->failed++;
		is_refused |=
		    outcome->stage == STAGE_RCPT && outcome->reply.code != 0;
		if (outcome->action != ACTION_DELAYED)
			continue;
		delivery->delayed++;
		delivery->is_lost |= is_loss(outcome);
		put_off += is_put_off(outcome);
		if (!outcome->in_doubt && schedule_scope(outcome) != SCOPE_MAIL)
			outcome_copy(&delivery->trouble, outcome);
	}
	/*
	 * A refused recipient, and no loss, ended the transaction for the
	 * others.
	 */
	if (is_refused && delivery->profile->partial == PARTIAL_ALL_OR_NOTHING)
		delivery->is_lost = false;
	delivery->is_put_off =
	    put_off > 0 && put_off == delivery->envelope.count;
}

bool
delivery_end(struct delivery *delivery, int64_t now)
{
	count(delivery);
	return delivery->error == 0 &&
	    write_results(delivery, now, 0, delivery->envelope.count);
}

void
delivery_free(struct delivery *delivery)
{
	submission_free(&delivery->submission);
	envelope_free(&delivery->envelope);
	plan_free(&delivery->plan);
	plan_free(&delivery->seven_bit);
	signing_free(&delivery->signing);
	plan_free(&delivery->utf8);
	message_free(delivery->message);
	outcome_free(&delivery->trouble);
	free(delivery->who);
	free(delivery->marks);
	free(delivery->part_who);
	claim_close(&delivery->claim);
	*delivery = (struct delivery){0};
	delivery->claim.content = delivery->claim.envelope = -1;
}
