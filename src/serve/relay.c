/*
 * Sends a client's transaction upstream. MAIL and RCPT each wait for the reply,
 * since the client waits for it too. If the session is lost before the content,
 * a new one repeats the envelope; once content was sent, nothing is repeated.
 */
#include "serve/relay.h"

#include <stdlib.h>

#include "base/mem.h"
#include "base/signals.h"
#include "base/wait.h"
#include "smtp/content.h"
#include "smtp/dispatch.h"
#include "smtp/reach.h"

/* How many sessions one step may use up. */
#define TRIES 2

void
relay_transfer_free(struct transfer *transfer)
{
	envelope_free(&transfer->envelope);
	free(transfer->route.reverse_path);
	free(transfer->route.domain);
	outcome_free(&transfer->route.trouble);
	submission_free(&(struct submission){.record = transfer->record});
	*transfer = (struct transfer){0};
}

void
relay_close(struct relay *relay)
{
	if (relay->is_open)
		session_close(&relay->session, false);
	relay->is_open = relay->in_transaction = false;
}

/* `timeout-total` begins anew with each MAIL and with each content. */
static int64_t
deadline_of(const struct profile *profile)
{
	return profile->timeout_total ? deadline_in(profile->timeout_total)
				      : DEADLINE_NEVER;
}

enum answer { ANSWERED, LOST };

/*
 * Reads the reply to the last command. LOST: the session is gone, so it is
 * unknown whether the command was executed; *outcome says why.
 */
static enum answer
hear(struct relay *relay, enum stage stage, struct outcome *outcome)
{
	struct reply reply = {0};
	bool heard =
	    dialogue_hear(&relay->session.dialogue, stage, &reply, outcome);

	if (heard)
		outcome_from_reply(outcome, stage, &reply);
	if (heard && reply_is_misplaced(&reply)) {
		relay->session.is_broken = true;
		outcome->action = ACTION_DELAYED;
		outcome->cause = CAUSE_PROTOCOL;
		heard = false;
	}
	if (reply.code == 421)
		heard = false;
	if (!heard)
		relay_close(relay);
	reply_free(&reply);
	return heard ? ANSWERED : LOST;
}

/* Opens a session of the profile, or prepares the open one, for MAIL. */
static bool
ready_session(struct relay *relay, const struct transfer *transfer,
    struct outcome *outcome)
{
	struct reach reach = {
	    .profile = transfer->route.profile,
	    .secret = transfer->route.secret,
	    .observer = relay->observer,
	    .deadline = deadline_of(transfer->route.profile),
	};

	if (relay->is_open &&
	    (relay->profile != transfer->route.profile ||
		session_is_full(&relay->session) ||
		stream_peek(relay->session.dialogue.stream)))
		relay_close(relay);
	if (relay->is_open && relay->in_transaction) {
		relay->in_transaction = false;
		dialogue_say(&relay->session.dialogue, "RSET");
		if (hear(relay, STAGE_MAIL, outcome) == ANSWERED &&
		    outcome->action != ACTION_RELAYED)
			relay_close(relay);
	}
	if (!relay->is_open) {
		relay->is_open = reach_open(&reach, &relay->session);
		relay->profile = transfer->route.profile;
		relay->in_transaction = false;
		if (!relay->is_open) {
			outcome_copy(outcome, &reach.failure);
			/* reach_free may free the server that was found. */
			relay->session.server = NULL;
		}
		reach_free(&reach);
	}
	if (relay->is_open)
		relay->session.dialogue.deadline = deadline_of(relay->profile);
	return relay->is_open;
}

static enum answer
ask_mail(struct relay *relay, const struct transfer *transfer,
    struct outcome *outcome)
{
	const struct extensions *extensions = &relay->session.extensions;
	const struct mail_request request = {
	    .envelope = &transfer->envelope,
	    .size = transfer->is_planned ? transfer->size : 0,
	    .has_eight_bit = transfer->has_eight_bit,
	    .is_utf8 = transfer->is_utf8,
	};
	struct buf line = {0};
	enum answer answer;

	if (!letter_check_size(&relay->session, transfer->size, outcome)) {
		outcome->reply.status = (struct status){5, 3, 4};
		return ANSWERED;
	}
	if (!letter_check_path(&relay->session, transfer->envelope.reverse_path,
		STAGE_MAIL, outcome))
		return ANSWERED;
	relay->said_eight_bit = transfer->has_eight_bit &&
	    extensions_has(extensions, EXTENSION_8BITMIME);
	relay->said_utf8 =
	    transfer->is_utf8 && extensions_has(extensions, EXTENSION_SMTPUTF8);
	relay->session.dialogue.is_utf8 = relay->said_utf8;
	relay->session.mails++;
	extensions_add_mail(&relay->session.extensions, &request, &line);
	dialogue_say(&relay->session.dialogue, "%s", buf_text(&line));
	buf_free(&line);
	answer = hear(relay, STAGE_MAIL, outcome);
	relay->must_repeat = false;
	relay->in_transaction =
	    answer == ANSWERED && outcome->action == ACTION_RELAYED;
	return answer;
}

static enum answer
ask_rcpt(struct relay *relay, const struct recipient *recipient,
    struct outcome *outcome)
{
	struct buf line = {0};

	if (!letter_check_path(
		&relay->session, recipient->forward_path, STAGE_RCPT, outcome))
		return ANSWERED;
	extensions_add_rcpt(&relay->session.extensions, recipient, &line);
	dialogue_say(&relay->session.dialogue, "%s", buf_text(&line));
	buf_free(&line);
	return hear(relay, STAGE_RCPT, outcome);
}

static bool
is_direct(const struct transfer *transfer)
{
	return profile_is_direct(transfer->route.profile);
}

/* Direct delivery: no server is asked yet. Always true. */
static bool
accept_unasked(enum stage stage, struct status status, struct outcome *outcome)
{
	outcome_set_own(outcome, stage, CAUSE_TEMPORARY, "ok");
	outcome->action = ACTION_RELAYED;
	outcome->reply.code = 250;
	outcome->reply.status = status;
	return true;
}

bool
relay_mail(struct relay *relay, const struct transfer *transfer,
    struct outcome *outcome)
{
	if (is_direct(transfer))
		return accept_unasked(
		    STAGE_MAIL, (struct status){2, 1, 0}, outcome);
	for (int i = 0; i < TRIES; i++) {
		bool is_new = !relay->is_open;

		if (!ready_session(relay, transfer, outcome))
			return false;
		if (ask_mail(relay, transfer, outcome) == ANSWERED)
			return outcome->action == ACTION_RELAYED;
		/* An old session may just have timed out; a new one has not. */
		if (is_new || signals_caught() != 0)
			break;
	}
	return false;
}

/*
 * Repeats the envelope after a lost session, or when more is known about the
 * message. A recipient refused only now is settled. False: no transaction.
 */
static bool
repeat(struct relay *relay, struct transfer *transfer, struct outcome *outcome)
{
	struct envelope *envelope = &transfer->envelope;

	if (!relay_mail(relay, transfer, outcome))
		return false;
	for (size_t i = 0; i < envelope->count; i++) {
		struct recipient *recipient = &envelope->recipients[i];

		if (recipient->outcome.action != ACTION_NONE)
			continue;
		if (ask_rcpt(relay, recipient, outcome) == LOST)
			return false;
		if (outcome->action == ACTION_RELAYED)
			continue;
		/* The client got 250, so this must become a 4yz. */
		outcome_copy(&recipient->outcome, outcome);
		recipient->outcome.action = ACTION_DELAYED;
	}
	return true;
}

/* Sends RCPT, if necessary in a new session. False: it is not accepted. */
static bool
say_rcpt(struct relay *relay, struct transfer *transfer,
    const struct recipient *recipient, struct outcome *outcome)
{
	/* The target of an alias may need more than the client declared. */
	if (!transfer->is_utf8 &&
	    !span_is_ascii(span_from(recipient->forward_path)))
		transfer->is_utf8 = relay->must_repeat = true;
	for (int i = 0; i < TRIES; i++) {
		if ((!relay->in_transaction || relay->must_repeat) &&
		    !repeat(relay, transfer, outcome))
			return false;
		if (ask_rcpt(relay, recipient, outcome) == ANSWERED)
			break;
		if (i == TRIES - 1 || signals_caught() != 0)
			return false;
	}
	return outcome->action == ACTION_RELAYED;
}

bool
relay_rcpt(struct relay *relay, struct transfer *transfer,
    struct recipient *recipient, struct outcome *outcome)
{
	struct envelope *envelope = &transfer->envelope;
	struct recipient *added;
	bool is_accepted = is_direct(transfer)
	    ? accept_unasked(STAGE_RCPT, (struct status){2, 1, 5}, outcome)
	    : say_rcpt(relay, transfer, recipient, outcome);

	if (!is_accepted)
		return false;
	added = mem_append(&envelope->recipients, &envelope->count,
	    sizeof(*envelope->recipients));
	*added = *recipient;
	*recipient = (struct recipient){0};
	return true;
}

void
relay_withdraw(struct relay *relay, struct transfer *transfer, size_t count)
{
	struct envelope *envelope = &transfer->envelope;

	while (envelope->count > count) {
		envelope_recipient_free(
		    &envelope->recipients[--envelope->count]);
		relay->must_repeat = true;
	}
}

/* Whether a recipient is refused after the client got 250 for it. */
static bool
is_spoiled(const struct transfer *transfer)
{
	const struct envelope *envelope = &transfer->envelope;
	size_t settled = 0;

	for (size_t i = 0; i < envelope->count; i++)
		if (envelope->recipients[i].outcome.action != ACTION_NONE)
			settled++;
	return settled > transfer->refused;
}

/*
 * Whether the server sent more replies than expected to the content: any of
 * them may be the surplus one.
 */
static bool
has_surplus_reply(struct relay *relay)
{
	dialogue_check_input(&relay->session.dialogue);
	return relay->session.dialogue.unsolicited;
}

static void
doubt_all(struct recipient **recipients, size_t count, struct outcome *ending)
{
	outcome_set_own(ending, STAGE_CONTENT, CAUSE_PROTOCOL,
	    "the server sent too many replies, so it is unknown which one is "
	    "for the content");
	ending->in_doubt = true;
	for (size_t i = 0; i < count; i++)
		outcome_copy(&recipients[i]->outcome, ending);
}

/* After 3yz: sends the content, and settles the recipients by its reply. */
static void
send_content(struct relay *relay, struct transfer *transfer,
    const struct letter *letter, struct outcome *ending)
{
	struct envelope *envelope = &transfer->envelope;
	struct recipient **open =
	    mem_new(envelope->count, sizeof(struct recipient *));
	size_t count = 0;
	bool goes_on;

	for (size_t i = 0; i < envelope->count; i++) {
		struct recipient *recipient = &envelope->recipients[i];

		recipient->accepted = recipient->outcome.action == ACTION_NONE;
		if (recipient->accepted)
			open[count++] = recipient;
	}
	relay->in_transaction = false;
	goes_on = content_send(&relay->session, letter, false, ending);
	if (goes_on && relay->session.is_lmtp)
		goes_on =
		    content_hear_each(&relay->session, open, count, ending);
	if (goes_on && has_surplus_reply(relay))
		doubt_all(open, count, ending);
	envelope_settle_open(envelope, ending);
	if (!goes_on || !dialogue_is_in_step(&relay->session.dialogue))
		relay_close(relay);
	free(open);
}

enum data_answer { GO_AHEAD, DATA_REFUSED, DATA_LOST };

/* Sends DATA. If the answer is not GO_AHEAD, *outcome says why. */
static enum data_answer
ask_data(struct relay *relay, struct outcome *outcome)
{
	struct reply reply = {0};
	enum data_answer answer = DATA_REFUSED;

	dialogue_say(&relay->session.dialogue, "DATA");
	if (!dialogue_hear(
		&relay->session.dialogue, STAGE_DATA, &reply, outcome))
		answer = DATA_LOST;
	else if (reply_is_intermediate(&reply))
		answer = GO_AHEAD;
	else
		outcome_from_reply(outcome, STAGE_DATA, &reply);
	if (reply.code == 421)
		answer = DATA_LOST;
	if (answer == DATA_REFUSED && reply.code < 400) {
		outcome->action = ACTION_DELAYED;
		outcome->cause = CAUSE_PROTOCOL;
		relay->session.is_broken = true;
		relay_close(relay);
	}
	if (answer == DATA_LOST)
		relay_close(relay);
	reply_free(&reply);
	return answer;
}

/* RFC 3463: too large (5.3.4), or a conversion is needed (5.6.3). */
static void
set_status(uint64_t limit, uint64_t size, struct outcome *outcome)
{
	if (outcome->reply.status.class == 0)
		outcome->reply.status = limit > 0 && size > limit
		    ? (struct status){5, 3, 4}
		    : (struct status){5, 6, 3};
}

/*
 * Whether MAIL declared what the content needs (RFC 6152, RFC 6531), as far as
 * the server offers these extensions. The content decides, not the client's
 * parameters.
 */
static bool
is_mail_right(const struct relay *relay, const struct transfer *transfer)
{
	const struct extensions *extensions = &relay->session.extensions;

	return relay->in_transaction && !relay->must_repeat &&
	    (relay->said_eight_bit || !transfer->has_eight_bit ||
		!extensions_has(extensions, EXTENSION_8BITMIME)) &&
	    (relay->said_utf8 || !transfer->is_utf8 ||
		!extensions_has(extensions, EXTENSION_SMTPUTF8));
}

/* False: nothing must be sent; *outcome is for all recipients not settled. */
static bool
begin_content(struct relay *relay, struct transfer *transfer,
    const struct letter *letter, struct letter *fitted, bool all_or_nothing,
    struct outcome *outcome)
{
	enum data_answer answer = DATA_LOST;

	for (int i = 0; i < TRIES && answer == DATA_LOST; i++) {
		if (!is_mail_right(relay, transfer) &&
		    !repeat(relay, transfer, outcome))
			return false;
		if (!letter_fit(&relay->session, &transfer->envelope, letter,
			fitted, outcome)) {
			set_status(relay->session.extensions.size_limit,
			    fitted->size, outcome);
			return false;
		}
		if ((all_or_nothing && is_spoiled(transfer)) ||
		    !envelope_has_open(&transfer->envelope)) {
			outcome_set_own(outcome, STAGE_RCPT, CAUSE_TEMPORARY,
			    "not sent: a recipient that was accepted is "
			    "refused now");
			return false;
		}
		answer = ask_data(relay, outcome);
		if (signals_caught() != 0)
			break;
	}
	return answer == GO_AHEAD;
}

/* Sends to the servers of the recipients. */
static void
deliver_directly(struct relay *relay, struct transfer *transfer,
    const struct letter *letter, bool all_or_nothing)
{
	/* A copy that owns nothing. */
	struct profile profile = *transfer->route.profile;
	struct submission submission = {
	    .profile = &profile,
	    .signing_keys = transfer->route.signing_keys,
	    .letter = letter,
	    .observer = relay->observer,
	};

	if (all_or_nothing)
		profile.partial = PARTIAL_ALL_OR_NOTHING;
	/* A session of another profile. */
	relay_close(relay);
	relay->session.server = NULL;
	dispatch_run_one(&submission, &transfer->envelope);
	transfer->record = submission.record;
}

void
relay_content(struct relay *relay, struct transfer *transfer,
    const struct letter *letter, bool all_or_nothing)
{
	struct outcome ending = {0};
	struct letter fitted;

	if (is_direct(transfer)) {
		deliver_directly(relay, transfer, letter, all_or_nothing);
		return;
	}
	transfer->size = letter->size;
	transfer->is_planned = true;
	transfer->has_eight_bit =
	    plan_facts(letter->plan, letter->message)->has_eight_bit;
	if (letter_needs_utf8(&transfer->envelope, letter))
		transfer->is_utf8 = true;
	if (relay->is_open)
		relay->session.dialogue.deadline =
		    deadline_of(transfer->route.profile);
	if (begin_content(
		relay, transfer, letter, &fitted, all_or_nothing, &ending)) {
		extensions_warn(&relay->session.extensions,
		    relay->session.dialogue.observer,
		    envelope_asks_dsn(&transfer->envelope));
		send_content(relay, transfer, &fitted, &ending);
	}
	envelope_settle_open(&transfer->envelope, &ending);
	outcome_free(&ending);
}
