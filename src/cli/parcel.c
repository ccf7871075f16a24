/*
 * Keeps the state file in step with a mail. A line is on disk before the end of
 * the content is sent, and another one after its reply: a process that is
 * killed in between leaves a mail in doubt, never one that seems unsent.
 */
#include "cli/parcel.h"

#include <errno.h>
#include <stdlib.h>

#include "base/mem.h"

/* What the report says of a recipient that an earlier run settled. */
static const char *const words[] = {
    [STATE_OPEN] = NULL,
    [STATE_SENDING] =
	"in doubt since an earlier run; --resend-unknown sends it again",
    [STATE_RELAYED] = "relayed by an earlier run (--state)",
    [STATE_QUEUED] = "queued by an earlier run (--state)",
    [STATE_FAILED] = "refused in an earlier run (--state)",
};

static void
settle(struct recipient *recipient, enum action action, const char *text)
{
	struct outcome *outcome = &recipient->outcome;

	outcome_set_own(outcome, STAGE_NONE, CAUSE_TEMPORARY, "%s", text);
	outcome->action = action;
	if (action == ACTION_FAILED)
		outcome->cause = CAUSE_REFUSED;
	reply_copy(&recipient->rcpt_reply, &outcome->reply);
}

static void
apply_state(struct recipient *recipient, enum state state)
{
	settle(recipient,
	    state == STATE_RELAYED	? ACTION_RELAYED
		: state == STATE_FAILED ? ACTION_FAILED
					: ACTION_DELAYED,
	    words[state]);
	recipient->outcome.in_doubt = state == STATE_SENDING;
	if (state == STATE_QUEUED)
		recipient->kept = KEPT_QUEUED;
}

static void
apply_states(struct parcel *parcel, const struct manifest *manifest)
{
	const struct manifest_mail *record = &manifest->mails[parcel->index];
	struct envelope *envelope = &parcel->shipment.outgoing.envelope;

	for (size_t i = 0; i < envelope->count; i++) {
		enum state state = manifest_state(record, i);

		parcel->states[i] = parcel->recorded[i] = (unsigned char)state;
		if (!manifest_tries(manifest, state))
			apply_state(&envelope->recipients[i], state);
	}
}

/*
 * A Message-ID that was added just now is not that of the mail which an earlier
 * run sent.
 */
static void
forget_new_id(struct outgoing *outgoing)
{
	struct field field;

	if (header_find(
		message_header(outgoing->message), SPAN("Message-ID"), &field))
		return;
	free(outgoing->plan.message_id);
	outgoing->plan.message_id = NULL;
}

static enum state
state_of(const struct recipient *recipient)
{
	const struct outcome *outcome = &recipient->outcome;

	if (recipient->kept != KEPT_NOT)
		return STATE_QUEUED;
	if (outcome->in_doubt)
		return STATE_SENDING;
	if (outcome->action == ACTION_RELAYED)
		return STATE_RELAYED;
	return outcome->action == ACTION_FAILED ? STATE_FAILED : STATE_OPEN;
}

/* The envelope that has sessions now: all recipients, or some. */
static struct envelope *
envelope_of(struct parcel *parcel)
{
	return parcel->part != NULL ? parcel->part
				    : &parcel->shipment.outgoing.envelope;
}

/* The place in the whole envelope of a recipient of that one. */
static size_t
place_of(const struct parcel *parcel, size_t i)
{
	return parcel->part != NULL ? parcel->members[i] : i;
}

/* Appends what is new about these recipients of envelope_of. */
static bool
note(struct parcel *parcel, size_t first, size_t last)
{
	struct buf lines = {0};
	bool done = true;

	for (size_t i = first, end; i < last; i = end) {
		size_t place = place_of(parcel, i);

		for (end = i + 1;
		     end < last && place_of(parcel, end) == place + end - i;
		     end++)
			continue;
		state_file_add(&lines, &parcel->key, parcel->states,
		    parcel->recorded, place, place + end - i);
	}
	if (lines.full)
		parcel->file->error = EFBIG;
	if (lines.len > 0)
		done = state_file_append(parcel->file, buf_span(&lines));
	buf_free(&lines);
	return done;
}

static void
before_mail(void *context)
{
	(void)context;
}

static bool
before_end(void *context, const struct server *server)
{
	struct parcel *parcel = context;
	struct envelope *envelope = envelope_of(parcel);
	size_t first = envelope_first_open(envelope);

	(void)server;
	for (size_t i = first; i < envelope->asked; i++)
		if (envelope->recipients[i].outcome.action == ACTION_NONE)
			parcel->states[place_of(parcel, i)] = STATE_SENDING;
	return note(parcel, first, envelope->asked);
}

static bool
note_outcomes(struct parcel *parcel, size_t first, size_t last)
{
	const struct envelope *envelope = envelope_of(parcel);

	for (size_t i = first; i < last; i++)
		parcel->states[place_of(parcel, i)] =
		    (unsigned char)state_of(&envelope->recipients[i]);
	return note(parcel, first, last);
}

static bool
after_transaction(void *context)
{
	struct parcel *parcel = context;
	struct envelope *envelope = envelope_of(parcel);
	bool done;

	/* Many small transactions must not each look at all recipients. */
	if (envelope->is_doubted)
		parcel->noted = 0;
	done = note_outcomes(parcel, parcel->noted, envelope->asked);
	parcel->noted = envelope_first_open(envelope);
	if (parcel->noted > envelope->asked)
		parcel->noted = envelope->asked;
	return done;
}

static void
turn_to(void *context, struct envelope *part, const size_t *members)
{
	struct parcel *parcel = context;

	parcel->part = part;
	parcel->members = members;
	parcel->noted = 0;
}

struct parcel *
parcel_make(struct manifest *manifest, size_t index, struct state_file *file,
    const struct observer *observer, char **name, struct error *err)
{
	struct parcel *parcel = mem_new(1, sizeof(*parcel));
	struct shipment *shipment = &parcel->shipment;
	struct outgoing *outgoing = &shipment->outgoing;

	parcel->index = index;
	if (!manifest_prepare(manifest, index, outgoing, &parcel->mail, err)) {
		*name = parcel->mail.name;
		parcel->mail.name = NULL;
		parcel_free(parcel);
		return NULL;
	}
	if (file != NULL) {
		parcel->file = file;
		parcel->key = manifest->mails[index].key;
		parcel->states = mem_new(outgoing->envelope.count, 1);
		parcel->recorded = mem_new(outgoing->envelope.count, 1);
		parcel->journal = (struct journal){before_mail, before_end,
		    after_transaction, turn_to, parcel};
		apply_states(parcel, manifest);
	}
	parcel->was_open = envelope_has_open(&outgoing->envelope);
	if (file != NULL && !parcel->was_open)
		forget_new_id(outgoing);
	shipment->report.number = index + 1;
	shipment->report.source = parcel->mail.name;
	shipment_init(shipment, manifest->options, observer);
	if (file != NULL)
		shipment->letter.journal = &parcel->journal;
	return parcel;
}

void
parcel_free(struct parcel *parcel)
{
	shipment_free(&parcel->shipment);
	mail_source_free_mail(&parcel->mail);
	free(parcel->states);
	free(parcel->recorded);
	free(parcel);
}

/* The queue also keeps who was refused at the greeting (outcome.h). */
static bool
may_be_kept(const struct recipient *recipient)
{
	const struct outcome *outcome = &recipient->outcome;

	return state_of(recipient) == STATE_OPEN ||
	    (outcome->stage > STAGE_CONNECT && outcome->stage <= STAGE_EHLO);
}

bool
parcel_note_doubt(struct parcel *parcel)
{
	const struct envelope *envelope = &parcel->shipment.outgoing.envelope;

	if (parcel->file == NULL)
		return true;
	for (size_t i = 0; i < envelope->count; i++)
		if (may_be_kept(&envelope->recipients[i]))
			parcel->states[i] = STATE_SENDING;
	return note(parcel, 0, envelope->count);
}

bool
parcel_note_outcomes(struct parcel *parcel)
{
	return parcel->file == NULL ||
	    note_outcomes(parcel, 0, parcel->shipment.outgoing.envelope.count);
}

void
parcel_leave(struct parcel *parcel, const char *why)
{
	struct envelope *envelope = &parcel->shipment.outgoing.envelope;

	for (size_t i = 0; i < envelope->count; i++)
		if (envelope->recipients[i].outcome.action == ACTION_NONE)
			settle(&envelope->recipients[i], ACTION_DELAYED, why);
}

bool
parcel_is_taken(const struct parcel *parcel)
{
	const struct envelope *envelope = &parcel->shipment.outgoing.envelope;

	for (size_t i = 0; i < envelope->count; i++)
		if (envelope->recipients[i].kept != KEPT_NOT ||
		    (envelope->recipients[i].outcome.action == ACTION_RELAYED &&
			envelope->recipients[i].outcome.stage != STAGE_NONE))
			return true;
	return false;
}
