#include "smtp/transaction_parts.h"

bool
transaction_is_all_or_nothing(const struct transaction *tx)
{
	return tx->session->profile->partial == PARTIAL_ALL_OR_NOTHING;
}


/*
 * RFC 2920 section 3.1: a server that says 3yz though nobody was accepted is
 * given a lone dot, and whatever it answers, nothing was sent.
 */
bool
transaction_end_empty_content(struct transaction *tx)
{
	struct outcome ignored = {0};
	struct reply reply = {0};
	bool heard;

	dialogue_say(&tx->session->dialogue, ".");
	heard = dialogue_hear(
	    &tx->session->dialogue, STAGE_CONTENT, &reply, &ignored);
	reply_free(&reply);
	outcome_free(&ignored);
	return heard;
}

bool
transaction_reset(struct transaction *tx)
{
	struct outcome ignored = {0};
	struct reply reply = {0};
	bool done;

	dialogue_say(&tx->session->dialogue, "RSET");
	done = dialogue_hear(
		   &tx->session->dialogue, STAGE_MAIL, &reply, &ignored) &&
	    reply_is_positive(&reply) && !reply_is_misplaced(&reply);
	reply_free(&reply);
	outcome_free(&ignored);
	return done;
}

bool
transaction_is_content_due(struct transaction *tx)
{
	if (tx->mail_refused)
		return false;
	if (transaction_is_all_or_nothing(tx) && tx->refused > 0 &&
	    tx->accepted > 0) {
		outcome_set_own(tx->ending, STAGE_DATA,
		    tx->refused_for_now == tx->refused ? CAUSE_TEMPORARY
						       : CAUSE_REFUSED,
		    "not sent: another recipient was refused");
		if (tx->refused_for_now < tx->refused)
			tx->ending->action = ACTION_FAILED;
		return false;
	}
	if (tx->accepted == 0) {
		tx->all_refused = true;
		/* The reply to DATA, if any, only says the same once more. */
		outcome_from_reply(tx->ending, STAGE_DATA, &tx->data_reply);
		if (reply_is_intermediate(&tx->data_reply))
			reply_free(&tx->ending->reply);
		tx->ending->action = tx->refused_for_now > 0 ? ACTION_DELAYED
							     : ACTION_FAILED;
		tx->ending->cause = tx->refused_for_now > 0 ? CAUSE_TEMPORARY
							    : CAUSE_REFUSED;
		return false;
	}
	if (!reply_is_intermediate(&tx->data_reply)) {
		outcome_from_reply(tx->ending, STAGE_DATA, &tx->data_reply);
		return false;
	}
	return true;
}

/*
 * Whether the ending is for everybody who is still open. What was answered to
 * each by himself, at RCPT or (LMTP) for the content, says nothing of those
 * whose turn comes later.
 */
static bool
is_for_all(const struct transaction *tx)
{
	if (tx->session->is_lmtp && tx->ending->stage == STAGE_CONTENT)
		return false;
	return tx->ending->action != ACTION_RELAYED && !tx->all_refused;
}

/* Those put off get another transaction only if this one went well. */
static void
settle_put_off(struct transaction *tx)
{
	for (size_t i = 0; i < tx->heard; i++) {
		struct recipient *recipient = tx->recipients[i];

		if (recipient->outcome.action != ACTION_NONE)
			continue;
		outcome_from_reply(&recipient->outcome, STAGE_RCPT,
		    &recipient->rcpt_reply);
		recipient->outcome.action = ACTION_DELAYED;
		recipient->outcome.cause = CAUSE_TEMPORARY;
	}
}

/*
 * Where no content can have been taken, a refusal still rests on the count: in
 * a flight it may be that of another recipient, and behind an earlier content
 * that of its recipients.
 */
static enum on_surplus
refusal_effect(
    const struct transaction *tx, const struct recipient *recipient)
{
	bool is_by_data = recipient->accepted &&
	    tx->ending->action == ACTION_FAILED &&
	    session_is_pipelined(tx->session);

	return tx->is_behind_unconfirmed || is_by_data
	    ? SURPLUS_DEFERS
	    : SURPLUS_CHANGES_NOTHING;
}

/*
 * Where content was sent, or the server was only asked about recipients,
 * later replies of the session may show that a reply here was surplus. With
 * DATA all before the 3yz is certain, and so are the replies to RCPT before a
 * BDAT of LMTP; in a flight with BDAT they are not.
 */
static enum on_surplus
surplus_effect(
    const struct transaction *tx, const struct recipient *recipient)
{
	bool chunk_heard = tx->is_chunk_said && tx->data_reply.code != 0;

	if (tx->letter == NULL)
		return SURPLUS_DOUBTS;
	if (tx->ending->in_doubt)
		return SURPLUS_CHANGES_NOTHING;
	if (tx->mail_refused && !tx->is_contradicted)
		return refusal_effect(tx, recipient);
	/* A server that does not know BDAT answers each line of the content. */
	if (chunk_heard && tx->session->is_chunk_refused)
		return SURPLUS_DOUBTS_IF_TAKEN;
	if (recipient->accepted && (tx->is_content_sent || chunk_heard))
		return SURPLUS_DOUBTS;
	return chunk_heard && !tx->session->is_lmtp
	    ? SURPLUS_DOUBTS_IF_TAKEN
	    : refusal_effect(tx, recipient);
}

static void
note_unconfirmed(struct transaction *tx)
{
	tx->is_behind_unconfirmed = tx->session->has_unconfirmed;
	for (size_t i = 0; i < tx->count; i++) {
		struct recipient *recipient = tx->recipients[i];

		recipient->on_surplus = surplus_effect(tx, recipient);
		if (recipient->on_surplus != SURPLUS_CHANGES_NOTHING)
			tx->session->has_unconfirmed = true;
	}
	if (tx->is_chunk_said && reply_is_positive(&tx->data_reply))
		tx->session->has_taken = true;
}

/* Whose turn was to come is refused by a reply that may be surplus. */
static void
note_unasked(struct transaction *tx)
{
	struct envelope *envelope = tx->envelope;

	for (size_t i = 0; i < envelope->count; i++) {
		struct recipient *recipient = &envelope->recipients[i];

		if (recipient->outcome.action == ACTION_NONE &&
		    recipient->on_surplus == SURPLUS_CHANGES_NOTHING)
			recipient->on_surplus = SURPLUS_DEFERS;
	}
}

void
transaction_settle(struct transaction *tx)
{
	bool in_doubt = tx->ending->in_doubt;

	note_unconfirmed(tx);
	/* BDAT was refused and is tried no more: they all stay open. */
	if (tx->ending->action == ACTION_NONE)
		goto out;
	envelope_settle_accepted(tx->envelope, tx->ending);
	if (is_for_all(tx)) {
		settle_put_off(tx);
		if (tx->session->has_unconfirmed)
			note_unasked(tx);
		/* Who was not accepted certainly got nothing. */
		tx->ending->in_doubt = false;
		envelope_settle_open(tx->envelope, tx->ending);
		tx->ending->in_doubt = in_doubt;
	}
out:
	for (size_t i = 0; i < tx->count; i++)
		tx->recipients[i]->accepted = false;
}
